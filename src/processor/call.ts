// What processors of this thread have in common: the Effect that a task's function stands for, whatever it returns, and
// the values that a result is.
import * as Effect from "effect/Effect"
import type { TaskFunctionEntry } from "../graph/TaskFunction.ts"
import type { Arguments } from "./Arguments.ts"
import { callChain, type Item } from "./chain.ts"
import type { Host } from "./Processor.ts"
import { effectOf } from "./returned.ts"
import { Unchanged } from "./Unchanged.ts"

/** Whether a function can be called here without loading it, or any of its members, first. */
export const isHere = ({ call, parts }: TaskFunctionEntry): boolean =>
  parts === undefined ? call !== undefined : parts.every(({ fn }) => fn.call !== undefined)

/** Calls a function that is here, or all members of a chain: gives what it returns. */
export const callHere = (host: Host, item: Item, fn: TaskFunctionEntry, args: ReadonlyArray<unknown>): unknown =>
  fn.parts === undefined ? fn.call!(...args) : callChain(host, item, fn.parts, args)

/** A function with what was loaded for it. */
const loaded = (host: Host, item: Item, fn: TaskFunctionEntry): Effect.Effect<TaskFunctionEntry> => {
  if (isHere(fn)) return Effect.succeed(fn)
  if (fn.parts === undefined) return Effect.map(host.load(fn), (call) => ({ ...fn, call }))
  const members = Effect.forEach(fn.parts, (part, member) =>
    Effect.suspend(() => {
      item.member = member
      return Effect.map(loaded(host, item, part.fn), (own) => ({ ...part, fn: own }))
    }))
  return Effect.map(members, (parts) => ({ ...fn, parts }))
}

/** Calls a task's function, which is loaded first if this thread has not imported its module. */
export const callTask = (host: Host, args: Arguments, item: Item): Effect.Effect<unknown, unknown, unknown> =>
  Effect.flatMap(loaded(host, item, host.source.fn(item.task)), (fn) =>
    Effect.suspend(() => {
      const given = args.take(item.task)
      const unchanged = Unchanged.of(host, item, args)
      const effect = host.served(fn, effectOf(callHere(host, item, fn, given)))
      return unchanged === undefined ? effect : unchanged.after(effect)
    }))

/** The values that a task's result is: one, or with `outputs` as many items. Throws a TypeError if it is not that. */
export const valuesOf = (outputs: number, result: unknown): ReadonlyArray<unknown> => {
  if (outputs === 0) return [result]
  if (Array.isArray(result) && result.length === outputs) return result
  const got = Array.isArray(result) ? `an array of ${result.length}` : typeof result
  throw new TypeError(
    `the option outputs is ${outputs}, so the function must return an array of ${outputs}; it returned ${got}`
  )
}
