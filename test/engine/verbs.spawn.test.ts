// The eager verbs through the public API, on real threads: spawn and what can be done with its handle.
import { assert } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, Scope, Stream } from "effect"
import { Chunk, collect, completed, delayed, spawn, Spawned, spawnWith, TaskCancelled, TaskFailed } from "poniard"
import { makeGate } from "./files.ts"
import { fails, holdLater } from "./modules2/effects.ts"
import { hold } from "./modules2/gates.ts"
import { add, boom, inc, square, sum } from "./modules2/numbers.ts"
import { overTransports } from "./overTransports.ts"

overTransports("spawn", {}, (test) => {
  test("submits at once and gives a handle that is fetched, also twice, and is an input", () =>
    Effect.gen(function*() {
      const p = yield* spawn(square, 4)
      const q = yield* spawn(add, p, 1)
      assert.strictEqual(yield* Spawned.fetch(q), 17)
      assert.strictEqual(yield* Spawned.fetch(q), 17)
      assert.strictEqual(yield* collect(delayed(sum)([p, q, 1])), 34)
    }))

  test("takes Delayed and Chunks as inputs", () =>
    Effect.gen(function*() {
      const lazy = delayed(inc)(1)
      const chunk = yield* Chunk.put([1, 2, 3])
      const total = yield* spawn(sum, chunk)
      assert.strictEqual(yield* Spawned.fetch(yield* spawn(add, lazy, total)), 8)
    }))

  test("begins without anybody waiting", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const p = yield* spawn(hold, gate.began, gate.gate, 7)
      yield* gate.hasBegun(1)
      assert.isFalse(yield* Spawned.isReady(p))
      yield* gate.open
      yield* Spawned.wait(p)
      assert.isTrue(yield* Spawned.isReady(p))
      assert.strictEqual(yield* Spawned.fetch(p), 7)
    }))

  test("spawnWith takes options", () =>
    Effect.gen(function*() {
      const p = yield* spawnWith({ name: "the one" })(boom, "bang")
      const error = yield* Effect.flip(Spawned.fetch(p))
      assert.instanceOf(error, TaskFailed)
      assert.strictEqual(error.task, "the one")
    }))

  test("wait does not fail where fetch does; both may be repeated", () =>
    Effect.gen(function*() {
      const p = yield* spawn(fails, "no")
      yield* Spawned.wait(p)
      assert.isTrue(yield* Spawned.isReady(p))
      assert.strictEqual(yield* Effect.flip(Spawned.fetch(p)), "no")
      assert.strictEqual(yield* Effect.flip(Spawned.fetch(yield* spawn(inc, p))), "no")
      assert.strictEqual(yield* Effect.flip(Spawned.fetch(p)), "no")
    }))

  test("fetchAll gives tuples, arrays and records of values and fails at the first failure", () =>
    Effect.gen(function*() {
      const [p, q] = [yield* spawn(inc, 1), yield* spawn(inc, 2)]
      assert.deepStrictEqual(yield* Spawned.fetchAll([p, q]), [2, 3])
      assert.deepStrictEqual(yield* Spawned.fetchAll({ p, q }), { p: 2, q: 3 })
      assert.deepStrictEqual(yield* Spawned.fetchAll([]), [])
      const gate = yield* makeGate
      const slow = yield* spawn(holdLater, gate.began, gate.gate, 1)
      assert.strictEqual(yield* Effect.flip(Spawned.fetchAll([slow, yield* spawn(fails, "no")])), "no")
      assert.isFalse(yield* Spawned.isReady(slow))
    }))

  test("waitAny gives the first that has settled, waitAll waits for every one", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const slow = yield* spawn(holdLater, gate.began, gate.gate, 1)
      const failing = yield* spawn(fails, "no")
      assert.strictEqual(yield* Spawned.waitAny([slow, failing]), failing)
      const both = yield* Effect.forkChild(Spawned.waitAll([failing, slow]), { startImmediately: true })
      assert.isUndefined(both.pollUnsafe())
      yield* gate.open
      yield* Fiber.join(both)
      assert.isTrue(yield* Spawned.isReady(slow))
      yield* Spawned.waitAll([])
    }))

  test("waitAny of nothing does not come back, and can be interrupted", () =>
    Effect.gen(function*() {
      const nothing = yield* Effect.forkChild(Spawned.waitAny([]), { startImmediately: true })
      yield* Spawned.fetch(yield* spawn(inc, 1))
      assert.isUndefined(nothing.pollUnsafe())
      yield* Fiber.interrupt(nothing)
    }))

  test("cancel fails the task and its dependents, running or not, and nothing else", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const running = yield* spawnWith({ name: "running" })(holdLater, gate.began, gate.gate, 1)
      yield* gate.hasBegun(1)
      const dependent = yield* spawnWith({ name: "dependent" })(inc, running)
      const other = yield* spawn(inc, 1)
      yield* Spawned.cancel(running)
      const error = yield* Effect.flip(Spawned.fetch(dependent))
      assert.instanceOf(error, TaskCancelled)
      assert.deepStrictEqual([error.task, error.root], ["dependent", "running"])
      assert.instanceOf(yield* Effect.flip(Spawned.fetch(running)), TaskCancelled)
      assert.strictEqual(yield* Spawned.fetch(other), 2)
      yield* gate.wasCancelled(1)
      yield* Spawned.cancel(other)
      assert.strictEqual(yield* Spawned.fetch(other), 2)
    }))

  test("cancel right after spawn keeps the task from running", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const blockers = [yield* spawn(hold, gate.began, gate.gate, 1), yield* spawn(hold, gate.began, gate.gate, 1)]
      yield* gate.hasBegun(2)
      const p = yield* spawn(hold, gate.began, gate.gate, 3)
      yield* Spawned.cancel(p)
      assert.instanceOf(yield* Effect.flip(Spawned.fetch(p)), TaskCancelled)
      yield* gate.open
      yield* Spawned.waitAll(blockers)
      assert.deepStrictEqual(gate.order(), [1, 1])
    }))

  test("an Effect task on this thread is interrupted by cancel", () =>
    Effect.gen(function*() {
      const [began, ended] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const p = yield* spawn(() =>
        Effect.onInterrupt(Effect.andThen(Deferred.succeed(began, undefined), Effect.never), () =>
          Deferred.succeed(ended, undefined))
      )
      yield* Deferred.await(began)
      yield* Spawned.cancel(p)
      yield* Deferred.await(ended)
      assert.instanceOf(yield* Effect.flip(Spawned.fetch(p)), TaskCancelled)
    }))
})

