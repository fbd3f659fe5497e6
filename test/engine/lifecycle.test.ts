// Engines come and go: bad options are refused at the call, closing one ends all that it does at once and leaves nothing,
// several live side by side, and a hundred one after the other leave no trace.
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Scope, Stream } from "effect"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { Chunk, collect, compute, delayed, Engine, GraphInvalid, spawn, Spawned } from "poniard"
import type { EngineOptions } from "../../src/engine/options.ts"
import { makeGate, until } from "./files.ts"
import { a } from "./modules2/arrays.ts"
import { holdLater } from "./modules2/effects.ts"
import { light } from "./modules2/light.ts"
import { inc } from "./modules2/numbers.ts"
import { inOwnEngine, transports } from "./overTransports.ts"

const ports = () => process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length

const open = (options: EngineOptions) =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(Engine.layer(options), scope)
    return { run: Effect.provideContext(context), close: Scope.close(scope, Exit.void) }
  })

describe("Engine.layer", () => {
  const refused: ReadonlyArray<readonly [options: object, pattern: RegExp]> = [
    [{ threads: -1 }, /options\.threads.*0 or more, got -1/],
    [{ threads: 1.5 }, /options\.threads/],
    [{ memory: "much" }, /options\.memory.*"much" is no size in bytes/],
    [{ memory: 1000 }, /options\.memory.*1000 bytes is too small/],
    [{ fibers: 0 }, /options\.fibers.*1 or more/],
    [{ thread: 2 }, /options\.thread.*there is no option of that name.*threads, memory/]
  ]
  for (const [options, pattern] of refused) {
    it(`refuses ${JSON.stringify(options)} at the call`, () => {
      const attempt = Exit.isFailure(Effect.runSyncExit(Effect.sync(() => Engine.layer(options as EngineOptions))))
      assert.isTrue(attempt)
      assert.throws(() => Engine.layer(options as EngineOptions), pattern)
    })
  }

  it.live("without threads runs everything on this one", () =>
    Effect.gen(function*() {
      const thread = yield* collect(delayed(a.place)(delayed(a.allocOnly)(10)))
      assert.match(String(thread.processor), /^fiber/)
    }).pipe(Effect.provide(Engine.layer({ threads: 0 }))))
})

describe("closing an engine", () => {
  const closed = /the engine is closed/

  inOwnEngine(
    "fails what is waited for, interrupts what runs and ends its threads",
    (_, transport) =>
      Effect.gen(function*() {
        const before = ports()
        const { close, run } = yield* open({ threads: 2, memory: "8 MiB", transport })
        const gate = yield* makeGate
        const [began, ended] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const here = delayed(() =>
          Effect.onInterrupt(
            Effect.andThen(Deferred.succeed(began, undefined), Effect.never),
            () => Deferred.succeed(ended, undefined)
          )
        )
        const waiting = yield* Effect.forkChild(
          run(Effect.exit(collect([here(), delayed(holdLater)(gate.began, gate.gate, 1), delayed(inc)(1)]))),
          { startImmediately: true }
        )
        yield* gate.hasBegun(1)
        yield* Deferred.await(began)
        yield* close
        yield* Deferred.await(ended)
        const exit = yield* Fiber.join(waiting)
        assert.isTrue(Exit.isFailure(exit))
        assert.match(String(exit), closed)
        yield* until(() => ports() <= before)
      })
  )

  inOwnEngine("does not wait for a function that never ends", (_, transport) =>
    Effect.gen(function*() {
      const { close, run } = yield* open({ threads: 1, memory: "8 MiB", transport })
      yield* run(collect(delayed(light.inc)(1)))
      yield* Effect.forkChild(run(Effect.exit(collect(delayed(light.spin)()))), { startImmediately: true })
      yield* run(Engine.snapshot)
      const start = performance.now()
      yield* close
      assert.isBelow(performance.now() - start, 1500)
    }))

  inOwnEngine("makes its handles and verbs say so", (_, transport) =>
    Effect.gen(function*() {
      const { close, run } = yield* open({ threads: 1, memory: "8 MiB", transport })
      const scope = yield* Scope.make()
      const [spawned, chunk, computed] = yield* run(
        Scope.provide(Effect.all([spawn(inc, 1), Chunk.put(1), compute(delayed(inc)(1))]), scope)
      )
      yield* run(Spawned.fetch(spawned))
      const listening = yield* Effect.forkChild(run(Stream.runDrain(Engine.events)), { startImmediately: true })
      yield* close
      const after: ReadonlyArray<Effect.Effect<unknown, unknown, Engine>> = [
        Spawned.fetch(spawned),
        Spawned.wait(spawned),
        Chunk.get(chunk),
        Chunk.get(computed),
        collect(delayed(inc)(1)),
        Effect.scoped(spawn(inc, 1)),
        Effect.scoped(Chunk.put(1)),
        Engine.snapshot,
        Engine.explain()
      ]
      for (const verb of after) assert.match(String(yield* Effect.exit(run(verb))), closed)
      yield* Scope.close(scope, Exit.void)
      yield* Fiber.interrupt(listening)
    }))

  inOwnEngine(
    "at once after it was opened, or while it opens, leaves nothing",
    (own, transport) =>
      Effect.gen(function*() {
        yield* own({}, Effect.void)
        const opening = yield* Effect.forkChild(own({ threads: 4 }, Effect.never), { startImmediately: true })
        yield* Fiber.interrupt(opening)
        const { close } = yield* open({ threads: 1, transport })
        yield* close
        yield* close
      })
  )
})

