// What users get is theirs: nothing that collect, fetch or Chunk.get hand out is shared with the store, with a task or
// with the next who asks. And what cannot be stored is refused with the place of what is wrong.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { Chunk, collect, compute, delayed, NotTransferable, spawn, Spawned } from "poniard"
import { a, type Numbers } from "./modules2/arrays.ts"
import { identity, inc } from "./modules2/numbers.ts"
import { inOwnEngine, overTransports } from "./overTransports.ts"

const N = 10_000

/** Overwrites what was handed out. */
const spoil = (xs: Numbers): void => {
  assert.isFalse(xs.buffer instanceof SharedArrayBuffer)
  assert.strictEqual(xs.buffer.byteLength, xs.byteLength)
  xs.fill(-1)
}

overTransports("what is handed out", {}, (test) => {
  test("by collect, fetch and get is a copy each time", () =>
    Effect.gen(function*() {
      const lazy = delayed(a.allocOnly)(N)
      const chunk = yield* compute(lazy)
      const spawned = yield* spawn(a.same<Numbers>, chunk)
      for (
        const read of [
          collect(lazy),
          Chunk.get(chunk),
          Spawned.fetch(spawned),
          collect(lazy),
          Chunk.get(chunk),
          Spawned.fetch(spawned)
        ]
      ) {
        const xs: Numbers = yield* read
        assert.strictEqual(xs[N - 1], N - 1)
        spoil(xs)
      }
    }))

  test("has arrays of its own inside records too", () =>
    Effect.gen(function*() {
      const chunk = yield* compute(delayed(a.record)(N))
      for (let i = 0; i < 2; i++) {
        const { name, xs, ys } = yield* Chunk.get(chunk)
        assert.deepStrictEqual([name, xs[N - 1], ys[N - 1]], ["record", N - 1, N - 1])
        spoil(xs)
        spoil(ys)
      }
    }))

  test("is a copy of what a closure returned, though that never left this thread", () =>
    Effect.gen(function*() {
      const made = { list: [1, 2], map: new Map([["a", new Date(3)]]), xs: new Float64Array(N).fill(1) }
      const lazy = delayed(() => made)()
      const chunk = yield* compute(lazy)
      for (let i = 0; i < 2; i++) {
        const got = yield* Chunk.get(chunk)
        assert.deepStrictEqual(got, {
          list: [1, 2],
          map: new Map([["a", new Date(3)]]),
          xs: new Float64Array(N).fill(1)
        })
        got.list.push(3)
        got.map.clear()
        spoil(got.xs)
      }
      assert.deepStrictEqual(made.list, [1, 2])
    }))

  test("is what was put, whatever becomes of that", () =>
    Effect.gen(function*() {
      const value = { list: [1, 2], xs: new Float64Array(N) }
      const chunk = yield* Chunk.put(value)
      value.list.push(3)
      value.xs.fill(9)
      const got = yield* Chunk.get(chunk)
      assert.deepStrictEqual([got.list, got.xs[0]], [[1, 2], 0])
      assert.isAtLeast(chunk.bytes, 8 * N)
    }))

  test("may be undefined, null, NaN, -0, a bigint, a text or nothing at all", () =>
    Effect.gen(function*() {
      for (const value of [undefined, null, Number.NaN, -0, 10n ** 30n, "text", "ü".repeat(5000), true, "", {}, []]) {
        const chunk = yield* Chunk.put(value)
        const lazy = delayed(identity<unknown>)(value as never)
        assert.deepStrictEqual(yield* Chunk.get(chunk), value)
        assert.deepStrictEqual(yield* collect(lazy), value)
        assert.deepStrictEqual(yield* collect(delayed(identity<unknown>)(lazy)), value)
        assert.deepStrictEqual(yield* collect(delayed(() => value)()), value)
        assert.deepStrictEqual(yield* collect(delayed(identity<unknown>)(chunk)), value)
      }
    }))
})

inOwnEngine("the first array of all is a value like any other, alone in the memory of all tasks", (own) =>
  own(
    {},
    Effect.gen(function*() {
      const n = 2 ** 17
      const box = delayed(a.boxed)(n)
      const [{ xs }, again] = yield* collect([box, delayed(identity<{ readonly xs: Numbers }>)(box)])
      assert.deepStrictEqual([xs.length, xs[n - 1], again.xs[n - 1]], [n, n - 1, n - 1])
    })
  ))

overTransports("what cannot be stored", {}, (test, transport) => {
  test("is refused where it is put, with its place", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Chunk.put({ items: [1, () => 1] }))
      assert.instanceOf(error, NotTransferable)
      assert.match(error.path, /items\[1\]/)
      class Point {
        readonly x = 1
      }
      assert.match((yield* Effect.flip(Chunk.put(new Point()))).message, /Point/)
    }))

  if (transport === "thread") {
    test("is refused as a result: the memory of all tasks is not one task's to return", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(collect(delayed(a.wholeBuffer)(N)))
        assert.instanceOf(error, NotTransferable)
        assert.match(error.message, /result.*Task\.alloc/)
      }))
  }

  test("stays on this thread, where it may be any value at all", () =>
    Effect.gen(function*() {
      const made = delayed(() => ({ call: (n: number) => n + 1 }))()
      assert.strictEqual(yield* collect(delayed((value: { call: (n: number) => number }) => value.call(1))(made)), 2)
      const error = yield* Effect.flip(collect(delayed(identity<unknown>)(made)))
      assert.instanceOf(error, NotTransferable)
      assert.match(error.message, /call/)
      assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
    }))
})
