// Tasks that are run as one when things go wrong around them: cancelled in the middle, their thread killed, simulated
// processors lost; and what is opened in one is closed before the next.
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Fiber } from "effect"
import { collect, delayed, Engine, spawn, Spawned } from "poniard"
import { makeGate } from "./files.ts"
import { counted } from "./fused.ts"
import { marks, survives } from "./kills.ts"
import * as chained from "./modules/chained.ts"
import { emptied, inOwnEngine, transports } from "./overTransports.ts"

const { exitsOnce, held, inc, later, marked, polls, slowly, waits } = chained

describe("a chain that nobody wants any more", () => {
  for (const [name, between] of Object.entries({ inc, slowly, later })) {
    inOwnEngine(
      `stops before its next task (${name})`,
      (own) =>
        own(
          { fuse: true, threads: 1 },
          Effect.gen(function*() {
            const { file, has, lines } = yield* marks
            const { gate, open } = yield* makeGate
            const first = delayed(waits)(delayed(between as typeof inc)(1), file, gate)
            const fiber = yield* Effect.forkScoped(collect(delayed(marked)(first, file)))
            yield* has(1)
            yield* Fiber.interrupt(fiber)
            yield* Engine.snapshot // a turn has passed
            yield* open
            yield* emptied
            assert.deepStrictEqual(lines(), ["waits"])
            assert.strictEqual(yield* collect(delayed(inc)(delayed(inc)(1))), 3)
          })
        )
    )
  }

  inOwnEngine(
    "is seen to be so by the task that runs, and is not waited for",
    (own) =>
      own(
        { fuse: true, threads: 1 },
        Effect.gen(function*() {
          const { file, has, lines } = yield* marks
          const chain = delayed(marked)(delayed(polls)(delayed(slowly)(1), file), file)
          const fiber = yield* Effect.forkScoped(collect(chain))
          yield* has(1)
          yield* Fiber.interrupt(fiber)
          yield* has(2)
          yield* emptied
          assert.deepStrictEqual(lines(), ["polls", "cancelled"])
        })
      )
  )

  it.live("is interrupted where it waits, on this thread", () =>
    Effect.gen(function*() {
      let went = false
      const waiting = delayed((x: number) => Effect.as(Effect.never, x))(delayed((x: number) => x)(1))
      const handle = yield* spawn((x: number) => {
        went = true
        return x
      }, waiting)
      yield* Effect.sleep(5)
      yield* Spawned.cancel(handle)
      assert.strictEqual((yield* Effect.flip(Spawned.fetch(handle)))._tag, "TaskCancelled")
      yield* Spawned.release(handle)
      yield* emptied
      assert.isFalse(went)
    }).pipe(Effect.scoped, Effect.provide(Engine.layer({ threads: 0, fuse: true }))))
})

describe("a chain whose thread ends in the middle", () => {
  it.live.each([...transports])("runs again from its beginning (%s)", (transport) =>
    survives(
      { threads: 1, transport, fuse: true },
      Effect.gen(function*() {
        const { file, lines } = yield* marks
        const chain = delayed(inc)(delayed(exitsOnce)(delayed(marked)(1, file), file))
        const [value, tasks] = yield* counted(collect(chain))
        assert.deepStrictEqual([value, tasks], [3, 1])
        assert.deepStrictEqual(lines(), ["1", "exits", "1", "exits"])
      })
    ), 60_000)

  it.live("gives the same when processors are lost, and is one task to the simulation", () =>
    Effect.gen(function*() {
      const names = new Set<string>()
      const duration = (name: string): number => names.add(name).size
      const rows = delayed(chained.add).map(delayed(inc).map(Array.from({ length: 40 }, (_, i) => i)), 1)
      const engine = Engine.layerTest({ fuse: true, seed: 5, loss: 0.1, processors: 3, duration })
      const values = yield* collect(delayed(inc).map(rows)).pipe(Effect.provide(engine))
      assert.deepStrictEqual(values, Array.from({ length: 40 }, (_, i) => i + 3))
      assert.deepStrictEqual([...names], ["inc -> add -> inc"])
    }))
})

describe("what a task of a chain opens", () => {
  for (const threads of [1, 0]) {
    it.live(`is closed before the next begins (${threads} threads)`, () =>
      Effect.gen(function*() {
        const { file, lines } = yield* marks
        const chain = delayed(marked)(delayed(held)(delayed(inc)(1), file), file)
        assert.strictEqual(yield* collect(chain), 4)
        assert.deepStrictEqual(lines(), ["open", "closed", "3"])
      }).pipe(Effect.scoped, Effect.provide(Engine.layer({ threads, fuse: true, memory: "16 MiB" }))))
  }
})

describe("the option fuse", () => {
  it("is true or false", () => {
    assert.throws(() => Engine.layer({ fuse: 1 as never }), /options\.fuse: expected true or false, got the number 1/)
  })

  it.live("comes from the environment, and is off otherwise", () => {
    const two = counted(collect(delayed((x: number) => x)(delayed(() => 1)())))
    const env = (vars: Record<string, string>) => ConfigProvider.layer(ConfigProvider.fromEnv({ env: vars }))
    return Effect.gen(function*() {
      const on = Engine.layerConfig({ threads: 0 })
      assert.deepStrictEqual(yield* two.pipe(Effect.provide(on), Effect.provide(env({ PONIARD_FUSE: "true" }))), [1, 1])
      assert.deepStrictEqual(yield* two.pipe(Effect.provide(on), Effect.provide(env({}))), [1, 2])
    })
  })
})