overTransports("a handle's life", {}, (test) => {
  test("closing the Scope of a running task that nobody else wants stops it", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      yield* Effect.scoped(Effect.gen(function*() {
        yield* spawn(hold, gate.began, gate.gate, 1)
        yield* spawn(holdLater, gate.began, gate.gate, 2)
        yield* gate.hasBegun(2)
      }))
      yield* gate.wasCancelled(2)
    }))

  test("closing a Scope only withdraws a wish: a dependent keeps the task", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const inner = yield* Scope.make()
      const p = yield* Scope.provide(spawn(holdLater, gate.began, gate.gate, 4), inner)
      const q = yield* spawn(inc, p)
      yield* gate.hasBegun(1)
      yield* Scope.close(inner, Exit.void)
      yield* gate.open
      assert.strictEqual(yield* Spawned.fetch(q), 5)
    }))

  test("release gives a handle up at once, and again does nothing", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const p = yield* spawn(holdLater, gate.began, gate.gate, 1)
      yield* gate.hasBegun(1)
      yield* Spawned.release(p)
      yield* gate.wasCancelled(1)
      yield* Spawned.release(p)
    }))

  test("a detached task outlives the Scope in which it was spawned, until it is released", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const p = yield* Effect.scoped(spawnWith({ detached: true })(holdLater, gate.began, gate.gate, 9))
      yield* gate.open
      assert.strictEqual(yield* Spawned.fetch(p), 9)
      yield* Spawned.release(p)
    }))
})

overTransports("completed", {}, (test) => {
  test("gives handles with their Exits in order of completion", () =>
    Effect.gen(function*() {
      const [first, second] = [yield* makeGate, yield* makeGate]
      const p = yield* spawn(holdLater, first.began, first.gate, 1)
      const q = yield* spawn(holdLater, second.began, second.gate, 2)
      const r = yield* spawn(fails, "no")
      const seen: Array<readonly [unknown, Exit.Exit<unknown, unknown>]> = []
      yield* Stream.runForEach(completed<number, string>([p, q, r]), (one) =>
        Effect.suspend(() => {
          seen.push(one)
          return seen.length === 1 ? second.open : first.open
        }))
      assert.deepStrictEqual(seen.map(([handle]) => handle), [r, q, p])
      assert.deepStrictEqual(seen.slice(1).map(([, exit]) => exit), [Exit.succeed(2), Exit.succeed(1)])
      const [[, failed]] = seen
      assert.strictEqual(Exit.isFailure(failed) ? Cause.squash(failed.cause) : undefined, "no")
    }))

  test("ends at once for no handles, and may be left early", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* Stream.runCollect(completed([])), [])
      const gate = yield* makeGate
      const [p, q] = [yield* spawn(inc, 1), yield* spawn(holdLater, gate.began, gate.gate, 1)]
      const [[handle]] = yield* Stream.runCollect(Stream.take(completed([q, p]), 1))
      assert.strictEqual(handle, p)
    }))
})
