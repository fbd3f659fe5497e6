// The lazy verbs through the public API, on real threads: what collect, collectExit and compute give, and in which shape.
import { assert } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { all, Chunk, collect, collectExit, compute, delayed, TaskFailed } from "poniard"
import { fails } from "./modules2/effects.ts"
import {
  add,
  addLater,
  boom,
  concat,
  identity,
  inc,
  join,
  pair,
  split,
  square,
  sum,
  twice
} from "./modules2/numbers.ts"
import { overTransports } from "./overTransports.ts"

const failureOf = <A, E>(exit: Exit.Exit<A, E>): unknown => Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined

overTransports("collect", {}, (test) => {
  test("gives the value of a task of tasks, of plain and of asynchronous functions", () =>
    Effect.gen(function*() {
      const p = delayed(square)(42)
      const r = delayed(square, { name: "r" })(53)
      assert.strictEqual(yield* collect(delayed(add)(p, r)), 42 * 42 + 53 * 53)
      assert.strictEqual(yield* collect(delayed(addLater)(p, 1)), 1765)
    }))

  test("gives records, tuples and nested joins in their shape", () =>
    Effect.gen(function*() {
      const [p, q] = delayed(square).map([2, 3])
      assert.deepStrictEqual(yield* collect({ p, both: all([p, all({ q })]) }), { p: 4, both: [4, { q: 9 }] })
      assert.deepStrictEqual(yield* collect([p, q]), [4, 9])
      assert.deepStrictEqual(yield* collect(all([])), [])
      assert.deepStrictEqual(yield* collect({}), {})
      assert.deepStrictEqual(yield* collect([all({}), p]), [{}, 4])
    }))

  test("gathers joined values at a task's input, also within a list", () =>
    Effect.gen(function*() {
      const [p, q] = delayed(square).map([2, 3])
      const joined = all({ deep: all([p, all({ q })]), p })
      assert.deepStrictEqual(yield* collect(delayed(identity)(joined)), { deep: [4, { q: 9 }], p: 4 } as never)
      assert.strictEqual(yield* collect(delayed(sum)([p, 1, q])), 14)
      assert.deepStrictEqual(yield* collect(delayed(identity)([all([p, q]), all({})])), [[4, 9], {}] as never)
    }))

  test("runs map as one task per item, with shared arguments after it", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* collect(delayed(add).map([1, 2, 3], 10)), [11, 12, 13])
      assert.deepStrictEqual(yield* collect(delayed(add).map([delayed(inc)(1), 5], delayed(inc)(9))), [12, 15])
      assert.deepStrictEqual(yield* collect(delayed(concat).map(["a", "b"], "!")), ["a!", "b!"])
      assert.deepStrictEqual(yield* collect(delayed(inc).map([])), [])
    }))

  test("gives each of several outputs apart, of a map too", () =>
    Effect.gen(function*() {
      const [a, b, c] = delayed(split, { outputs: 3 })(7)
      assert.deepStrictEqual(yield* collect([c, a]), [9, 7])
      assert.strictEqual(yield* collect(delayed(add)(b, c)), 17)
      const [number, text] = delayed(pair, { outputs: 2 })(1, "x")
      assert.deepStrictEqual(yield* collect({ number, text }), { number: 1, text: "x" })
      const rows = delayed(split, { outputs: 3 }).map([10, 20])
      assert.deepStrictEqual(yield* collect(rows.map(([, second]) => second)), [11, 21])
    }))

  test("fails a function with several outputs that returns another number of items", () =>
    Effect.gen(function*() {
      const [a] = delayed(identity<ReadonlyArray<number>>, { outputs: 2 })([1, 2, 3])
      const error = yield* Effect.flip(collect(a))
      assert.instanceOf(error, TaskFailed)
      assert.match(error.message, /outputs is 2.*an array of 3/)
      const [b] = delayed((n: number) => Array.from({ length: n }, () => 1), { outputs: 2 })(1)
      assert.match((yield* Effect.flip(collect(b))).message, /outputs is 2.*an array of 1/)
    }))

  test("fails with the error itself, wherever in the graph it began", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(collect(delayed(inc)(delayed(fails)("no")))), "no")
      assert.strictEqual(yield* Effect.flip(collect(delayed(inc)(delayed(() => Effect.fail("here"))()))), "here")
      const error = yield* Effect.flip(collect({ fine: delayed(inc)(1), bad: delayed(boom)("bang") }))
      assert.instanceOf(error, TaskFailed)
      assert.match(error.message, /bang/)
    }))

  test("runs closures and Effects on this thread, with the caller's services", () =>
    Effect.gen(function*() {
      let runs = 0
      const closure = delayed((n: number) => Effect.sync(() => n + ++runs))
      assert.strictEqual(yield* collect(delayed(add)(closure(1), closure(1))), 5)
      assert.strictEqual(yield* collect(delayed(async (n: number) => n)(delayed(inc)(1))), 2)
      const seen = yield* collect(delayed((value: object) => value)({ at: new Date(5) }))
      assert.deepStrictEqual(seen, { at: new Date(5) })
    }))
})

