// A chunk is there as long as somebody needs it and not a moment longer: consumers that have not finished, handles whose
// Scope is open, `persist`. After every test the suite asserts that the store is empty, however its tasks have ended.
import { assert } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Chunk, collect, collectExit, compute, delayed, Engine, spawn, Spawned, spawnWith } from "poniard"
import { makeGate } from "./files.ts"
import { later } from "./modules2/arraysLater.ts"
import { hold } from "./modules2/gates.ts"
import { inc } from "./modules2/numbers.ts"
import { r } from "./modules2/release.ts"
import { emptied, overTransports } from "./overTransports.ts"

const N = 10_000
const BYTES = 80_000

const fork = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

/** Chunks that are there, and bytes that they occupy in shared memory, in whole arrays of this test. */
const held = Effect.map(Engine.snapshot, ({ memory }) => ({
  chunks: memory.chunks,
  arrays: Math.floor(memory.residentBytes / BYTES)
}))

overTransports("inputs", {}, (test) => {
  test("stay until the last task that uses them is done, then go; a result stays until its Scope closes", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const p = delayed(r.make)(N)
      const q = delayed(r.double)(p)
      const s = delayed(r.sum3)(gate.began, gate.gate, p, q, delayed(r.make)(N))
      yield* Effect.scoped(Effect.gen(function*() {
        const computing = yield* fork(compute(s))
        yield* gate.hasBegun(1)
        assert.deepStrictEqual(yield* held, { chunks: 4, arrays: 3 })
        yield* gate.open
        const chunk = yield* Fiber.join(computing)
        assert.deepStrictEqual(yield* held, { chunks: 1, arrays: 1 })
        assert.strictEqual((yield* Chunk.get(chunk))[0], 4)
        assert.deepStrictEqual(yield* held, { chunks: 1, arrays: 1 })
      }))
      assert.deepStrictEqual(yield* held, { chunks: 0, arrays: 0 })
    }))

  test("that a handle stands for stay with it", () =>
    Effect.gen(function*() {
      const p = yield* spawn(r.make, N)
      yield* collect(delayed((xs: Float64Array<ArrayBufferLike>) => xs.length)(p))
      assert.deepStrictEqual(yield* held, { chunks: 1, arrays: 1 })
      yield* Spawned.release(p)
      assert.deepStrictEqual(yield* held, { chunks: 0, arrays: 0 })
    }))

  test("given as large values are stored once and go with the last task that has them", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const xs = new Float64Array(N)
      const three = delayed(r.sum3)(gate.began, gate.gate, xs, xs, xs)
      const collecting = yield* fork(collect([three, delayed(r.double)(xs)]))
      yield* gate.hasBegun(1)
      const [{ chunks }, { arrays }] = [yield* held, yield* held]
      assert.strictEqual(chunks, 3)
      assert.isAtMost(arrays, 2)
      yield* gate.open
      yield* Fiber.join(collecting)
      yield* emptied
      assert.strictEqual((yield* collect(delayed(r.double)(xs)))[0], 0)
    }))

  test("among several outputs go one by one, and what is gone is made again when it is asked for", () =>
    Effect.gen(function*() {
      const [a, b] = delayed(r.two, { outputs: 2 })(N)
      const kept = yield* compute(b)
      assert.deepStrictEqual(yield* held, { chunks: 1, arrays: 1 })
      assert.strictEqual((yield* collect(a))[0], 1)
      assert.strictEqual((yield* collect(b))[0], 2)
      assert.deepStrictEqual(yield* held, { chunks: 1, arrays: 1 })
      assert.strictEqual((yield* Chunk.get(kept))[N - 1], 2)
    }))
})

