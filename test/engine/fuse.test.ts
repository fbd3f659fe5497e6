// Tasks that are run as one give what they give apart: over real threads, over bytes, on this thread and simulated. Which
// tasks are merged is in test/graph/fuse.test.ts.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { collect, compute, delayed, spawn, Spawned, Task } from "poniard"
import { counted, inEach } from "./fused.ts"
import * as chained from "./modules/chained.ts"
import { minus, otherwise } from "./modules/chainedOther.ts"

const { add, inc, later, puts, served, slowly } = chained

const closure = {
  inc: (x: number) => x + 1,
  slowly: (x: number) => Effect.as(Effect.yieldNow, x + 1),
  later: (x: number) => Promise.resolve(x + 1)
}

inEach("tasks that follow each other", [true], (test, { threads }) => {
  test("are one task, and give what they give apart", () =>
    Effect.gen(function*() {
      const [value, tasks] = yield* counted(collect(delayed(add)(10, delayed(inc)(delayed(add)(1, 2)))))
      assert.deepStrictEqual([value, tasks], [14, 1])
    }))

  test("may return Effects and Promises, in any order, and Chunks", () =>
    Effect.gen(function*() {
      // A module's function finds an Engine where there are threads only.
      const kinds = [inc, slowly, later, threads ? puts as unknown as typeof inc : slowly]
      for (let order = 0; order < 4 ** 3; order++) {
        const functions = [0, 1, 2].map((place) => kinds[Math.floor(order / 4 ** place) % 4])
        let last = delayed(inc)(0)
        for (const fn of [...functions, inc]) last = delayed(fn as typeof inc)(last)
        const [value, tasks] = yield* counted(collect(last))
        assert.deepStrictEqual([value, tasks], [5, 1], functions.map(({ name }) => name).join())
      }
    }))

  test("have the services of their modules each", () =>
    Effect.gen(function*() {
      const mixed = delayed(served)(delayed(otherwise)(delayed(minus)(delayed(served)(delayed(inc)(1)))))
      assert.deepStrictEqual(yield* counted(collect(mixed)), [19 * 1000 * 10, 1])
    }))

  test("may be closures, and inline functions beside those of modules", () =>
    Effect.gen(function*() {
      const chain = delayed(closure.inc)(delayed(closure.later)(delayed(closure.slowly)(delayed(closure.inc)(0))))
      assert.deepStrictEqual(yield* counted(collect(chain)), [4, 1])
      const cube = Task.inline((x: number) => x ** 3)
      assert.deepStrictEqual(yield* counted(collect(delayed(inc)(delayed(cube)(delayed(inc)(1))))), [9, 1])
    }))

  test("merge element by element when they are mapped", () =>
    Effect.gen(function*() {
      const mapped = delayed(add).map(delayed(inc).map([1, 2, 3]), 5)
      assert.deepStrictEqual(yield* counted(collect(mapped)), [[7, 8, 9], 3])
    }))

  test("do not merge if a result is shared, a name is given or an option says something", () =>
    Effect.gen(function*() {
      const shared = delayed(inc)(1)
      const both = collect(delayed(add)(delayed(inc)(shared), delayed(minus)(shared)))
      assert.deepStrictEqual(yield* counted(both), [4, 4])
      const named = delayed(inc)(delayed(inc, { name: "watched" })(1))
      assert.deepStrictEqual(yield* counted(collect(named)), [3, 2])
      const twice = delayed(inc)(1)
      assert.deepStrictEqual(yield* counted(collect(delayed(add)(twice, twice))), [4, 2])
      const priority = { priority: 1 }
      assert.deepStrictEqual(yield* counted(collect(delayed(inc, priority)(delayed(inc, priority)(1)))), [3, 1])
      const roots = [delayed(inc)(1), delayed(inc)(2)]
      assert.deepStrictEqual(yield* counted(collect([roots[0], delayed(inc)(roots[0]), roots[1]])), [[2, 3, 3], 3])
    }))

  test("run again if one in the middle is collected, and not if it is held", () =>
    Effect.gen(function*() {
      const middle = delayed(inc)(delayed(inc)(1))
      const end = delayed(inc)(middle)
      assert.strictEqual(yield* collect(end), 4)
      assert.deepStrictEqual(yield* counted(collect(middle)), [3, 1])
      assert.deepStrictEqual(yield* Effect.all([collect(end), collect(middle)], { concurrency: 2 }), [4, 3])
      const kept = delayed(inc)(delayed(inc)(1))
      const after = delayed(inc)(kept)
      yield* compute(kept)
      assert.deepStrictEqual(yield* counted(collect(after)), [4, 1])
    }))

  test("are one for what they may ask about themselves", () =>
    Effect.gen(function*() {
      const { itself } = chained
      const own = yield* collect(delayed(itself)(delayed(slowly)(delayed(inc)(1))))
      assert.deepInclude(own, { x: 3, cancelled: false })
      assert.isNumber(own.id)
      assert.match(own.processor!, /^(thread|bytes|fiber|simulated) \d+$/)
    }))

  test("hand a large array on without storing it", () =>
    Effect.gen(function*() {
      const { ramp, scaled, total } = chained
      const length = 4_000_000 // twice the budget
      assert.strictEqual(
        yield* collect(delayed(total)(delayed(scaled)(delayed(ramp)(length), 2))),
        length * (length - 1)
      )
    }))

  test("take large values and lists of tasks", () =>
    Effect.gen(function*() {
      const { total } = chained
      const large = Float64Array.from({ length: 5000 }, (_, i) => i)
      const wholes = delayed(Task.inline((...all: ReadonlyArray<unknown>) => all.length))
      const chain = delayed(add)(delayed(total)(large), 1)
      assert.strictEqual(yield* collect(chain), 5000 * 4999 / 2 + 1)
      const list = delayed(inc)(wholes([delayed(inc)(1), 2] as never, large as never, { a: 1 } as never))
      assert.strictEqual(yield* collect(list), 4)
    }))

  test("are the last of a spawned task, whose own inputs stay apart", () =>
    Effect.gen(function*() {
      const [handle, tasks] = yield* counted(spawn(inc, delayed(inc)(delayed(inc)(1))))
      assert.strictEqual(yield* Spawned.fetch(handle), 4)
      assert.strictEqual(tasks, 2)
    }))
})
