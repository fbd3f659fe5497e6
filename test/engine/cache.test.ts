// The option `cache`: what was computed once is there for whoever asks for the same, until memory is short; then it is
// dropped without being written, and computed anew.
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { all, Chunk, collect, compute, delayed, Engine, Spawned, spawnWith } from "poniard"
import { folder, linesOf } from "./files.ts"
import { unlessItHangs } from "./hangs.ts"
import { boom, halves, numbers, scaled, total } from "./modules4/steps.ts"
import { emptied, transports } from "./overTransports.ts"

const MiB = 2 ** 20
const N = MiB / 8
const cached = { cache: true } as const

const memory = Effect.map(Engine.snapshot, (snapshot) => snapshot.memory)

interface Scene {
  readonly log: string
  /** what ran since it was asked last */
  readonly ran: () => ReadonlyArray<string>
}

const scene = Effect.map(folder, (path): Scene => {
  const log = join(path, "log")
  return {
    log,
    ran: () => {
      const lines = linesOf(log)
      writeFileSync(log, "")
      return lines.sort()
    }
  }
})

/** A test in an engine of its own on each transport. */
const test = (name: string, body: (scene: Scene) => Effect.Effect<void, unknown, Engine | Scope.Scope>) => {
  for (const transport of transports) {
    it.live(`${name} (${transport})`, () =>
      Effect.scoped(Effect.flatMap(scene, body)).pipe(
        unlessItHangs,
        Effect.provide(Engine.layer({ threads: 2, memory: 6 * MiB, check: false, transport }))
      ))
  }
}

const sumFrom = (from: number): number => N * from + N * (N - 1) / 2

