// Acceptance 2.1, second half: tasks that spawn on workers, code that workers lack, and graphs of several shapes.
import { assert } from "@effect/vitest"
import { Effect, Exit } from "effect"
import {
  Chunk,
  collect,
  collectExit,
  compute,
  type Delayed,
  delayed,
  Engine,
  spawn,
  Spawned,
  TaskFailed,
  TaskFunctionMissing
} from "poniard"
import { makeGate } from "../engine/files.ts"
import { overTransports } from "../engine/overTransports.ts"
import { everywhere, here } from "./modules/halfKnown.ts"
import { chunkOfThree, failsThere, group, startsAnEngine, three } from "./modules/parents.ts"
import { add, failure, inc, multiply, opposite, sum } from "./modules/values.ts"

const range = (count: number, from = 0): Array<number> => Array.from({ length: count }, (_, i) => from + i)

const tree = (leaves: ReadonlyArray<Delayed<number>>): Delayed<number> => {
  let level = leaves
  while (level.length > 1) {
    const next = range(level.length >> 1).map((i) => delayed(add)(level[2 * i], level[2 * i + 1]))
    level = level.length % 2 === 0 ? next : [...next, level[level.length - 1]]
  }
  return level[0]
}

overTransports("workers and graphs", {}, (test) => {
  test("SP-16: what is spawned there is used here, and runs in the one engine", () =>
    Effect.gen(function*() {
      const before = yield* Engine.snapshot
      assert.strictEqual(yield* collect(delayed(inc)(delayed(three)())), 4)
      const { tasks } = yield* Engine.snapshot
      assert.strictEqual(tasks.done - before.tasks.done, 3)
    }))

  test("SP-16: a Chunk that a task on a worker gives back counts as its value", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(collect(delayed(add)(delayed(chunkOfThree)(), 0)))
      const why =
        "types.ts (Out) says that a returned Chunk counts as its value; one made in a task on a worker is refused"
      assert.deepStrictEqual(exit, Exit.succeed(3), why)
    }))

  test("SP-16: a Chunk that a closure gives back counts as its value", () =>
    Effect.gen(function*() {
      const value: number = yield* collect(delayed(() => compute(delayed(add)(1, 2)))())
      const why =
        "types.ts (Out) says that a returned Chunk counts as its value; what came is a handle that is released"
      assert.isFalse(Chunk.is(value), why)
      assert.strictEqual(value, 3)
    }))

  test("SP-16: an engine is not started on a worker", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(collect(delayed(startsAnEngine)()))
      assert.instanceOf(error, TaskFailed)
      assert.match(error.message, /an Engine cannot be built inside a worker/)
      assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
    }))

  test("SP-13: a parent that fetches its children ends after them, or with the one that fails", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const parent = yield* spawn(group, gate.began, gate.gate, "well")
      yield* gate.hasBegun(2)
      assert.isFalse(yield* Spawned.isReady(parent))
      yield* gate.open
      assert.deepStrictEqual(yield* Spawned.fetch(parent), [1, 2])
      const error = yield* Effect.flip(collect(delayed(group)(gate.began, gate.gate, "badly")))
      assert.instanceOf(error, TaskFailed)
      assert.instanceOf(error.cause, TypeError)
    }))

  test("SP-19: the dependent of a task that failed on a worker shows its error here", () =>
    Effect.gen(function*() {
      const failed = yield* spawn(failure, 1)
      yield* Spawned.wait(failed)
      for (const dependent of [yield* spawn(inc, failed), yield* spawn(failsThere)]) {
        const error = yield* Effect.flip(Spawned.fetch(dependent))
        assert.instanceOf(error, TaskFailed)
        assert.instanceOf(error.cause, TypeError)
        assert.match(error.message, /TypeError: .*missing is not a function/)
        assert.strictEqual(error.root, "failure")
      }
    }))

  test("SP-20: of functions that only this thread knows those on workers fail, those here succeed, all goes on", () =>
    Effect.gen(function*() {
      const ten = Array.from(
        { length: 10 },
        (_, n) => n % 2 === 0 ? delayed((x: number) => here(x))(n) : delayed(here)(n)
      )
      const exits = yield* collectExit(ten)
      assert.deepStrictEqual(exits.filter(Exit.isSuccess).map(({ value }) => value), [0, 2, 4, 6, 8])
      const error = yield* Effect.flip(collect(delayed(here)(1)))
      assert.instanceOf(error, TaskFunctionMissing)
      assert.deepStrictEqual([error.function, error.registered], ["here", ["everywhere"]])
      assert.strictEqual(yield* collect(delayed(everywhere)(5)), 5)
    }))

  test("SP-23: fan-out of 32, tree of 1000, 64 diamonds, one on 7, fan-in of 4", () =>
    Effect.gen(function*() {
      const ten = delayed(inc)(9)
      const fanOut = yield* collect(delayed(add).map(range(32), ten))
      assert.deepStrictEqual(fanOut, range(32, 10))
      assert.strictEqual(yield* collect(tree(delayed(inc).map(new Array<number>(1000).fill(0)))), 1000)

      const diamonds = range(64).map((i) => {
        const source = delayed(add)(i, 0)
        return delayed(add)(delayed(inc)(source), delayed(multiply)(source, 2))
      })
      const concurrent = yield* Effect.forEach(diamonds, (diamond) => collect(diamond), { concurrency: "unbounded" })
      assert.deepStrictEqual(concurrent, range(64).map((i) => 3 * i + 1))

      const seven = yield* spawn(add, 7, 0)
      const [left, right] = [yield* spawn(inc, seven), yield* spawn(multiply, seven, 2)]
      assert.deepStrictEqual(yield* Spawned.fetchAll([left, right, yield* spawn(add, left, right)]), [8, 14, 22])

      const four = yield* Effect.forEach([-1, -2, -3, -4], (n) => spawn(opposite, n))
      assert.strictEqual(yield* Spawned.fetch(yield* spawn(sum, four)), 10)
    }))

  test("SP-24: a graph ends whose last task runs on the engine's own thread", () =>
    Effect.gen(function*() {
      const addHere = delayed((a: number, b: number) => a + b)
      for (const _ of range(5)) assert.strictEqual(yield* collect(addHere(delayed(add)(1, 2), 3)), 6)
      let chain = delayed(inc)(0)
      for (const i of range(49)) chain = i % 2 === 0 ? addHere(chain, 1) : delayed(inc)(chain)
      assert.strictEqual(yield* collect(chain), 50)
      assert.strictEqual(yield* collect(range(50).reduce((at) => addHere(at, 1), addHere(0, 0))), 50)
    }))
})
