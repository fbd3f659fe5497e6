// What a function that runs on this thread has returned, as an Effect: an Effect, a Promise or a plain value.
import * as Effect from "effect/Effect"

/** Whether a value is a Promise or behaves like one. */
export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function"

/** A Promise as an Effect. A rejection is a throw: its type is not known. */
export const promised = (promise: PromiseLike<unknown>): Effect.Effect<unknown> =>
  Effect.callback((resume) => {
    promise.then((value) => resume(Effect.succeed(value)), (error: unknown) => resume(Effect.die(error)))
  })

/** The Effect of a function's result. */
export const effectOf = (result: unknown): Effect.Effect<unknown, unknown, unknown> => {
  if (Effect.isEffect(result)) return result as Effect.Effect<unknown, unknown, unknown>
  return isPromise(result) ? promised(result) : Effect.succeed(result)
}
