// Bigger than memory: jobs over many times the budget finish within it, spilled values come back as they were, and what
// can never fit is refused with both numbers.
import { assert } from "@effect/vitest"
import { Effect, Fiber, type Scope } from "effect"
import { Chunk, collect, compute, delayed, Engine, spawn, Spawned, StoreFull } from "poniard"
import { makeGate } from "./files.ts"
import { a, type Numbers } from "./modules2/arrays.ts"
import { hold } from "./modules2/gates.ts"
import { sum } from "./modules2/numbers.ts"
import { r } from "./modules2/release.ts"
import { overTransports } from "./overTransports.ts"

const MiB = 2 ** 20
const BUDGET = 4 * MiB
const N = 32_768
/** Four times the budget in arrays of 256 KiB. */
const COUNT = 64
const SUM = (N * (N - 1)) / 2

const memory = Effect.map(Engine.snapshot, (snapshot) => snapshot.memory)

const fullWith = (error: unknown, needed: number) => {
  assert.instanceOf(error, StoreFull)
  assert.deepStrictEqual([error.needed, error.budget], [needed, BUDGET])
  assert.match(error.message, /needs .* at once and the budget is 4\.0 MiB \(4194304 bytes\)/)
  return error
}

overTransports("four times the budget", { memory: BUDGET, check: false }, (test, transport) => {
  /** Runs a job that must have gone through the disk and kept within the budget. */
  const outOfCore = (name: string, job: () => Effect.Effect<void, unknown, Engine | Scope.Scope>) =>
    test(name, () =>
      Effect.gen(function*() {
        const before = yield* memory
        yield* Effect.scoped(job())
        const after = yield* memory
        assert.isAbove(after.spilledBytes - before.spilledBytes, 2 * BUDGET)
        assert.isAbove(after.restoredBytes - before.restoredBytes, 0)
        // Where nothing is shared a result arrives whether there is room or not.
        if (transport === "thread") {
          assert.strictEqual(after.overdrafts - before.overdrafts, 0, "overdrafts")
          assert.isAtMost(after.peakStoreBytes, BUDGET)
        } else assert.isAtMost(after.peakStoreBytes, 3 * BUDGET)
        assert.isUndefined(after.trouble)
      }))

  outOfCore("of results that all stay until the last has come", () =>
    Effect.gen(function*() {
      const made = delayed(a.allocOnly).map(Array.from({ length: COUNT }, () => N))
      const chunks = yield* compute(made)
      const sums = yield* collect(chunks.map((chunk) => delayed(a.sum)(chunk)))
      assert.isTrue(sums.every((n) => n === SUM))
    }))

  outOfCore("of plain arrays in a graph with two levels, joined at the end", () =>
    Effect.gen(function*() {
      const made = delayed(a.plain).map(Array.from({ length: COUNT }, () => N))
      const doubled = made.map((xs) => delayed(r.double)(xs))
      const sums = [...made, ...doubled].map((xs) => delayed(a.sum)(xs))
      const held = yield* compute([...made, ...doubled])
      assert.strictEqual(yield* collect(delayed(sum)(sums)), COUNT * 3 * SUM)
      const last: Numbers = yield* Chunk.get(held[2 * COUNT - 1])
      assert.deepStrictEqual([last[1], last[N - 1]], [2, 2 * (N - 1)])
    }))

  outOfCore("of outputs that every task of the next stage reads a part of", () =>
    Effect.gen(function*() {
      const width = 16
      const stage = Array.from({ length: COUNT }, (_, i) => delayed(r.parts, { outputs: width })(i, N / width))
      yield* compute(stage.flat())
      const columns = Array.from({ length: width }, (_, p) => delayed(r.gather)(stage.map((row) => row[p])))
      const totals = yield* collect(columns)
      assert.deepStrictEqual(totals, Array.from({ length: width }, (_, p) => r.gathered(COUNT, p, N / width)))
    }))

  outOfCore("of values that are put", () =>
    Effect.gen(function*() {
      const chunks = yield* Effect.forEach(Array.from({ length: COUNT }, (_, i) => i), (i) =>
        Chunk.put(new Float64Array(N).fill(i)))
      for (const [i, chunk] of chunks.entries()) {
        const got = yield* Chunk.get(chunk)
        assert.deepStrictEqual([got.length, got[0], got[N - 1]], [N, i, i])
        assert.strictEqual(
          yield* Chunk.use(chunk, (xs) =>
            Effect.succeed(xs[N >> 1])),
          i
        )
      }
      yield* collect(chunks.map((chunk) => delayed(a.sum)(chunk)))
    }))

  outOfCore("of values that are inputs", () =>
    Effect.gen(function*() {
      const doubled = Array.from({ length: COUNT }, (_, i) => delayed(r.double)(new Float64Array(N).fill(i)))
      const chunks = yield* compute(doubled)
      const sums = yield* collect(chunks.map((chunk) => delayed(a.sum)(chunk)))
      assert.deepStrictEqual(sums, Array.from({ length: COUNT }, (_, i) => 2 * i * N))
    }))

  outOfCore("of records and texts, which are packed", () =>
    Effect.gen(function*() {
      const chunks = yield* compute(delayed(r.record).map(Array.from({ length: 2 * COUNT }, (_, i) => i), 2000))
      const got = yield* Effect.forEach(chunks, Chunk.get)
      got.forEach((record, i) => assert.deepStrictEqual(record, r.record(i, 2000)))
      assert.deepStrictEqual(yield* collect(chunks.map((chunk) => delayed(r.size)(chunk))), chunks.map(() => 2000))
    }))
})