describe("a cached result", () => {
  test("is given again without a run, to descriptions of their own", ({ log, ran }) =>
    Effect.gen(function*() {
      for (let i = 0; i < 3; i++) assert.strictEqual(yield* collect(delayed(scaled, cached)(log, 1)), 2)
      assert.strictEqual(yield* Spawned.fetch(yield* spawnWith(cached)(scaled, log, 1)), 2)
      assert.deepStrictEqual(yield* collect(delayed(scaled, cached).map([log, log], 1)), [2, 2])
      assert.strictEqual(yield* collect(delayed(total)(log, [delayed(numbers, cached)(log, N, 1)])), sumFrom(1))
      const [chunk] = yield* compute([delayed(numbers, cached)(log, N, 1)])
      assert.strictEqual((yield* Chunk.get(chunk))[5], 6)
      assert.deepStrictEqual(ran(), ["numbers 1", "scaled 1", "total 1"])
    }))

  test("is another for other inputs or options: small values by content, large ones and handles by identity", ({ log, ran }) =>
    Effect.gen(function*() {
      const [one, same] = [new Float64Array(1000).fill(1), new Float64Array(1000).fill(1)]
      const ask = (input: Float64Array) => collect(delayed(total, cached)(log, [input]))
      yield* ask(one)
      yield* ask(one)
      assert.deepStrictEqual(ran(), ["total 1"])
      yield* ask(same)
      assert.deepStrictEqual(ran(), ["total 1"])
      const small = () => Float64Array.of(1, 2)
      assert.deepStrictEqual([yield* ask(small()), yield* ask(small())], [3, 3])
      assert.deepStrictEqual(ran(), ["total 1"])
      const made = delayed(numbers)(log, 4, 1)
      const asks = () => collect(delayed(total, cached)(log, [made]))
      assert.deepStrictEqual([yield* asks(), yield* asks()], [10, 10])
      assert.deepStrictEqual(ran(), ["numbers 1", "total 1"])
      yield* collect(delayed(total, { ...cached, priority: 1 })(log, [made]))
      assert.deepStrictEqual(ran(), ["numbers 1", "total 1"])
    }))

  test("of several outputs, and of a closure, is kept as well", ({ log, ran }) =>
    Effect.gen(function*() {
      const input = Float64Array.from({ length: 8 }, (_, i) => i)
      const ask = () => collect(delayed(halves, { outputs: 2, cache: true })(log, input))
      const before = yield* ask()
      assert.deepStrictEqual(yield* ask(), before)
      assert.deepStrictEqual(ran(), ["halves 8"])
      let runs = 0
      const closure = (n: number) => ({ runs: ++runs, n })
      const asks = (n: number) => collect(delayed(closure, cached)(n))
      assert.deepStrictEqual([yield* asks(1), yield* asks(1), yield* asks(2)], [
        { runs: 1, n: 1 },
        { runs: 1, n: 1 },
        { runs: 2, n: 2 }
      ])
    }))

  test("that does not fit is dropped, never written, and computed anew when it is asked for", ({ log, ran }) =>
    Effect.gen(function*() {
      const ask = (from: number) => collect(delayed(total)(log, [delayed(numbers, cached)(log, N, from)]))
      for (let from = 1; from <= 12; from++) assert.strictEqual(yield* ask(from), sumFrom(from))
      const first = ran()
      assert.lengthOf(first, 24)
      assert.strictEqual(yield* ask(12), sumFrom(12))
      assert.deepStrictEqual(ran(), ["total 1"])
      for (let from = 1; from <= 12; from++) assert.strictEqual(yield* ask(from), sumFrom(from))
      assert.isAbove(ran().filter((line) => line.startsWith("numbers")).length, 4)
      const { peakStoreBytes, recomputed, spilledBytes } = yield* memory
      assert.deepStrictEqual([spilledBytes, recomputed], [0, 0])
      assert.isAtMost(peakStoreBytes, 12 * MiB)
    }))

  test("stays a Chunk that can be read after it was dropped", ({ log }) =>
    Effect.gen(function*() {
      const chunks = yield* compute(Array.from({ length: 12 }, (_, i) => delayed(numbers, cached)(log, N, i)))
      for (const [i, chunk] of chunks.entries()) assert.strictEqual((yield* Chunk.get(chunk))[0], i)
      const use = (i: number) => Chunk.use(chunks[i], (view) => Effect.succeed(view[N - 1]))
      assert.strictEqual(yield* use(0), N - 1)
      assert.strictEqual(yield* use(11), N + 10)
      const sums = yield* collect(all(chunks.map((chunk) => delayed(total)(log, [chunk]))) as never)
      assert.deepStrictEqual(sums, chunks.map((_, i) => sumFrom(i)))
      assert.strictEqual((yield* memory).spilledBytes, 0)
    }))

  test("goes when it is released, and a failure is not kept", ({ log, ran }) =>
    Effect.gen(function*() {
      const ask = Effect.scoped(Effect.gen(function*() {
        const p = yield* spawnWith(cached)(numbers, log, N, 1)
        yield* Spawned.wait(p)
        return p
      }))
      yield* ask
      yield* ask
      assert.deepStrictEqual(ran(), ["numbers 1"])
      yield* Effect.scoped(Effect.gen(function*() {
        const p = yield* spawnWith(cached)(numbers, log, N, 2)
        yield* Spawned.wait(p)
        yield* Spawned.release(p)
      }))
      yield* Spawned.wait(yield* spawnWith(cached)(numbers, log, N, 2))
      assert.deepStrictEqual(ran(), ["numbers 2", "numbers 2"])
      const fail = () => Effect.flip(collect(delayed(boom, cached)(log)))
      assert.deepStrictEqual([(yield* fail())._tag, (yield* fail())._tag], ["TaskFailed", "TaskFailed"])
      assert.deepStrictEqual(ran(), ["boom", "boom"])
    }))

  test("is not kept beyond what its engine's budget allows, and leaves nothing when all are released", ({ log }) =>
    Effect.gen(function*() {
      yield* Effect.scoped(Effect.gen(function*() {
        for (let i = 0; i < 20; i++) {
          const p = yield* spawnWith(cached)(numbers, log, N, i)
          assert.strictEqual((yield* Spawned.fetch(p))[0], i)
          if (i % 2 === 0) yield* Spawned.release(p)
          else {
            const again = yield* spawnWith(cached)(numbers, log, N, i)
            assert.strictEqual((yield* Spawned.fetch(again))[1], i + 1)
            yield* Spawned.release(p)
          }
        }
      }))
      yield* emptied
    }))
})
