// The simulated engine: the functions themselves, virtual time, seeded faults.
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Schedule } from "effect"
import { collect, collectExit, delayed, Engine, spawn, Spawned } from "poniard"

const now = Clock.currentTimeMillis

describe("Engine.layerTest", () => {
  it.live("hours pass in no time, and sleepers share two processors", () =>
    Effect.gen(function*() {
      const sleeper = (i: number) => Effect.as(Effect.sleep("1 hour"), i)
      const before = performance.now()
      const at = yield* collect(delayed(() => now)())
      const values = yield* collect(Array.from({ length: 10 }, (_, i) => delayed(sleeper)(i)))
      const after = yield* collect(delayed(() => now)())
      assert.deepStrictEqual(values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      assert.isBelow(Math.abs((after - at) / 3_600_000 - 5), 0.01)
      assert.isBelow(performance.now() - before, 5000)
    }).pipe(Effect.provide(Engine.layerTest({ duration: () => 1 }))))

  it.live("work goes on when processors are lost, the same way for the same seed", () => {
    const world = (seed: number) =>
      Effect.gen(function*() {
        const runs: Array<number> = []
        const add = (a: number, b: number): number => {
          runs.push(a)
          return a + b
        }
        let layer = Array.from({ length: 64 }, (_, i) => delayed(add)(i, 1))
        while (layer.length > 1) {
          layer = layer.filter((_, i) => i % 2 === 0).map((left, i) => delayed(add)(left, layer[2 * i + 1]))
        }
        const exit = yield* Effect.exit(collect(layer[0]))
        return { runs, exit: Exit.isSuccess(exit) ? exit.value : "lost" }
      }).pipe(Effect.provide(Engine.layerTest({ seed, processors: 3, loss: 0.05 })))
    return Effect.gen(function*() {
      const first = yield* world(11)
      const again = yield* world(11)
      assert.deepStrictEqual(first, again)
      assert.strictEqual(first.exit, 64 * 63 / 2 + 64)
    })
  })

  it.live("retries wait for virtual time", () =>
    Effect.gen(function*() {
      let tries = 0
      const flaky = () => ++tries < 4 ? Effect.fail("not yet" as const) : Effect.succeed(tries)
      const value = yield* collect(delayed(flaky, { retry: Schedule.spaced("10 minutes") })())
      assert.strictEqual(value, 4)
    }).pipe(Effect.provide(Engine.layerTest())))

  it.live("timeouts come in virtual time", () =>
    Effect.gen(function*() {
      const exit = yield* collectExit(delayed(() => Effect.sleep("2 days"), { timeout: "1 day" })())
      assert.isTrue(Exit.isFailure(exit))
      const error = yield* Effect.flip(exit)
      assert.strictEqual(error._tag, "TaskTimedOut")
    }).pipe(Effect.provide(Engine.layerTest())))

  it.live("a task that waits for another frees its processor", () =>
    Effect.gen(function*() {
      const child = (n: number) => n * 2
      const parent = (n: number) => Effect.scoped(Effect.flatMap(spawn(child, n), (spawned) => Spawned.fetch(spawned)))
      assert.deepStrictEqual(yield* collect([delayed(parent)(1), delayed(parent)(2)]), [2, 4])
    }).pipe(Effect.provide(Engine.layerTest({ processors: 1 }))))
})