overTransports("collectExit", {}, (test) => {
  test("gives an Exit for each and lets the rest finish", () =>
    Effect.gen(function*() {
      const exits = yield* collectExit({
        good: delayed(inc)(1),
        bad: delayed(fails)("no"),
        all: all([delayed(inc)(2)])
      })
      assert.deepStrictEqual(exits.good, Exit.succeed(2))
      assert.strictEqual(failureOf(exits.bad), "no")
      assert.deepStrictEqual(exits.all, Exit.succeed([3]))
    }))

  test("gives one Exit for one Delayed, and for a join of which one member failed", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* collectExit(delayed(twice)(4)), Exit.succeed(8))
      const exit = yield* collectExit(all([delayed(inc)(1), delayed(boom)("bang")]))
      assert.instanceOf(failureOf(exit), TaskFailed)
      assert.deepStrictEqual(yield* collectExit([]), [])
    }))

  test("gives Exits in the shape of the question when the graph itself is wrong", () =>
    Effect.gen(function*() {
      const chunk = yield* Effect.scoped(Chunk.put([1]))
      const exits = yield* collectExit([delayed(inc)(1), delayed(sum)(chunk), delayed(sum)(chunk)])
      assert.strictEqual(exits.length, 3)
      for (const exit of exits) assert.match(String(failureOf(exit)), /released/)
    }))
})

overTransports("compute", {}, (test) => {
  test("gives Chunks in the shape of the question, which serve as inputs and are read at will", () =>
    Effect.gen(function*() {
      const chunks = yield* compute({ p: delayed(square)(3), q: delayed(join)(["a", "b"]) })
      assert.strictEqual(yield* Chunk.get(chunks.p), 9)
      assert.strictEqual(yield* Chunk.get(chunks.q), "ab")
      assert.strictEqual(yield* Chunk.get(chunks.p), 9)
      assert.strictEqual(yield* collect(delayed(add)(chunks.p, delayed(inc)(chunks.p))), 19)
      assert.isAbove(chunks.q.bytes, 0)
      const [first, [second]] = [yield* compute(delayed(inc)(1)), yield* compute([delayed(inc)(2)])]
      assert.deepStrictEqual([yield* Chunk.get(first), yield* Chunk.get(second)], [2, 3])
    }))

  test("keeps a Chunk until its Scope closes, though its Delayed is computed again", () =>
    Effect.gen(function*() {
      const p = delayed(square)(5)
      const kept = yield* compute(p)
      yield* Effect.scoped(compute(p))
      assert.strictEqual(yield* Chunk.get(kept), 25)
    }))

  test("fails like collect", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(compute([delayed(inc)(1), delayed(fails)("no")])), "no")
    }))
})
