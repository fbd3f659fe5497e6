// Task functions that spawn tasks themselves.
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import { collect, delayed, type Engine, spawn, Spawned, Task, type TaskError, type TaskFunction } from "poniard"

/** A failure of its own. */
export class TooDeep extends Schema.TaggedError<TooDeep>("test/nested/TooDeep")("TooDeep", { depth: Schema.Int }) {}

/** Plain task functions. */
export const plain = Task.module(import.meta.url, {
  square: (x: number) => x * x,
  fail: (depth: number) => Effect.fail(new TooDeep({ depth })),
  fill: (n: number) => Task.alloc(Float64Array, n).fill(1),
  double: (xs: Float64Array) => xs.map((x) => x * 2)
}, { schemas: [TooDeep] })

const fibonacci = (n: number): Effect.Effect<number, TaskError, Engine | Scope.Scope> =>
  n < 2
    ? Effect.succeed(n)
    : Effect.gen(function*() {
      const a = yield* spawn(tasks.fibonacci, n - 1)
      const b = yield* spawn(tasks.fibonacci, n - 2)
      return (yield* Spawned.fetch(a)) + (yield* Spawned.fetch(b))
    })

interface Tasks {
  readonly fibonacci: TaskFunction<typeof fibonacci>
}

/** Task functions that spawn. */
export const tasks: Tasks = Task.module(import.meta.url, { fibonacci })

/** Task functions that spawn others. */
export const parents = Task.module(import.meta.url, {
  sumOfSquares: (n: number) =>
    Effect.gen(function*() {
      const squares = yield* collect(Array.from({ length: n }, (_, i) => delayed(plain.square)(i)))
      return squares.reduce((a, b) => a + b, 0)
    }),
  fetchFailure: (depth: number) =>
    Effect.gen(function*() {
      const failed = yield* spawn(plain.fail, depth)
      return yield* Spawned.fetch(failed)
    }),
  bytes: (n: number) =>
    Effect.gen(function*() {
      const made = yield* spawn(plain.fill, n)
      const doubled = yield* spawn(plain.double, made)
      const xs = yield* Spawned.fetch(doubled)
      return xs[n - 1]
    })
})
