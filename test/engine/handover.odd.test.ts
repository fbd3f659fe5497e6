// Values that go from task to task without the engine, where that is not quite what it seems: a chunk that is handed
// on, an array that its maker uses again, an input that is written to, a task that takes what others wait for.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { collect, delayed, InputMutated } from "poniard"
import { next } from "./modules/handing.ts"
import { grow, mix, reuse, same, slowly, tamper, through } from "./modules/passing.ts"
import { emptied, overTransports } from "./overTransports.ts"

/** Functions are sent behind others once it is known how long they take. */
const known = Effect.gen(function*() {
  for (let round = 0; round < 3; round++) {
    yield* collect([delayed(mix)(1, 2), delayed(same)(new Float64Array(2)), delayed(next)(1), delayed(grow)(1, 1)])
    yield* Effect.exit(collect([delayed(reuse)(1), delayed(tamper)(new Float64Array(1000), 1)]))
    yield* collect([delayed(slowly)(1, 0), delayed(through, { meta: true })(delayed(next)(1))])
    yield* collect(delayed(through)(1))
  }
  yield* emptied
})

const numbers = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

overTransports("a value that is handed on", {}, (test, transport) => {
  test("is that of a chunk which a `meta` task returns, not the chunk", () =>
    Effect.gen(function*() {
      yield* known
      const tasks = numbers(50).map((n) => {
        const made = delayed(next)(n)
        return delayed(next)(delayed(through, { meta: true })(made) as typeof made)
      })
      assert.deepStrictEqual(yield* collect(tasks), numbers(50).map((n) => n + 2))
    }))

  test("stays what it was when its maker uses the array again", () =>
    Effect.gen(function*() {
      yield* known
      const made = numbers(100).map((n) => delayed(reuse)(n))
      const values = yield* collect([...made, ...made.map((of) => delayed(through)(of) as typeof of)])
      assert.deepStrictEqual(values.map((xs) => xs[0]), [...numbers(100), ...numbers(100)])
      assert.deepStrictEqual(yield* collect(made.map((of) => delayed(same)(of))), numbers(100))
    }))

  if (transport === "thread") {
    test("may not be written to, wherever it was made", () =>
      Effect.gen(function*() {
        yield* known
        for (const n of numbers(40)) {
          const written = delayed(tamper)(delayed(reuse)(n + 1), delayed(slowly)(n, 0))
          assert.instanceOf(yield* Effect.flip(collect(written)), InputMutated)
        }
      }))
  }

  test("is waited for only so long: others may wait for what its worker could do, and for what it holds", () =>
    Effect.gen(function*() {
      yield* known
      for (const n of numbers(10)) {
        const [large, side] = [delayed(grow)(n, 20 * 2 ** 17), delayed(next)(n)]
        yield* collect([delayed(mix)(large, side), delayed(mix)(side, large)])
      }
      const slow = delayed(slowly)(0, 100)
      const behind = numbers(100).map((n) => delayed(mix)(n, slow))
      const others = numbers(100).map((n) => delayed(mix)(n, 0))
      assert.deepStrictEqual(yield* collect([...behind, ...others]), [
        ...numbers(100).map((n) => mix(n, 1)),
        ...numbers(100).map((n) => mix(n, 0))
      ])
    }))
})
