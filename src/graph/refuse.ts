// How a light file makes an error: the real class if errors.ts has been loaded in this thread (it installs its
// constructors here), otherwise a plain Error that looks the same. So a worker refuses without loading Effect.
import { messages, type Refusals } from "./messages.ts"

type Constructors = { readonly [Tag in keyof Refusals]: new(fields: Refusals[Tag]) => Error }

let constructors: Constructors | undefined

/** Called by errors.ts with its classes, once it is loaded. */
export const installErrors = (classes: Constructors): void => {
  constructors = classes
}

/** An error to throw at the call, with the `_tag`, fields and message of the class of that name. */
export const refuse = <Tag extends keyof Refusals>(tag: Tag, fields: Refusals[Tag]): Error => {
  if (constructors !== undefined) return new constructors[tag](fields)
  const error = Object.assign(new Error(messages[tag](fields)), { _tag: tag }, fields)
  Object.defineProperty(error, "name", { value: tag, enumerable: false, configurable: true, writable: true })
  return error
}
