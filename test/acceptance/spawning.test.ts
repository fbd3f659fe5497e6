// Acceptance 2.1, first half: what may be called, with what, and which values come of it.
import { assert } from "@effect/vitest"
import { Cause, Effect } from "effect"
import { Chunk, collect, compute, delayed, Engine, spawn, Spawned, Task, TaskFailed } from "poniard"
import { makeGate } from "../engine/files.ts"
import { overTransports } from "../engine/overTransports.ts"
import { hold } from "./modules/held.ts"
import {
  add,
  Adder,
  call,
  failure,
  inc,
  isChunk,
  isChunkLater,
  itemAt,
  multiply,
  nameOfB,
  slowly,
  sum,
  sumFrom,
  sumOf,
  UnknownOption
} from "./modules/values.ts"

const A = [[1, 2], [3, 4]]

overTransports("spawning and values", {}, (test) => {
  test("SP-1: tasks on tasks, lazily and eagerly, give 5 + 7 + 4 = 16", () =>
    Effect.gen(function*() {
      const p = delayed(inc)(4)
      const q = delayed(add)(p, 2)
      assert.strictEqual(yield* collect(delayed(sum)([p, q, delayed(inc)(3)])), 16)
      const spawned = yield* spawn(inc, 4)
      const both = [spawned, yield* spawn(add, spawned, 2), yield* spawn(inc, 3)] as const
      assert.deepStrictEqual(yield* Spawned.fetchAll(both), [5, 7, 4])
      assert.strictEqual(yield* Spawned.fetch(yield* spawn(sum, both)), 16)
    }))

  test("SP-2: plain values and handles mix; lazily nothing runs before collect", () =>
    Effect.gen(function*() {
      const x = 2
      const a = yield* spawn(add, x, x)
      const b = yield* spawn(sum, [x, 1, 2])
      assert.deepStrictEqual(yield* Spawned.fetchAll({ a, b, c: yield* spawn(multiply, a, b) }), { a: 4, b: 5, c: 20 })

      let runs = 0
      const counted = delayed((n: number) => {
        runs++
        return n
      })
      const before = (yield* Engine.snapshot).tasks.total
      const lazy = { a: counted(delayed(add)(x, x)), b: delayed(sum)([x, 1, 2]) }
      const c = delayed(multiply)(lazy.a, lazy.b)
      assert.deepStrictEqual([runs, (yield* Engine.snapshot).tasks.total], [0, before])
      assert.deepStrictEqual(yield* collect({ ...lazy, c }), { a: 4, b: 5, c: 20 })
      assert.strictEqual(runs, 1)
      assert.strictEqual(yield* Chunk.get(yield* compute(c)), 20)
    }))

  test("SP-3: compute gives a reference, and what has one is not run again", () =>
    Effect.gen(function*() {
      let runs = 0
      const t = delayed((n: number) => n + ++runs)(delayed(inc)(1))
      const reference = yield* compute(t)
      assert.isTrue(Chunk.is(reference))
      assert.strictEqual(yield* Chunk.get(reference), 3)
      const again = yield* compute(t)
      assert.deepStrictEqual([yield* Chunk.get(again), yield* collect(t), runs], [3, 3, 1])
      assert.strictEqual(yield* collect(delayed(inc)(reference)), 4)
    }))

  test("SP-4: named options give what the direct call gives; an unknown one is the function's own error", () =>
    Effect.gen(function*() {
      for (const along of ["rows", "columns"] as const) {
        assert.deepStrictEqual(yield* collect(delayed(sumOf)(A, { along })), sumOf(A, { along }))
      }
      assert.strictEqual(yield* collect(delayed(sumFrom)([1, 3], { start: 2 })), 6)
      const thrown = yield* Effect.flip(collect(delayed(sumOf)(A, { along: "rows", dimz: 1 } as never)))
      assert.instanceOf(thrown, TaskFailed)
      assert.instanceOf(thrown.cause, TypeError)
      assert.match(thrown.message, /sumAlong has no option dimz/)
      const typed = yield* Effect.flip(collect(delayed(sumFrom)([1], { init: 2 } as never)))
      assert.instanceOf(typed, UnknownOption)
      assert.strictEqual((typed as UnknownOption).option, "init")
    }))

  test("SP-6 (reading): an item of a task's result is what it is in the fetched result", () =>
    Effect.gen(function*() {
      const made = yield* spawn((rows: typeof A) => rows.map((row) => row.map((n) => 10 * n)), A)
      const item = yield* Spawned.fetch(yield* spawn(itemAt, made, 0, 1))
      assert.deepStrictEqual([item, (yield* Spawned.fetch(made))[0][1]], [20, 20])
    }))

  test("SP-7: a property of a task's result", () =>
    Effect.gen(function*() {
      const made = delayed(() => ({ a: 1, b: 3 }))()
      assert.strictEqual(yield* collect(delayed(nameOfB)(made)), 3)
      assert.strictEqual(yield* collect(delayed((record: { readonly b: number }) => record.b)(made)), 3)
    }))

  test("SP-8: what is no function is refused at the call", () =>
    Effect.gen(function*() {
      const block = { run: () => 1 }
      for (const target of [1, "inc", null, undefined, block, Effect.succeed(1)]) {
        assert.throws(() => delayed(target as never), /the first argument: expected a function, got/)
        assert.throws(() => spawn(target as never), /the first argument: expected a function, got/)
      }
      assert.throws(() => Task.module(import.meta.url, { one: 1 as never }), /one/)
      assert.throws(() => Task.inline(block.run.bind(block)), /bound/)
      assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
    }))

  test("SP-9: a task that is not done is not ready; after wait it is, also if it failed, which only fetch shows", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const p = yield* spawn(hold, gate.began, gate.gate, 7)
      assert.isFalse(yield* Spawned.isReady(p))
      yield* gate.hasBegun(1)
      assert.isFalse(yield* Spawned.isReady(p))
      yield* gate.open
      yield* Spawned.wait(p)
      assert.isTrue(yield* Spawned.isReady(p))
      assert.strictEqual(yield* Spawned.fetch(p), 7)
      const failed = yield* spawn(failure, 1)
      yield* Spawned.wait(failed)
      assert.isTrue(yield* Spawned.isReady(failed))
      assert.instanceOf(yield* Effect.flip(Spawned.fetch(failed)), TaskFailed)
    }))

  test("SP-10: with meta a function is given the Chunk, on a worker too", () =>
    Effect.gen(function*() {
      const value = delayed(inc)(1)
      assert.isTrue(yield* collect(delayed((chunk: Chunk<number>) => Chunk.is(chunk), { meta: true })(value)))
      assert.isFalse(yield* collect(delayed((n: number) => Chunk.is(n))(value)))
      assert.isTrue(yield* collect(delayed(isChunk, { meta: true })(value)))
      assert.deepStrictEqual(yield* collect(delayed(isChunkLater, { meta: true })(value)), [true, 2])
    }))

  test("SP-12: what can be called with 1 and adds 1 gives 2", () =>
    Effect.gen(function*() {
      const adder = new Adder({ by: 1 })
      assert.strictEqual(yield* collect(delayed(call)(adder, 1)), 2)
      assert.strictEqual(yield* collect(delayed(call)(delayed(() => adder)(), 1)), 2)
      assert.strictEqual(yield* collect(delayed(adder.call.bind(adder))(1)), 2)
      const counter = Object.assign((x: number) => x + counter.by, { by: 1 })
      assert.strictEqual(yield* Spawned.fetch(yield* spawn(counter, 1)), 2)
    }))

  test("SP-14: a Delayed is an input of spawn, which submits it as well; shared, it runs once", () =>
    Effect.gen(function*() {
      let runs = 0
      const lazy = delayed((n: number) => n + ++runs)(delayed(inc)(1))
      const p = yield* spawn(add, lazy, lazy)
      const q = yield* spawn(sum, [lazy, p])
      assert.deepStrictEqual(yield* Spawned.fetchAll([p, q]), [6, 9])
      assert.strictEqual(runs, 1)
      const failing = yield* spawn(inc, delayed(failure, { name: "lazy" })(1))
      const error = yield* Effect.flip(Spawned.fetch(failing))
      assert.instanceOf(error, TaskFailed)
      assert.strictEqual(error.root, "lazy")
    }))

  test("SP-15: fetching an array, a tuple, one, and the same by reference", () =>
    Effect.gen(function*() {
      const tasks = yield* Effect.forEach([1, 1, 1, 1], (n) => spawn(add, n, n))
      assert.deepStrictEqual(yield* Spawned.fetchAll(tasks), [2, 2, 2, 2])
      const [a, b, c, d] = tasks
      assert.deepStrictEqual(yield* Spawned.fetchAll([a, b, c, d]), [2, 2, 2, 2])
      assert.strictEqual(yield* Spawned.fetch(a), 2)
      const references = yield* compute(delayed(add).map([1, 1, 1, 1], 1))
      assert.deepStrictEqual(yield* Effect.forEach(references, (reference) => Chunk.get(reference)), [2, 2, 2, 2])
      assert.strictEqual(yield* Chunk.get(references[0]), 2)
    }))

  test("SP-13: whoever fetches a group leaves its Scope when all are ready, and fails with the one that fails", () =>
    Effect.gen(function*() {
      let ready = 0
      const group = (failing: boolean) =>
        Effect.scoped(Effect.gen(function*() {
          const tasks = yield* Effect.forEach([1, 2, 3], (n) => spawn(slowly, n))
          if (failing) tasks.push(yield* spawn(failure, 1))
          const values = yield* Spawned.fetchAll(tasks)
          for (const task of tasks) if (yield* Spawned.isReady(task)) ready++
          return values
        }))
      assert.deepStrictEqual(yield* group(false), [1, 2, 3])
      assert.strictEqual(ready, 3)
      const exit = yield* Effect.exit(group(true))
      assert.isTrue(exit._tag === "Failure" && Cause.squash(exit.cause) instanceof TaskFailed)
    }))
})
