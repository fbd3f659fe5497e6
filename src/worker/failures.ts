// Failures as they travel to the engine: what was thrown, written by the codec; what could not be run or sent, as words.
// Anything can be thrown, also what throws again when it is looked at: nothing here ever does.
import { type Crossing, encode, Refused } from "../chunk/codec.ts"
import { isA, ownCopy, written } from "../chunk/written.ts"
import { stackOf } from "../graph/causes.ts"
import type { Failure } from "../transport/Message.ts"
import type { Attempt } from "./Attempt.ts"
import type { Missing } from "./Functions.ts"
import { RoomRefused } from "./Room.ts"

/** Which attempt it is, and which member of its chain. */
export type Which = Pick<Attempt, "task" | "attempt"> & Partial<Pick<Attempt, "member">>

/** What is thrown in a chain that nobody wants any more. */
export class Interrupted extends Error {}

const base = ({ attempt, member = -1, task }: Which, kind: Failure["kind"], text: string): Failure => ({
  task,
  attempt,
  member,
  kind,
  error: undefined,
  text,
  path: "",
  hint: "",
  names: [],
  bytes: 0
})

/** An attempt that threw, or whose result could not be sent. */
export const failureOf = (crossing: Crossing, attempt: Which, error: unknown): Failure => {
  if (isA(error, Interrupted)) return interruptFailure(attempt)
  if (isA(error, Refused)) return { ...base(attempt, "refused", error.reason), path: error.path }
  if (isA(error, RoomRefused)) return { ...base(attempt, "full", error.message), bytes: error.bytes }
  return { ...base(attempt, "die", stackOf(error)), error: written(error, crossing) }
}

/**
 * An Effect that failed: its Cause. `typed`: failures in the error channel, as opposed to defects; one that cannot be
 * written is refused with its place. Of a defect `squashed` takes the place of a Cause that cannot be written.
 */
export const causeFailure = (
  crossing: Crossing,
  attempt: Which,
  cause: unknown,
  typed: boolean,
  squashed: unknown
): Failure => {
  if (isA(squashed, Interrupted)) return interruptFailure(attempt)
  try {
    const error = ownCopy(encode(cause, crossing, { root: "failure" }))
    return { ...base(attempt, "fail", stackOf(squashed)), error, path: typed ? "typed" : "" }
  } catch (error) {
    return failureOf(crossing, attempt, typed ? error : squashed)
  }
}

/** An attempt whose function could not be had. */
export const missingFailure = ({ attempt, task }: Which, missing: Missing): Failure => ({
  ...base({ attempt, task, member: missing.member ?? -1 }, missing.kind, missing.text),
  path: missing.path,
  hint: missing.hint,
  names: missing.names
})

/** An attempt that was interrupted. */
export const interruptFailure = (attempt: Which): Failure => base(attempt, "interrupt", "")

/** A function with several outputs that returned something else; undefined if it did not. */
export const outputsFailure = (attempt: Attempt, value: unknown): Failure | undefined => {
  if (Array.isArray(value) && value.length === attempt.outputs) return undefined
  const got = Array.isArray(value) ? `an array of ${value.length}` : typeof value
  const text = `the option outputs is ${attempt.outputs}, so the function must return an array of ${attempt.outputs}; `
    + `it returned ${got}`
  return {
    ...base(attempt, "die", text),
    error: { head: encode(new TypeError(text), emptyCrossing).head, buffers: [] }
  }
}

const emptyCrossing: Crossing = {
  identifierOf: () => undefined,
  classOf: () => undefined,
  add: () => {}
} as unknown as Crossing
