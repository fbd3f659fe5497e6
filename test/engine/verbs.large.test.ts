// Graphs of a hundred thousand tasks are ordinary: wide, deep, joined, failed and dropped, without recursion anywhere.
import { assert } from "@effect/vitest"
import { Cause, Context, Effect, Exit, Fiber } from "effect"
import { all, collect, collectExit, type Delayed, delayed, Engine, TaskTrace } from "poniard"
import { fails } from "./modules2/effects.ts"
import { add, boom, inc, sum } from "./modules2/numbers.ts"
import { overTransports } from "./overTransports.ts"

const MANY = 100_000
const numbers = Array.from({ length: MANY }, (_, i) => i)
const total = (MANY * (MANY - 1)) / 2

/** A chain of so many tasks on top of another. */
const chain = <E>(from: Delayed<number, E>, length: number, next: (n: number) => number = inc): Delayed<number, E> => {
  let last: Delayed<number, E> = from
  for (let i = 0; i < length; i++) last = delayed(next)(last)
  return last
}

overTransports("a hundred thousand tasks", { memory: "64 MiB", check: false }, (test) => {
  test("side by side, each with its own result", () =>
    Effect.gen(function*() {
      const results = yield* collect(delayed(inc).map(numbers))
      assert.strictEqual(results.length, MANY)
      assert.strictEqual(results.findIndex((n, i) => n !== i + 1), -1)
    }))

  test("side by side, with joins among them, in a list that is changed after the call", () =>
    Effect.gen(function*() {
      const leaves = delayed(inc).map(numbers)
      const list: Array<Delayed<number> | Delayed<ReadonlyArray<number>>> = [...leaves]
      list[70_000] = all([leaves[1], leaves[2]]) as never
      const collecting = collect(list)
      list.length = 0
      const results = yield* collecting
      assert.strictEqual(results.length, MANY)
      assert.deepStrictEqual(results.slice(69_999, 70_002), [70_000, [2, 3], 70_002])
      assert.strictEqual(results[MANY - 1], MANY)
    }))

  test("one of which is no handle: told with its place, and nothing has run", () =>
    Effect.gen(function*() {
      const list = delayed(inc).map(numbers) as Array<Delayed<number>>
      list[70_001] = 7 as never
      const before = (yield* Engine.snapshot).tasks.total
      const error = yield* Effect.flip(collect(list))
      assert.strictEqual(error._tag, "GraphInvalid")
      assert.match(error.message, /collect: \[70001\]/)
      assert.strictEqual((yield* Engine.snapshot).tasks.total, before)
    }))

  test("all the inputs of one, in a list and in a join", () =>
    Effect.gen(function*() {
      const leaves = delayed(inc).map(numbers)
      assert.deepStrictEqual(yield* collect([delayed(sum)(leaves), delayed(sum)(all(leaves))]), [
        total + MANY,
        total + MANY
      ])
    }))

  test("one after the other", () =>
    Effect.gen(function*() {
      const here = (n: number) => n + 1
      assert.strictEqual(yield* collect(chain(delayed(inc)(0), MANY - 1, here)), MANY)
      assert.strictEqual(yield* collect(chain(delayed(inc)(0), 999)), 1000)
    }))

  test("in a tree of pairs", () =>
    Effect.gen(function*() {
      let level: ReadonlyArray<Delayed<number>> = delayed(inc).map(numbers.slice(0, 65_536))
      while (level.length > 1) {
        const below = level
        level = Array.from({ length: below.length / 2 }, (_, i) => delayed(add)(below[2 * i], below[2 * i + 1]))
      }
      assert.strictEqual(yield* collect(level[0]), (65_536 * 65_537) / 2)
    }))

  test("all of which fail with the one at the bottom", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(collect(chain(delayed(fails)("bottom"), MANY)))
      assert.isTrue(Exit.isFailure(exit))
      if (!Exit.isFailure(exit)) return
      const reason = exit.cause.reasons[0]
      assert.strictEqual(reason._tag === "Fail" ? reason.error : undefined, "bottom")
      const trace = Context.getOrUndefined(Cause.annotations(exit.cause), TaskTrace)
      assert.strictEqual(trace?.path.length, MANY + 1)
      const exits = yield* collectExit([chain(delayed(boom)("bang"), 100), delayed(inc)(1)])
      assert.isTrue(Exit.isFailure(exits[0]) && Exit.isSuccess(exits[1]))
    }))

  test("dropped in the middle", () =>
    Effect.gen(function*() {
      const running = yield* Effect.forkChild(collect(delayed(inc).map(numbers)), { startImmediately: true })
      assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
      yield* Fiber.interrupt(running)
    }))
})
