// The option `meta`: the function is given Chunks instead of values, and may hand them on; on threads and on this one.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { all, Chunk, collect, compute, delayed, Engine, GraphInvalid, NotTransferable } from "poniard"
import { a, type Numbers } from "./modules2/arrays.ts"
import { type Stored, t } from "./modules2/attempts.ts"
import { overTransports } from "./overTransports.ts"

const N = 10_000
const SUM = (N * (N - 1)) / 2
const made = (n = N) => delayed(a.allocOnly)(n)

overTransports("meta", {}, (test, transport) => {
  const here = {
    isChunk: (value: unknown) => Chunk.is(value),
    larger: (xs: Stored, ys: Stored): Stored => xs.bytes >= ys.bytes ? xs : ys,
    both: (xs: Stored, ys: Stored): ReadonlyArray<Stored> => [ys, xs]
  }

  for (const [where, fns] of [["on a thread", t], ["on this thread", here]] as const) {
    test(`gives a Chunk where others are given the value, ${where}`, () =>
      Effect.gen(function*() {
        assert.isTrue(yield* collect(delayed(fns.isChunk, { meta: true })(made() as never)))
        assert.isFalse(yield* collect(delayed(fns.isChunk)(made() as never)))
        assert.isFalse(yield* collect(delayed(fns.isChunk, { meta: true })(1 as never)))
      }))

    test(`a Chunk that is returned is the result, without a copy, ${where}`, () =>
      Effect.gen(function*() {
        const [small, large] = [made(1000), made()]
        const chosen = yield* compute(delayed(fns.larger, { meta: true })(small, large))
        assert.strictEqual((yield* Chunk.get(chosen))[N - 1], N - 1)
        const { memory } = yield* Engine.snapshot
        assert.isAtMost(memory.slabBytes - memory.roomBytes, 8 * N + 64)
        assert.strictEqual(yield* collect(delayed(a.sum)(chosen)), SUM)
      }))

    test(`a Chunk inside a result is refused with its place, ${where}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(collect(delayed(fns.both, { meta: true, name: "both" })(made(10), made(20))))
        assert.instanceOf(error, NotTransferable)
        assert.match(error.message, /result of "both": \[0\].*a handle/)
      }))
  }

  test("reaches into lists and joins, and knows the sizes", () =>
    Effect.gen(function*() {
      const sizes = yield* collect(delayed(t.sizes, { meta: true })(made(), [made(), made(2 * N)]))
      assert.deepStrictEqual(sizes, [8 * N, 8 * N, 16 * N])
      const joined = all([made(), made(2 * N)])
      const counted = delayed((chunks: ReadonlyArray<unknown>) => chunks.filter(Chunk.is).length, { meta: true })
      assert.strictEqual(yield* collect(counted(joined as never)), 2)
    }))

  test("a Chunk inside a result is refused with its place", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(collect(delayed(t.inside, { meta: true })(made())))
      assert.instanceOf(error, NotTransferable)
      assert.match(error.message, /xs.*a handle/)
    }))

  test("on this thread it can be read and used while the task runs, and not after", () =>
    Effect.gen(function*() {
      const kept: Array<Stored> = []
      const read = delayed((xs: Stored) =>
        Effect.gen(function*() {
          kept.push(xs)
          const got = yield* Chunk.get(xs)
          const sum = yield* Chunk.use(xs, (view) => Effect.succeed(a.sum(view)))
          return [got[1], sum, yield* collect(delayed(a.sum)(xs))]
        }), { meta: true })
      assert.deepStrictEqual(yield* collect(read(made())), [1, SUM, SUM])
      const error = yield* Effect.flip(Chunk.get(kept[0]))
      assert.instanceOf(error, GraphInvalid)
      assert.match(error.message, /released/)
      assert.instanceOf(yield* Effect.flip(collect(delayed(a.sum)(kept[0]))), GraphInvalid)
    }))

  test("the input is gone when nobody needs it but the result that it became", () =>
    Effect.gen(function*() {
      const same = yield* compute(delayed(t.last, { meta: true })(made(), made()))
      const { memory } = yield* Engine.snapshot
      assert.strictEqual(memory.chunks, 1)
      if (transport === "thread") assert.isAtMost(memory.slabBytes - memory.roomBytes, 8 * N + 64)
      const xs: Numbers = yield* Chunk.get(same)
      assert.strictEqual(xs[N - 1], N - 1)
    }))
})
