// Task functions of every kind: plain, with a Promise, with an Effect that uses a service of the module's layer.
import { Context, Effect, Layer } from "effect"
import { appendFileSync } from "node:fs"
import { threadId } from "node:worker_threads"
import { Task } from "poniard"

/** Writes that something has happened to the layer, if a test has named a file for it. */
const note = (what: string): void => {
  const file = process.env["PONIARD_TEST_LAYERS"]
  if (file !== undefined) appendFileSync(file, `${what} ${threadId}\n`)
}

/** Counts how often it was built in this thread, and how often it was asked. */
export class Meter extends Context.Service<Meter, { readonly built: number; readonly next: Effect.Effect<number> }>()(
  "test/Meter"
) {
  static builds = 0
  static readonly layer = Layer.effect(
    Meter,
    Effect.acquireRelease(
      Effect.sync(() => {
        note("built")
        let count = 0
        return Meter.of({ built: ++Meter.builds, next: Effect.sync(() => ++count) })
      }),
      () => Effect.sync(() => note("closed"))
    )
  )
}

/** The task functions of this file. */
export const { add, builds, fail, later, reject, rejectLate, scoped, square, sum, where } = Task.module(
  import.meta.url,
  {
    square: (x: number) => x * x,
    add: (a: number, b: number) => a + b,
    sum: (xs: ReadonlyArray<number>, label = "sum") => `${label} ${xs.reduce((a, b) => a + b, 0)}`,
    later: (x: number) => new Promise<number>((resolve) => setTimeout(() => resolve(x + 1), 1)),
    reject: (why: string) => Promise.reject<number>(new RangeError(why)),
    rejectLate: (why: string) => {
      setTimeout(() => void Promise.reject(new Error(why)), 20)
      return "done"
    },
    builds: () => Effect.map(Effect.andThen(Meter.use((meter) => meter.next), Meter), ({ built }) => built),
    scoped: (x: number) =>
      Effect.map(
        Effect.acquireRelease(Effect.succeed([x]), (held) => Effect.sync(() => held.pop())),
        (held) => held.length
      ),
    fail: (x: number) => x > 0 ? Effect.fail(`no ${x}`) : Effect.succeed(x),
    where: () => ({ id: Task.id, processor: Task.processor, thread: threadId, cancelled: Task.isCancelled() })
  },
  { layer: Meter.layer }
)