describe("two engines", () => {
  inOwnEngine(
    "live side by side, each with its own tasks, values and budget",
    (own, transport) =>
      Effect.gen(function*() {
        const both = yield* Effect.all([
          open({ threads: 1, memory: "8 MiB", transport }),
          open({ threads: 1, memory: "4 MiB" })
        ])
        const [first, second] = both
        const shared = delayed(inc)(1)
        const results = yield* Effect.all(both.map(({ run }) => run(collect([shared, delayed(inc)(shared)]))), {
          concurrency: 2
        })
        assert.deepStrictEqual(results, [[2, 3], [2, 3]])
        const inner = collect(delayed(() => second.run(collect(delayed(inc)(40))))())
        assert.strictEqual(yield* first.run(Effect.map(inner, (n) => n + 1)), 42)
        const job = collect(delayed(a.sum).map(delayed(a.allocOnly).map(Array.from({ length: 30 }, () => 30_000))))
        yield* Effect.all(both.map(({ run }) => run(job)), { concurrency: 2 })
        const [one, two] = yield* Effect.all(both.map(({ run }) => run(Engine.snapshot)))
        assert.deepStrictEqual([one.tasks.total, two.tasks.total], [63, 63])
        assert.deepStrictEqual([one.memory.budgetBytes, two.memory.budgetBytes], [8 * 2 ** 20, 4 * 2 ** 20])
        yield* second.close
        assert.strictEqual(yield* first.run(collect(shared)), 2)
        yield* first.close
        assert.strictEqual(yield* own({}, collect(shared)), 2)
      })
  )

  inOwnEngine("may each be given what the other made, by value", (own) =>
    Effect.gen(function*() {
      const moved = own(
        { threads: 1 },
        Effect.gen(function*() {
          const chunk = yield* compute(delayed(a.allocOnly)(10_000))
          const there = yield* own(
            { threads: 1 },
            Effect.gen(function*() {
              const error = yield* Effect.flip(collect(delayed(a.sum)(chunk)))
              assert.instanceOf(error, GraphInvalid)
              return error.reason
            })
          )
          assert.match(there, /another engine/)
          const xs = yield* Chunk.get(chunk)
          return yield* own({ threads: 1 }, collect(delayed(a.sum)(xs)))
        })
      )
      assert.strictEqual(yield* moved, 49_995_000)
    }))
})

describe("a hundred engines", () => {
  const program = fileURLToPath(new URL("modules2/hundredEngines.ts", import.meta.url))
  const MiB = 2 ** 20

  it.live("built and released hold no more after the last than after the twentieth", () =>
    Effect.gen(function*() {
      const outputs = yield* Effect.promise(() =>
        Promise.all(
          transports.map((transport) => promisify(execFile)(process.execPath, ["--expose-gc", program, transport]))
        )
      )
      for (const { stdout } of outputs) {
        const { after, before, results } = JSON.parse(stdout)
        assert.deepStrictEqual(results, [40_001])
        assert.isBelow(after.heapUsed - before.heapUsed, 5 * MiB)
        assert.deepStrictEqual(after.resources, before.resources)
      }
    }), 120_000)
})
