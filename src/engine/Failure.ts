// Why a task failed: where it began, the way from there, and the Cause that whoever waits for it is given. A typed
// error stays itself; what was thrown becomes a TaskFailed; every Cause carries the annotation TaskTrace.
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import {
  ChunkLost,
  ProcessorLost,
  StoreFull,
  TaskCancelled,
  TaskFailed,
  TaskTimedOut,
  TaskTrace,
  Unplaceable
} from "../graph/errors.ts"
import type { Reason } from "../scheduler/Event.ts"
import type { Exit } from "../transport/Transport.ts"

/** What is known of the failure of one attempt, besides the scheduler's reason. */
export interface Fault {
  /** which member of a chain failed; -1, or not there: none by itself */
  readonly member?: number
  /** the function's own failure or throw */
  readonly cause?: Cause.Cause<unknown> | undefined
  /** an error of Poniard's that says it all */
  readonly error?: object | undefined
  /** the cause is a failure in the error channel */
  readonly typed?: boolean
  readonly stack?: string
  readonly processor?: string
  /** which attempt of the task it was, from 1 */
  readonly attempt?: number
  readonly exit?: Exit
  readonly log?: ReadonlyArray<string>
  readonly timeout?: number
  readonly needed?: number
  readonly budget?: number
  readonly wanted?: ReadonlyArray<string>
  readonly present?: ReadonlyArray<string>
  readonly chunk?: number
  readonly detail?: string
}

/** A failed task. */
export interface Failure {
  readonly name: string
  /** the failed input because of which it failed, or undefined where it began */
  readonly via: Failure | undefined
  readonly reason: Reason
  readonly fault: Fault
}

/** The failure of the last of several tasks each of which failed because of the one before; the first by this fault. */
export const failureThrough = (
  names: ReadonlyArray<string>,
  first: Pick<Failure, "via" | "reason" | "fault">
): Failure => {
  let failure: Failure = { name: names[0], ...first }
  for (const name of names.slice(1)) failure = { name, via: failure, reason: first.reason, fault: {} }
  return failure
}

const rootOf = (failure: Failure): { readonly root: Failure; readonly path: Array<string> } => {
  const path = [failure.name]
  let root = failure
  while (root.via !== undefined) {
    root = root.via
    path.push(root.name)
  }
  return { root, path: path.reverse() }
}

/** The Cause with which whoever waits for the failed task fails. */
export const causeOf = (failure: Failure): Cause.Cause<unknown> => {
  const { path, root } = rootOf(failure)
  const trace = Context.make(TaskTrace, {
    task: failure.name,
    root: root.name,
    path,
    stack: root.fault.stack === "" ? undefined : root.fault.stack
  })
  return Cause.annotate(plainCause(failure, root, path), trace)
}

const plainCause = (failure: Failure, root: Failure, path: ReadonlyArray<string>): Cause.Cause<unknown> => {
  const { fault, reason } = root
  const task = failure.name
  const processor = fault.processor ?? "this thread"
  const attempt = fault.attempt ?? 1
  if (fault.error !== undefined) return Cause.fail(fault.error)
  switch (reason) {
    case "cancelled":
      return Cause.fail(new TaskCancelled({ task, root: root.name }))
    case "timeout":
      return Cause.fail(new TaskTimedOut({ task, root: root.name, timeout: fault.timeout ?? -1, processor, attempt }))
    case "lost":
      return Cause.fail(
        new ProcessorLost({
          task,
          processor,
          exitCode: fault.exit?.exitCode ?? null,
          signal: null,
          reason: fault.exit?.reason || "it ended by itself, perhaps by process.exit()",
          log: fault.log ?? []
        })
      )
    case "full":
      return Cause.fail(new StoreFull({ task, needed: fault.needed ?? 0, budget: fault.budget ?? 0 }))
    case "unplaceable":
      return Cause.fail(new Unplaceable({ task, wanted: fault.wanted ?? [], present: fault.present ?? [] }))
    case "chunk lost":
      return Cause.fail(
        new ChunkLost({ chunk: fault.chunk ?? -1, task, reason: fault.detail ?? "its bytes are damaged" })
      )
    case "error": {
      if (fault.typed === true && fault.cause !== undefined) return fault.cause
      const cause = fault.cause === undefined ? new Error("unknown") : Cause.squash(fault.cause)
      return Cause.fail(new TaskFailed({ task, root: root.name, path, processor, attempt, cause }))
    }
  }
}
