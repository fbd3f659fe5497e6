// A processor that does nothing: a batch of attempts is reported finished, in one batch, as soon as the engine's turn
// that sent it is over; the engine takes the report in a later turn. What `overhead` measures with it is everything but
// workers. A task's value is its last argument, its own number, so that results can be checked.
import { Effect } from "effect"
import type { ArgumentVisitor, Processor, Running } from "../../src/processor/Processor.ts"

const nothing = (): void => undefined

/** ms after which the event loop gets a turn before the next report: a chain of a million must not hold it. */
const HOLD_MS = 1

/** ms that a task is said to have taken: too short for a clock. */
const DURATION_MS = 0.0001

/** One null processor with one slot, for the engine's option `processors`. */
export const nullProcessor = (): Processor => ({
  kind: "null",
  accepts: ["here", "module"],
  capacity: [1],
  ahead: 10,
  start: (host) =>
    Effect.gen(function*() {
      let tasks: Array<number> = []
      let attempts: Array<number> = []
      let immediate: NodeJS.Immediate | undefined
      let since = 0
      let last: unknown
      const visitor: ArgumentVisitor = {
        value: (value) => {
          last = value
        },
        snapshot: nothing,
        chunk: nothing,
        handle: nothing,
        list: nothing,
        record: nothing
      }
      const finish = (): void => {
        const batch = { tasks, attempts, outputs: undefined, held: false }
        tasks = []
        attempts = []
        const values: Array<unknown> = []
        const durations: Array<number> = []
        for (let i = 0; i < batch.tasks.length; i++) {
          host.source.visit(batch.tasks[i], visitor)
          values.push(last)
          durations.push(DURATION_MS)
        }
        host.finished({ ...batch, durations, values })
      }
      const finishSoon = (): void => {
        if (performance.now() - since < HOLD_MS) return queueMicrotask(finish)
        immediate = setImmediate(() => {
          since = performance.now()
          finish()
        })
      }
      yield* Effect.addFinalizer(() => Effect.sync(() => clearImmediate(immediate)))
      host.up()
      const running: Running = {
        run: (more, numbers) => {
          if (tasks.length === 0) finishSoon()
          for (let i = 0; i < more.length; i++) {
            tasks.push(more[i])
            attempts.push(numbers[i])
          }
        },
        interrupt: nothing,
        // Everything is as good as done when it comes: nothing is given back.
        retract: (tasks, attempts) => host.kept(tasks, attempts)
      }
      return running
    })
})
