// What processors of this thread have in common: the Effect that a task's function stands for, whatever it returns, and
// the values that a result is.
import * as Effect from "effect/Effect"
import type { Arguments } from "./Arguments.ts"
import type { Host } from "./Processor.ts"
import { Unchanged } from "./Unchanged.ts"

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

/** Calls a task's function, which is loaded first if this thread has not imported its module. */
export const callTask = (host: Host, args: Arguments, task: number): Effect.Effect<unknown, unknown, unknown> => {
  const { call } = host.source.fn(task)
  const load = call === undefined ? host.load(task) : Effect.succeed(call)
  return Effect.flatMap(load, (fn) =>
    Effect.suspend(() => {
      const given = args.take(task)
      const unchanged = Unchanged.of(host, task, args)
      const effect = host.served(task, effectOf(fn(...given)))
      return unchanged === undefined ? effect : unchanged.after(effect)
    }))
}

/** The values that a task's result is: one, or with `outputs` as many items. Throws a TypeError if it is not that. */
export const valuesOf = (outputs: number, result: unknown): ReadonlyArray<unknown> => {
  if (outputs === 0) return [result]
  if (Array.isArray(result) && result.length === outputs) return result
  const got = Array.isArray(result) ? `an array of ${result.length}` : typeof result
  throw new TypeError(
    `the option outputs is ${outputs}, so the function must return an array of ${outputs}; it returned ${got}`
  )
}