overTransports("persist", {}, (test) => {
  test("keeps a result that nobody waits for, until it is released by name", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      yield* gate.open
      const p = delayed(hold, { persist: true })(gate.began, gate.gate, 7)
      assert.strictEqual(yield* collect(p), 7)
      assert.deepStrictEqual(yield* held, { chunks: 1, arrays: 0 })
      assert.strictEqual(yield* collect(delayed(inc)(p)), 8)
      assert.deepStrictEqual(gate.order(), [7])
      yield* Chunk.release(yield* compute(p))
      assert.deepStrictEqual(yield* held, { chunks: 0, arrays: 0 })
      assert.strictEqual(yield* collect(p), 7)
      assert.deepStrictEqual(gate.order(), [7, 7])
      yield* Chunk.release(yield* compute(p))
    }))

  test("lets a task go on when its Scope closes", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const p = yield* Effect.scoped(
        Effect.tap(spawnWith({ persist: true })(hold, gate.began, gate.gate, 7), () => gate.hasBegun(1))
      )
      yield* gate.open
      yield* gate.ended(1)
      assert.deepStrictEqual(yield* held, { chunks: 1, arrays: 0 })
      yield* Spawned.release(p)
      assert.match(String(yield* Effect.flip(Spawned.fetch(p))), /released/)
    }))

  test("of a spawned task ends with release, and keeps nothing of a task that failed", () =>
    Effect.gen(function*() {
      const p = yield* spawnWith({ persist: true })(r.make, N)
      yield* Spawned.wait(p)
      yield* Spawned.release(p)
      assert.deepStrictEqual(yield* held, { chunks: 0, arrays: 0 })
      yield* collectExit(delayed(later.fails, { persist: true })(N))
      assert.deepStrictEqual(yield* held, { chunks: 0, arrays: 0 })
      const failing = delayed(r.double, { persist: true })(delayed(r.throws, { persist: true })(N))
      yield* collectExit(failing)
      assert.deepStrictEqual(yield* held, { chunks: 0, arrays: 0 })
    }))
})

overTransports("nothing is left of", {}, (test) => {
  const ends = (name: string, task: () => Parameters<typeof collectExit>[0]) =>
    test(name, () =>
      Effect.gen(function*() {
        yield* collectExit(task())
        yield* emptied
        const xs = delayed(r.make)(N)
        assert.strictEqual((yield* collect(delayed(r.double)(xs)))[0], 2)
      }))

  ends("tasks that throw", () => [delayed(r.double)(delayed(r.throws)(N)), delayed(r.make)(N)])
  ends("tasks that fail", () => [delayed(r.double)(delayed(later.fails)(N)), delayed(r.make)(N)])
  ends("results that cannot cross", () => [delayed(r.refused)(N), delayed(r.make)(N)])
  ends("results of the wrong number", () => [...delayed(r.wrong, { outputs: 2 })(N), delayed(r.make)(N)])
  ends("several results of which one cannot cross", () => [...delayed(r.partlyRefused, { outputs: 3 })(N)])
  ends("tasks that allocate much and return little", () => delayed(r.wasteful).map([N, N, N]))
  ends(
    "tasks of which most fail",
    () =>
      Array.from({ length: 40 }, (_, i) => delayed(r.double)(i % 4 === 0 ? delayed(r.make)(N) : delayed(r.throws)(N)))
  )

  test("tasks that were interrupted while they held memory", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const xs = delayed(r.make)(N)
      const collecting = yield* fork(collect([delayed(r.holds)(gate.began, xs), delayed(later.holds)(gate.began, xs)]))
      yield* gate.hasBegun(2)
      assert.isAtLeast((yield* held).arrays, 1)
      yield* Fiber.interrupt(collecting)
      yield* emptied
    }))

  test("inputs that a task hands on when nobody wants them any more; its thread lives on", () =>
    Effect.gen(function*() {
      const { processors } = yield* Engine.snapshot
      const gate = yield* makeGate
      const collecting = yield* fork(collect(delayed(r.returnsLate)(gate.began, delayed(r.make)(N))))
      yield* gate.hasBegun(1)
      yield* Fiber.interrupt(collecting)
      yield* emptied
      assert.deepStrictEqual((yield* Engine.snapshot).processors, processors)
    }))

  test("tasks that were cancelled or ran out of time", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const xs = yield* spawn(r.make, N)
      const p = yield* spawn(later.holds, gate.began, xs)
      yield* gate.hasBegun(1)
      yield* Spawned.cancel(p)
      const late = yield* spawnWith({ timeout: 20 })(later.holds, gate.began, xs)
      assert.match(String(yield* Effect.flip(Spawned.fetch(late))), /timeout of 20 ms/)
    }))

  test("a wide graph with shared inputs, interrupted again and again", () =>
    Effect.gen(function*() {
      for (let i = 0; i < 8; i++) {
        const shared = delayed(r.make)(N)
        const graph = Array.from({ length: 30 }, () => delayed(r.double)(delayed(r.double)(shared)))
        const collecting = yield* fork(collect(graph))
        for (let turns = 0; turns < 4 * i; turns++) yield* Effect.yieldNow
        yield* Fiber.interrupt(collecting)
        yield* emptied
      }
    }))
})
