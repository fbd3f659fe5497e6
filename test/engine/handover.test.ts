// Values that go from task to task without the engine, on real threads and over bytes: whatever they are, and whatever
// happens on the way, the result is that of a plain loop, and nothing is left.
import { assert } from "@effect/vitest"
import { Effect, Exit, Fiber, Schedule } from "effect"
import { collect, type Delayed, delayed, Spawned, spawnWith } from "poniard"
import { exitOnce, fill, half, label, later, next, pass, plus, size, soon, stumble, total } from "./modules/handing.ts"
import { emptied, overTransports } from "./overTransports.ts"

const chain = <A>(first: Delayed<A>, length: number, step: (of: Delayed<A>) => Delayed<A>): Delayed<A> => {
  let last = first
  for (let i = 0; i < length; i++) last = step(last)
  return last
}

/** What a task gives that returns its input. */
const handed = <A>(of: Delayed<A>): Delayed<A> => delayed(pass)(of) as Delayed<A>

/** Functions are sent behind others once it is known how long they take. */
const known = Effect.gen(function*() {
  for (let round = 0; round < 3; round++) {
    yield* collect([delayed(next)(1), delayed(plus)(1, 2), delayed(half)(1), delayed(soon)(1), delayed(later)(1)])
    yield* collect([delayed(label)({ at: 0, path: [] }), delayed(pass)("x"), delayed(stumble)(0, -1)])
    yield* collect([delayed(fill)(new Float64Array(0), 10), delayed(total)(new Float64Array(3))])
    yield* collect([delayed(size)(new Float64Array(3)), delayed(exitOnce)(0, -1, new Int32Array(0))])
  }
  yield* emptied
})

overTransports("values that are handed on", {}, (test) => {
  test("numbers down a long chain, halves and negative zero included", () =>
    Effect.gen(function*() {
      yield* known
      assert.strictEqual(yield* collect(chain(delayed(next)(0), 3000, (of) => delayed(next)(of))), 3001)
      assert.strictEqual(yield* collect(chain(delayed(half)(1), 60, (of) => delayed(half)(of))), 2 ** -61)
      for (const odd of [-0, NaN, undefined, null, true, false, "text", 10n, 1e300]) {
        assert.isTrue(Object.is(yield* collect(chain(delayed(pass)(odd), 20, (of) => delayed(pass)(of))), odd))
      }
    }))

  test("objects, small arrays, large ones in shared memory, and one that is handed through", () =>
    Effect.gen(function*() {
      yield* known
      const { at, path } = yield* collect(
        chain(delayed(label)({ at: 0, path: [] }), 500, (of) => delayed(label)(of))
      )
      assert.deepStrictEqual([at, path], [501, ["step 497", "step 498", "step 499", "step 500"]])
      for (const n of [3, 100, 5000]) {
        const filled = chain(delayed(fill)(new Float64Array(0), n), 60, (of) => delayed(fill)(of, n))
        const through = chain(filled, 5, handed)
        assert.deepStrictEqual(yield* collect([delayed(total)(through), delayed(size)(filled)]), [61 * n, n])
      }
    }))

  test("across workers: a stencil and a tree give what a plain loop gives", () =>
    Effect.gen(function*() {
      yield* known
      const width = 7
      let row = Array.from({ length: width }, (_, i) => i)
      let tasks = row.map((n) => delayed(plus)(n, 0))
      for (let step = 0; step < 200; step++) {
        const [before, made] = [row, tasks]
        row = before.map((_, i) => (before[(i + 6) % width] + before[i] + before[(i + 1) % width]) % 1000)
        tasks = made.map((_, i) => delayed(plus)(made[(i + 6) % width], made[i], made[(i + 1) % width]))
      }
      assert.deepStrictEqual(yield* collect(tasks), row)
      let level = Array.from({ length: 2048 }, (_, i) => delayed(next)(i))
      while (level.length > 1) {
        level = level.flatMap((_, i) => i % 2 === 0 ? [delayed(plus)(level[i], level[i + 1])] : [])
      }
      assert.strictEqual(yield* collect(level[0]), (2048 * 2049 / 2) % 1000)
    }))

  test("Promises and Effects in the middle of a chain, which need the event loop", () =>
    Effect.gen(function*() {
      yield* known
      let last = delayed(next)(0)
      for (let i = 0; i < 200; i++) {
        if (i % 20 === 9) last = delayed(soon)(last)
        else last = i % 20 === 19 ? delayed(later)(last) : delayed(next)(last)
      }
      assert.strictEqual(yield* collect(last), 201)
    }))

  test("a failure in the middle fails what follows, and a retry goes on", () =>
    Effect.gen(function*() {
      yield* known
      const failed = yield* Effect.exit(collect(chain(delayed(stumble)(0, 50), 200, (of) => delayed(stumble)(of, 50))))
      const retry = { retry: Schedule.recurs(3) }
      const retried = chain(delayed(stumble)(0, 50), 200, (of) => delayed(stumble, retry)(of, 50))
      const again = yield* collect(retried)
      // Two threads may stumble, each once: the first chain fails unless its thread had stumbled before.
      assert.isTrue(Exit.isFailure(failed))
      assert.strictEqual(again, 201)
    }))

  test("a thread that ends in the middle costs nothing but time, and a fiber that is interrupted leaves nothing", () =>
    Effect.gen(function*() {
      yield* known
      const flag = new Int32Array(1)
      const killed = chain(delayed(exitOnce)(0, 100, flag), 300, (of) => delayed(exitOnce)(of, 100, flag))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(collect(killed))))
      const long = yield* Effect.forkChild(collect(chain(delayed(next)(0), 20_000, (of) => delayed(next)(of))), {
        startImmediately: true
      })
      yield* Effect.sleep("5 millis")
      yield* Fiber.interrupt(long)
      yield* emptied
      const handle = yield* spawnWith({ name: "after" })(next, 1)
      assert.strictEqual(yield* Spawned.fetch(handle), 2)
    }))
})
