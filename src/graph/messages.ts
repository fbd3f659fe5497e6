// The texts of the errors that light files throw at the call. They live apart from the error classes (errors.ts), which
// load Effect: a worker can refuse something in the same words without it.
import { nearest } from "./wording.ts"

/** What each error that can be thrown at the call carries; the classes in errors.ts have the same fields. */
export interface Refusals {
  readonly GraphInvalid: { readonly reason: string; readonly path: string }
  readonly NotTransferable: { readonly path: string; readonly reason: string }
  readonly TaskFunctionMissing: {
    readonly module: string
    readonly function: string
    readonly registered: ReadonlyArray<string>
  }
  readonly TaskModuleUnloadable: { readonly file: string; readonly reason: string; readonly hint: string }
}

/** The message of each error, for people: what, where, what to do. */
export const messages: { readonly [Tag in keyof Refusals]: (fields: Refusals[Tag]) => string } = {
  GraphInvalid: ({ path, reason }) => `${path}: ${reason}`,
  NotTransferable: ({ path, reason }) => `${path} cannot cross to a worker: ${reason}`,
  TaskFunctionMissing: (fields) => {
    const guess = nearest(fields.function, fields.registered)
    const known = fields.registered.length === 0 ? "nothing" : fields.registered.join(", ")
    return `${fields.module} registers no task function "${fields.function}"`
      + `${guess === undefined ? "" : ` (did you mean "${guess}"?)`}. It registers ${known}. `
      + "A function is found by the name it has in the object given to Task.module(import.meta.url, { ... })"
  },
  TaskModuleUnloadable: ({ file, hint, reason }) =>
    `The task module ${file} could not be loaded on a worker: ${reason}${hint === "" ? "" : `\n${hint}`}`
}
