// Errors as data: what has to be carried of one, and how one is made again. The serializer's own form of an error drops
// its class, its fields and what AggregateError holds. Which of these may cross is decided by the walk (Spine.ts).
import { nativeName } from "./kindOf.ts"

/** What there is to carry of an error. */
export interface ErrorParts {
  /** names of own properties that are not enumerable: message, stack, cause, errors */
  readonly hidden: ReadonlyArray<string>
  /** names of the others */
  readonly fields: ReadonlyArray<string>
  /** what an unlisted class has on its prototype and an arrived error needs itself: name, message, stack, `_tag` */
  readonly inherited: ReadonlyArray<readonly [name: string, text: string]>
}

/** Where Effect's errors keep the arguments of their constructor, for their JSON. */
export const plainArguments = Symbol.for("effect/Data/Error/plainArgs")

const errorNames = new Set([
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "AggregateError",
  "SuppressedError"
])

/** Names the parts of an error without reading those that could throw. `listed`: its class crosses itself. */
export const partsOf = (error: object, listed: boolean): ErrorParts => {
  const fields = Object.keys(error)
  const enumerable = new Set(fields)
  const hidden = Object.getOwnPropertyNames(error).filter((name) => !enumerable.has(name))
  const inherited: Array<readonly [string, string]> = []
  if (!listed) {
    for (const name of ["name", "message", "stack", "_tag"]) {
      if (Object.hasOwn(error, name)) continue
      const text = textOf(error, name)
      if (text !== undefined && text !== "" && !(name === "name" && text === nativeOf(error))) {
        inherited.push([name, text])
      }
    }
  }
  return { hidden, fields, inherited }
}

/** Name of the nearest of JavaScript's own error classes: what an unlisted class arrives as. */
export const nativeOf = (error: object): string => {
  for (let o: object | null = error; o !== null; o = Object.getPrototypeOf(o)) {
    const name = nativeName(o)
    if (name !== undefined && errorNames.has(name)) return name
  }
  return "Error"
}

/** A property that is a text; one whose getter throws is left out. */
const textOf = (error: object, name: string): string | undefined => {
  try {
    const text = (error as Record<string, unknown>)[name]
    return typeof text === "string" ? text : undefined
  } catch {
    return undefined
  }
}

/** Names of the constructor arguments that an error of Effect remembers; undefined for others. */
export const argumentNames = (error: object): ReadonlyArray<string> | undefined => {
  const plain = (error as { readonly [plainArguments]?: unknown })[plainArguments]
  return typeof plain === "object" && plain !== null ? Object.keys(plain) : undefined
}

/** An error without a stack of this place, of a native class or with the prototype of a listed one. */
export const blankError = (native: string, prototype?: object): Error => {
  const limit = Error.stackTraceLimit
  Reflect.set(Error, "stackTraceLimit", 0)
  const error = new Error()
  Reflect.set(Error, "stackTraceLimit", limit)
  const type =
    (globalThis as unknown as { readonly [name: string]: { readonly prototype: object } | undefined })[native]
  Object.setPrototypeOf(error, prototype ?? type?.prototype ?? Error.prototype)
  return error
}

/** Puts properties that were not enumerable into a blank error. */
export const fillHidden = (error: object, hidden: object): void => {
  for (const [name, value] of Object.entries(hidden)) {
    Object.defineProperty(error, name, { value, enumerable: false, configurable: true, writable: true })
  }
}

/** Lets an error of Effect remember the constructor arguments that it has as fields. */
export const fillArguments = (error: object, names: ReadonlyArray<string>): void => {
  const value = Object.fromEntries(names.map((name) => [name, (error as Record<string, unknown>)[name]]))
  Object.defineProperty(error, plainArguments, { value, enumerable: false })
}
