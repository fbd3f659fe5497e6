// Which attempt a fiber of this thread runs, so that a task that waits for another can give its slot back, and so
// that `Task.id` and its like answer inside Effects too.
import * as Context from "effect/Context"
import * as Fiber from "effect/Fiber"
import { type CurrentTask, setTaskLookUp } from "../graph/CurrentTask.ts"
import type { Host } from "./Processor.ts"

/** The attempt that a fiber belongs to. */
export interface Attempt {
  readonly host: Host
  readonly task: number
  readonly attempt: number
  /** fibers of it that wait for other tasks */
  waits: number
  /** called when the first of them begins to wait: the slot is free */
  readonly suspended: () => void
}

/** The attempt of the current fiber; undefined outside a task. */
export const CurrentAttempt = Context.Reference<Attempt | undefined>("poniard/CurrentAttempt", {
  defaultValue: () => undefined
})

/** What a task on this thread may ask about itself. */
export const taskOf = (
  host: Host,
  task: number,
  attempt: number,
  fiber: Fiber.Fiber<unknown, unknown> | undefined
): CurrentTask => {
  let controller: AbortController | undefined
  return {
    id: task,
    processor: `fiber ${host.worker}`,
    isCancelled: () => !host.isCurrent(task, attempt),
    signal: () => {
      controller ??= new AbortController()
      const made = controller
      fiber?.addObserver(() => made.abort())
      return made.signal
    },
    allocate: (bytes) => ({ buffer: new SharedArrayBuffer(bytes), byteOffset: 0, zeroed: true })
  }
}

/**
 * Has `Task` answer inside the Effects of this thread. Called by processors of this thread when they start, not when this
 * file is loaded: a worker loads it with the verbs, and has a look-up of its own.
 */
export const lookUpFibers = (): void =>
  setTaskLookUp(() => {
    const fiber = Fiber.getCurrent()
    const current = fiber === undefined ? undefined : Context.get(fiber.context, CurrentAttempt)
    return current === undefined ? undefined : taskOf(current.host, current.task, current.attempt, fiber)
  })
