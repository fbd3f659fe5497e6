// Where values lie: what Task.alloc makes crosses threads without a copy, everything else is copied once; views are
// compacted, overlaps copied apart, what is handed on is shared by count, and what is handed out is the caller's own.
import { assert } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Chunk, collect, compute, delayed, Engine, spawn, Spawned, spawnWith } from "poniard"
import { makeGate } from "./files.ts"
import { a, type Numbers, type Place, type Type } from "./modules2/arrays.ts"
import { later } from "./modules2/arraysLater.ts"
import { overTransports } from "./overTransports.ts"

const N = 10_000
const SUM = (N * (N - 1)) / 2
const types: ReadonlyArray<Type> = [
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array"
]

/** Where two tasks on two threads see an array. */
const seenByTwo = (xs: Parameters<typeof collect>[0]) =>
  Effect.gen(function*() {
    const gate = yield* makeGate
    const places = delayed(a.placeWithAll).map([xs, xs] as never, gate.began, gate.gate)
    const seeing = yield* Effect.forkChild(collect(places), { startImmediately: true })
    yield* gate.hasBegun(2)
    yield* gate.open
    const [p, q] = (yield* Fiber.join(seeing)) as ReadonlyArray<Place>
    assert.notStrictEqual(p.processor, q.processor)
    return [p, q] as const
  })

overTransports("arrays that cross threads", {}, (test, transport) => {
  const shared = transport === "thread"

  test("are where their maker had them from Task.alloc", () =>
    Effect.gen(function*() {
      const [xs, place] = delayed(a.alloc, { outputs: 2 })(N)
      const [made, seen] = yield* Effect.all([collect(place), seenByTwo(xs)], { concurrency: "unbounded" })
      assert.deepStrictEqual(seen.map(({ sum }) => sum), [SUM, SUM])
      if (!shared) return
      assert.deepStrictEqual(seen.map(({ offset }) => offset), [made.offset, made.offset])
      assert.isTrue(made.shared && seen[0].shared && seen[1].shared)
    }))

  test("are copied once where they were made otherwise, and never again", () =>
    Effect.gen(function*() {
      const seen = yield* seenByTwo(delayed(a.plain)(N))
      assert.deepStrictEqual(seen.map(({ sum }) => sum), [SUM, SUM])
      assert.strictEqual(seen[0].shared, shared)
      if (shared) assert.strictEqual(seen[0].offset, seen[1].offset)
    }))

  test("come from Effects and from functions that await", () =>
    Effect.gen(function*() {
      const both = yield* collect([
        delayed(a.sum)(delayed(later.alloc)(N)),
        delayed(a.sum)(delayed(a.allocAfterAwait)(N))
      ])
      assert.deepStrictEqual(both, [SUM, SUM])
      const places = yield* collect(delayed(a.placeOfBoth)(delayed(later.alloc)(N), delayed(a.allocAfterAwait)(N)))
      assert.deepStrictEqual(places.map((place) => place.shared), [shared, shared])
    }))

  test("come from this thread, are inputs, and are put, without being detached", () =>
    Effect.gen(function*() {
      const xs = Float64Array.from({ length: N }, (_, i) => i)
      const chunk = yield* Chunk.put(xs)
      const here = delayed(() => xs)()
      assert.deepStrictEqual(yield* collect(delayed(a.sum).map([xs, chunk, here])), [SUM, SUM, SUM])
      assert.strictEqual(xs.length, N)
      const buffer = xs.slice().buffer
      assert.strictEqual(yield* collect(delayed(a.sumOfBuffer)(buffer)), SUM)
      assert.strictEqual(buffer.byteLength, 8 * N)
    }))

  test("are of every type and length, empty ones too", () =>
    Effect.gen(function*() {
      const cases = types.flatMap((type) =>
        [0, 1, 7, 4096, 5001].flatMap((n) => [true, false].map((alloc) => ({ type, n, alloc })))
      )
      const seen = yield* collect(
        cases.map(({ alloc, n, type }) => delayed(a.inspect)(delayed(a.any)(type, n, alloc) as never))
      )
      const expected = cases.map(({ n, type }) => [type, n, n === 0 ? "" : String((n - 1) % 100)] as const)
      assert.deepStrictEqual(seen, expected)
    }))

  test("may be ArrayBuffers and DataViews", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* collect(delayed(a.sumOfBuffer)(delayed(a.buffer)(N))), SUM)
      assert.strictEqual(yield* collect(delayed(a.at)(delayed(a.dataView)(N), 77)), 77)
      assert.instanceOf(yield* collect(delayed(a.buffer)(N)), ArrayBuffer)
    }))

  test("lie in records as views too", () =>
    Effect.gen(function*() {
      const places = yield* collect(delayed(a.placesIn)(delayed(a.record)(N)))
      assert.deepStrictEqual(places.map(({ shared, sum }) => [shared, sum]), [[shared, SUM], [shared, SUM]])
    }))

  test("of Task.alloc are zero at first, also in memory that was used before", () =>
    Effect.gen(function*() {
      for (let i = 0; i < 4; i++) {
        yield* collect(delayed(a.sum)(delayed(a.allocOnly)(N)))
        assert.strictEqual(yield* collect(delayed(a.zeros)(N)), 0)
      }
    }))
})

