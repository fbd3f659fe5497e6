// Failures as they travel to the engine: what was thrown, written by the codec; what could not be run or sent, as words.
import { type Crossing, encode, Refused } from "../chunk/codec.ts"
import { ownCopy, written } from "../chunk/written.ts"
import type { Failure } from "../transport/Message.ts"
import type { Attempt } from "./Attempt.ts"
import type { Missing } from "./Functions.ts"
import { RoomRefused } from "./Room.ts"

const base = (attempt: Attempt, kind: Failure["kind"], text: string): Failure => ({
  task: attempt.task,
  attempt: attempt.attempt,
  kind,
  error: undefined,
  text,
  path: "",
  hint: "",
  names: [],
  bytes: 0
})

const stackOf = (error: unknown): string => error instanceof Error ? error.stack ?? "" : ""

/** An attempt that threw, or whose result could not be sent. */
export const failureOf = (crossing: Crossing, attempt: Attempt, error: unknown): Failure => {
  if (error instanceof Refused) return { ...base(attempt, "refused", error.reason), path: error.path }
  if (error instanceof RoomRefused) return { ...base(attempt, "full", error.message), bytes: error.bytes }
  return { ...base(attempt, "die", stackOf(error)), error: written(error, crossing) }
}

/** An Effect that failed: its Cause. `typed`: failures in the error channel, as opposed to defects. */
export const causeFailure = (crossing: Crossing, attempt: Attempt, cause: unknown, typed: boolean, stack: string): Failure => {
  try {
    return { ...base(attempt, "fail", stack), error: ownCopy(encode(cause, crossing)), path: typed ? "typed" : "" }
  } catch (error) {
    return failureOf(crossing, attempt, error)
  }
}

/** An attempt whose function could not be had. */
export const missingFailure = (attempt: Attempt, missing: Missing): Failure => ({
  ...base(attempt, missing.kind, missing.text),
  path: missing.path,
  hint: missing.hint,
  names: missing.names
})

/** An attempt that was interrupted. */
export const interruptFailure = (attempt: Attempt): Failure => base(attempt, "interrupt", "")

/** A function with several outputs that returned something else; undefined if it did not. */
export const outputsFailure = (attempt: Attempt, value: unknown): Failure | undefined => {
  if (Array.isArray(value) && value.length === attempt.outputs) return undefined
  const got = Array.isArray(value) ? `an array of ${value.length}` : typeof value
  const text = `the option outputs is ${attempt.outputs}, so the function must return an array of ${attempt.outputs}; `
    + `it returned ${got}`
  return { ...base(attempt, "die", text), error: { head: encode(new TypeError(text), emptyCrossing).head, buffers: [] } }
}

const emptyCrossing: Crossing = { identifierOf: () => undefined, classOf: () => undefined, add: () => {} } as unknown as Crossing
