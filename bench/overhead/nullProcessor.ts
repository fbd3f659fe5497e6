// A processor that does nothing: every batch of attempts is reported finished in the next turn of the event loop, in
// one batch. What `overhead` measures with it is everything but workers. A task's value is its last argument, the
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
  start: (host) =>
    Effect.gen(function*() {
      let tasks: Array<number> = []
      let attempts: Array<number> = []
      let turn: NodeJS.Immediate | undefined
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
        turn = undefined
        const started = performance.now()
        const batch = { tasks, attempts, outputs: undefined, held: false }
        tasks = []
        attempts = []
        const values = batch.tasks.map((task) => {
          host.source.visit(task, visitor)
          return last
        })
        const each = (performance.now() - started) / values.length
        host.finished({ ...batch, durations: values.map(() => each), values })
      }
      yield* Effect.addFinalizer(() => Effect.sync(() => clearImmediate(turn)))
      host.up()
      const running: Running = {
        run: (more, numbers) => {
          for (let i = 0; i < more.length; i++) {
            tasks.push(more[i])
            attempts.push(numbers[i])
          }
          turn ??= setImmediate(finish)
        },
        interrupt: nothing,
        // Everything is as good as done when it comes: nothing is given back.
        retract: (tasks, attempts) => host.kept(tasks, attempts)
      }
      return running
    })
})
