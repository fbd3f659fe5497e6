// Tasks that spawn tasks: from workers and from this thread, with the waiting task's slot given back.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { collect, delayed, Engine, spawn, Spawned } from "poniard"
import { idInside, puts, slowly } from "./modules/chained.ts"
import { parents, tasks, TooDeep } from "./modules3/nested.ts"
import { guarded } from "./overTransports.ts"

for (const transport of ["thread", "bytes"] as const) {
  describe(`nested spawns over ${transport}`, () => {
    const run = <A, E>(effect: Effect.Effect<A, E, Engine>, threads = 1) =>
      effect.pipe(guarded, Effect.provide(Engine.layer({ threads, transport, memory: "64 MiB" })))

    it.live("a recursive Fibonacci of depth 15 ends on one thread, and leaves nothing", () =>
      run(Effect.gen(function*() {
        assert.strictEqual(yield* collect(delayed(tasks.fibonacci)(15)), 610)
        const snapshot = yield* Engine.snapshot
        assert.strictEqual(snapshot.memory.chunks, 0)
        assert.strictEqual(snapshot.processors.reduce((sum, p) => sum + p.sent + p.suspended, 0), 0)
      })))

    it.live("a task collects a graph of its own", () =>
      run(Effect.gen(function*() {
        assert.strictEqual(yield* collect(delayed(parents.sumOfSquares)(100)), 328350)
      })))

    it.live("a task is itself inside its Effect, also where the verbs were loaded after the first Effect", () =>
      run(Effect.gen(function*() {
        assert.strictEqual(yield* collect(delayed(slowly)(1)), 2)
        assert.strictEqual(yield* collect(delayed(puts)(1)), 2)
        assert.isNumber(yield* collect(delayed(idInside)()))
      })))

    it.live("large arrays pass between nested tasks", () =>
      run(
        Effect.gen(function*() {
          assert.strictEqual(yield* collect(delayed(parents.bytes)(100_000)), 2)
        }),
        2
      ))

    it.live("a typed failure of a nested task arrives as itself, twice over", () =>
      run(Effect.gen(function*() {
        const error = yield* Effect.flip(collect(delayed(parents.fetchFailure)(3)))
        assert.instanceOf(error, TooDeep)
        assert.strictEqual((error as TooDeep).depth, 3)
      })))
  })
}

describe("nested spawns on this thread", () => {
  it.live("a recursive closure gives its slot back while it waits", () => {
    const fibonacci = (n: number): Effect.Effect<number, unknown, Engine> =>
      n < 2 ? Effect.succeed(n) : Effect.scoped(Effect.gen(function*() {
        const a = yield* spawn(fibonacci, n - 1)
        const b = yield* spawn(fibonacci, n - 2)
        return (yield* Spawned.fetch(a)) + (yield* Spawned.fetch(b))
      }))
    return collect(delayed(fibonacci)(12)).pipe(
      Effect.map((n) => assert.strictEqual(n, 144)),
      guarded,
      Effect.provide(Engine.layer({ threads: 0, fibers: 1, memory: "16 MiB" }))
    )
  })
})