overTransports("what does not fit", { memory: BUDGET, check: false }, (test, transport) => {
  test("is refused where it is put, at once and with both numbers", () =>
    Effect.gen(function*() {
      const error = fullWith(yield* Effect.flip(Chunk.put(new Float64Array(MiB))), 8 * MiB)
      assert.isUndefined(error.task)
    }))

  test("yet waits to be put until there is room, and may be interrupted meanwhile", () =>
    Effect.gen(function*() {
      // Values in messages stay on the heap, where nothing can be spilled; a running task may free something.
      yield* compute(delayed(a.allocOnly, { getResult: true }).map(Array.from({ length: 13 }, () => N)))
      const gate = yield* makeGate
      const running = yield* spawn(hold, gate.began, gate.gate, 1)
      yield* gate.hasBegun(1)
      // More than what tasks of both workers have touched of the arena, which may be used again.
      const big = new Float64Array(N * 12).fill(3)
      const puts = yield* Effect.forEach([1, 2], () => Effect.forkChild(Chunk.put(big), { startImmediately: true }))
      yield* Engine.snapshot
      assert.deepStrictEqual(puts.map((put) => put.pollUnsafe()), [undefined, undefined])
      yield* Fiber.interrupt(puts[0])
      yield* gate.open
      const chunk = yield* Fiber.join(puts[1])
      assert.strictEqual((yield* Chunk.get(chunk))[12 * N - 1], 3)
      assert.strictEqual(yield* Spawned.fetch(running), 1)
    }))

  test("is refused as an input", () =>
    Effect.gen(function*() {
      fullWith(yield* Effect.flip(collect(delayed(a.sum)(new Float64Array(MiB)))), 8 * MiB)
    }))

  test("fails the task whose inputs are more than the budget, and nothing else", () =>
    Effect.gen(function*() {
      const many = delayed(a.allocOnly).map(Array.from({ length: 20 }, () => N))
      const error = fullWith(yield* Effect.flip(collect(delayed(r.gather, { name: "all" })(many))), 20 * 8 * N)
      assert.strictEqual(error.task, "all")
      assert.strictEqual(yield* collect(delayed(a.sum)(delayed(a.allocOnly)(N))), SUM)
    }))

  test("fails the task that allocates more than there is", () =>
    Effect.gen(function*() {
      const bytes = 16 * 2 ** 30
      if (transport === "thread") fullWith(yield* Effect.flip(collect(delayed(r.make)(bytes / 8))), bytes)
      assert.strictEqual(yield* collect(delayed(a.sum)(delayed(a.allocOnly)(N))), SUM)
    }))

  test("fails the closure whose result no memory has room for", () =>
    Effect.gen(function*() {
      const bytes = 1.25 * 2 ** 30
      const error = fullWith(
        yield* Effect.flip(collect(delayed(() => new Uint8Array(bytes), { name: "huge" })())),
        bytes
      )
      assert.strictEqual(error.task, "huge")
      assert.strictEqual(yield* collect(delayed(() => 1)()), 1)
    }))

  test("but for its output runs alone, over the budget, and is counted", () =>
    Effect.gen(function*() {
      const inputs = delayed(a.allocOnly).map(Array.from({ length: 12 }, () => N))
      const before = yield* memory
      const joined = yield* compute(delayed(r.join)(inputs))
      assert.strictEqual(joined.bytes, 12 * 8 * N)
      const after = yield* memory
      assert.isAbove(after.overdrafts, before.overdrafts)
      assert.isAbove(after.peakStoreBytes, BUDGET)
      assert.strictEqual(yield* collect(delayed(a.sum)(joined)), 12 * SUM)
    }))
})
