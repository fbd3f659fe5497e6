// A processor that does nothing: every batch of attempts is reported finished at once, in one batch, which the engine
// takes in in its next turn. What `overhead` measures with it is everything but workers. A task's value is its last argument, the
// task's own number, so that results can be checked. Not for anything but this benchmark.
import { Effect } from "effect"
import type { ArgumentVisitor, Processor, Running } from "../../src/processor/Processor.ts"

const nothing = (): void => undefined

/** One null processor with one slot, for the engine's option `processors`. */
export const nullProcessor = (): Processor => ({
  kind: "null",
  accepts: ["here", "module"],
  capacity: [1],
  ahead: 10,
  follows: "own",
  start: (host) =>
    Effect.gen(function*() {
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
      host.up()
      const running: Running = {
        run: (tasks, attempts) => {
          const values: Array<unknown> = []
          const durations: Array<number> = []
          for (let i = 0; i < tasks.length; i++) {
            host.source.visit(tasks[i], visitor)
            values.push(last)
            durations.push(0.0001)
          }
          host.finished({ tasks, attempts, durations, outputs: undefined, values, held: false })
        },
        interrupt: nothing,
        // Everything is as good as done when it comes: nothing is given back.
        retract: (tasks, attempts) => host.kept(tasks, attempts)
      }
      return running
    })
})