overTransports("results", {}, (test, transport) => {
  const shared = transport === "thread"

  test("that are views are compacted to their own bytes", () =>
    Effect.gen(function*() {
      const xs = delayed(a.allocOnly)(N)
      const chunks = yield* compute([delayed(a.view)(xs, 1, 1001), delayed(a.ownView)(N, 5, 1005)])
      for (const [i, chunk] of chunks.entries()) {
        assert.isAtMost(chunk.bytes, 8064)
        const ys: Numbers = yield* Chunk.get(chunk)
        assert.deepStrictEqual([ys.length, ys[0], ys.buffer.byteLength], [1000, i === 0 ? 1 : 5, 8000])
      }
    }))

  test("that are the beginning of an allocated array stay where they are, and the rest is free", () =>
    Effect.gen(function*() {
      const [xs, place] = delayed(a.prefix, { outputs: 2 })(N, 1000)
      const [chunk, made] = [yield* compute(xs), yield* collect(place)]
      assert.isAtMost(chunk.bytes, 8064)
      const seen = yield* collect(delayed(a.place)(chunk))
      assert.strictEqual(seen.sum, 499_500)
      if (shared) assert.strictEqual((yield* collect(delayed(a.place)(chunk))).offset, seen.offset)
      assert.strictEqual(made.bytes, 8000)
    }))

  test("that overlap are copied apart", () =>
    Effect.gen(function*() {
      const outputs = yield* compute(delayed(a.overlapping, { outputs: 3 })(N))
      const places = yield* collect(outputs.map((chunk) => delayed(a.place)(chunk)))
      assert.deepStrictEqual(places.map(({ sum }) => sum), [SUM, SUM, SUM - (N / 2) * (N / 2 - 1) / 2])
      if (shared) assert.strictEqual(new Set(places.map(({ offset }) => offset)).size, 3)
    }))

  test("that are exactly an input share its bytes, and outlive it", () =>
    Effect.gen(function*() {
      const { place, same } = yield* Effect.scoped(Effect.gen(function*() {
        const input = yield* spawn(a.allocOnly, N)
        const place = yield* Spawned.fetch(yield* spawn(a.place, input))
        const same = yield* spawnWith({ detached: true })(a.same<Numbers>, input)
        yield* Spawned.wait(same)
        return { place, same }
      }))
      const seen = yield* collect(delayed(a.place)(same))
      assert.strictEqual(seen.sum, SUM)
      if (shared) {
        assert.strictEqual(seen.offset, place.offset)
        const { memory } = yield* Engine.snapshot
        assert.isAtMost(memory.slabBytes - memory.roomBytes, 8 * N + 64)
      }
      yield* Spawned.release(same)
    }))

  test("of Chunk.use are where they lie, each time the same place", () =>
    Effect.gen(function*() {
      const chunk = yield* compute(delayed(a.allocOnly)(N))
      const look = Chunk.use(chunk, (xs) =>
        Effect.sync(() => [xs.buffer instanceof SharedArrayBuffer, xs.byteOffset, xs[N - 1]]))
      const [first, second] = [yield* look, yield* look]
      assert.deepStrictEqual(first, second)
      assert.deepStrictEqual([first[0], first[2]], [true, N - 1])
    }))
})
