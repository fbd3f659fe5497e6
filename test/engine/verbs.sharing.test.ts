// What is shared and what is dropped: a Delayed runs once while it is alive, whoever asks; what nobody wants any more is
// stopped; handles that were released, or that belong to another engine, are refused with words.
import { assert } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, type Scope } from "effect"
import { all, Chunk, collect, compute, delayed, Engine, GraphInvalid, spawn, Spawned } from "poniard"
import { makeGate } from "./files.ts"
import { fails, holdLater } from "./modules2/effects.ts"
import { hold } from "./modules2/gates.ts"
import { add, inc, sum, twice } from "./modules2/numbers.ts"
import { emptied, overTransports, unlessItHangs } from "./overTransports.ts"

const fork = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

overTransports("sharing", {}, (test) => {
  test("a Delayed that several use runs once", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      yield* gate.open
      const shared = delayed(hold)(gate.began, gate.gate, 5)
      const joined = all([shared, delayed(add)(shared, shared)])
      assert.deepStrictEqual(yield* collect([shared, delayed(twice)(shared), joined]), [5, 10, [5, 10]])
      assert.deepStrictEqual(gate.order(), [5])
    }))

  test("a second collect joins a Delayed that is running or kept, and runs it anew when it is gone", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const p = delayed(holdLater)(gate.began, gate.gate, 1)
      const first = yield* fork(collect(p))
      yield* gate.hasBegun(1)
      const second = yield* fork(collect(delayed(inc)(p)))
      yield* gate.open
      assert.deepStrictEqual([yield* Fiber.join(first), yield* Fiber.join(second)], [1, 2])
      assert.deepStrictEqual(gate.order(), [1])
      yield* emptied
      yield* Effect.scoped(Effect.gen(function*() {
        yield* compute(p)
        assert.strictEqual(yield* collect(p), 1)
      }))
      assert.deepStrictEqual(gate.order(), [1, 1])
    }))

  test("one value given to many tasks is stored once, and is as it was at the call", () =>
    Effect.gen(function*() {
      const large = Array.from({ length: 2000 }, (_, i) => i)
      const gate = yield* makeGate
      const users = delayed((ns: ReadonlyArray<number>) => ns.length)
      const tasks = delayed(sum).map([large, large, large])
      const held = yield* fork(collect([...tasks, delayed(hold)(gate.began, gate.gate, 1), users(large)]))
      yield* gate.hasBegun(1)
      large[0] = 1e9
      yield* gate.open
      assert.deepStrictEqual(yield* Fiber.join(held), [1999000, 1999000, 1999000, 1, 2000])
    }))
})

overTransports("interruption", {}, (test) => {
  test("collect interrupted drops what nobody else wants, and only that", () =>
    Effect.gen(function*() {
      const [mine, shared] = [yield* makeGate, yield* makeGate]
      const both = delayed(holdLater)(shared.began, shared.gate, 2)
      const other = yield* fork(collect(delayed(inc)(both)))
      const collecting = yield* fork(collect([delayed(hold)(mine.began, mine.gate, 1), both]))
      yield* mine.hasBegun(1)
      yield* shared.hasBegun(1)
      yield* Fiber.interrupt(collecting)
      yield* mine.wasCancelled(1)
      yield* shared.open
      assert.strictEqual(yield* Fiber.join(other), 3)
      assert.deepStrictEqual(shared.order(), [2])
    }))

  test("a failure stops the rest of a collect at once", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const slow = delayed(hold)(gate.began, gate.gate, 1)
      const late = delayed((n: number) => Effect.fail(`no ${n}`))(
        delayed(holdLater)(gate.began, `${gate.gate}.late`, 2)
      )
      const collecting = yield* fork(Effect.flip(collect([slow, late])))
      yield* gate.hasBegun(2)
      yield* gate.openOther(".late")
      assert.strictEqual(yield* Fiber.join(collecting), "no 2")
      yield* gate.wasCancelled(1)
    }))

  test("tasks that have not begun never run", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const blockers = [yield* spawn(hold, gate.began, gate.gate, 1), yield* spawn(hold, gate.began, gate.gate, 1)]
      yield* gate.hasBegun(2)
      const collecting = yield* fork(
        collect(delayed(hold).map(Array.from({ length: 50 }, () => gate.began), gate.gate, 2))
      )
      yield* Effect.yieldNow
      yield* Fiber.interrupt(collecting)
      yield* gate.open
      yield* Spawned.waitAll(blockers)
      assert.deepStrictEqual(gate.order(), [1, 1])
    }))

  test("an Effect task on this thread that collects is interrupted with what it collects", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const collecting = yield* fork(collect(delayed(() => collect(delayed(holdLater)(gate.began, gate.gate, 1)))()))
      yield* gate.hasBegun(1)
      yield* Fiber.interrupt(collecting)
      yield* gate.wasCancelled(1)
    }))

  test("a collect of a graph that is still being submitted leaves nothing", () =>
    Effect.gen(function*() {
      for (const yields of [0, 1, 3]) {
        const collecting = yield* fork(collect(delayed(inc).map(Array.from({ length: 20_000 }, (_, i) => i))))
        for (let i = 0; i < yields; i++) yield* Effect.yieldNow
        yield* Fiber.interrupt(collecting)
        yield* emptied
      }
      assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
    }))
})

const refusal = <A, R>(effect: Effect.Effect<A, unknown, R>, pattern: RegExp) =>
  Effect.map(Effect.flip(effect), (error) => {
    assert.instanceOf(error, GraphInvalid)
    assert.match(error.message, pattern)
  })

/** What an effect that cannot fail dies with. */
const defectOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flip(Effect.catchDefect(Effect.asVoid(effect), (defect) => Effect.fail(defect)))

overTransports("released handles", {}, (test) => {
  test("are refused with words, as what is waited for and as an input", () =>
    Effect.gen(function*() {
      const p = yield* spawn(inc, 1)
      yield* Spawned.release(p)
      yield* refusal(Spawned.fetch(p), /Spawned.fetch.*released/)
      yield* refusal(collect(delayed(inc)(p)), /Spawned was released/)
      assert.match(String(yield* defectOf(Spawned.wait(p))), /released/)
      assert.match(String(yield* defectOf(Spawned.isReady(p))), /released/)
      const q = yield* Effect.scoped(spawn(inc, 1))
      yield* refusal(Spawned.fetch(q), /its Scope is closed/)
      const chunk = yield* Effect.scoped(Chunk.put([1, 2]))
      yield* refusal(Chunk.get(chunk), /Chunk.get.*released/)
      yield* refusal(Chunk.use(chunk, Effect.succeed), /Chunk.use.*released/)
      yield* refusal(collect(delayed(sum)(chunk)), /Chunk was released/)
      yield* Chunk.release(chunk)
    }))

  test("a fetch that waits is told when its handle is released", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const p = yield* spawn(holdLater, gate.began, gate.gate, 1)
      const fetching = yield* fork(Spawned.fetch(p))
      yield* gate.hasBegun(1)
      yield* Spawned.release(p)
      yield* refusal(Fiber.join(fetching), /released/)
    }))

  test("what was submitted before a release still has its inputs", () =>
    Effect.gen(function*() {
      const p = yield* spawn(inc, 1)
      const q = yield* spawn(inc, p)
      yield* Spawned.release(p)
      const chunk = yield* Chunk.put([1, 2, 3])
      const total = yield* spawn(sum, chunk)
      yield* Chunk.release(chunk)
      assert.deepStrictEqual(yield* Spawned.fetchAll([q, total]), [3, 6])
    }))

  test("a Chunk that is looked at stays until the look ends", () =>
    Effect.gen(function*() {
      const chunk = yield* Chunk.put(new Float64Array(1000).fill(7))
      const [looks, goOn] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const look = yield* fork(Chunk.use(chunk, (xs) =>
        Effect.gen(function*() {
          yield* Deferred.succeed(looks, undefined)
          yield* Deferred.await(goOn)
          return xs.every((x) => x === 7)
        })))
      yield* Deferred.await(looks)
      yield* Chunk.release(chunk)
      yield* collect(delayed(() => new Float64Array(1000).fill(8))())
      yield* Deferred.succeed(goOn, undefined)
      assert.isTrue(yield* Fiber.join(look))
    }))
})

overTransports("handles of another engine", {}, (test, transport) => {
  /** Runs something in an engine of its own, beside the suite's. */
  const elsewhere = <A, E>(effect: Effect.Effect<A, E, Engine | Scope.Scope>) =>
    unlessItHangs(Effect.scoped(effect)).pipe(Effect.provide(Engine.layer({ threads: 1, memory: "8 MiB", transport })))

  test("are refused, a Delayed is not: it runs in each", () =>
    Effect.gen(function*() {
      const p = yield* spawn(inc, 1)
      const chunk = yield* Chunk.put([1])
      const lazy = delayed(inc)(41)
      yield* elsewhere(Effect.gen(function*() {
        yield* refusal(Spawned.fetch(p), /another engine/)
        yield* refusal(collect(delayed(inc)(p)), /another engine/)
        yield* refusal(Chunk.get(chunk), /another engine/)
        yield* refusal(collect(delayed(sum)(chunk)), /another engine/)
        assert.match(String(yield* defectOf(Spawned.cancel(p))), /another engine/)
        assert.strictEqual(yield* collect(lazy), 42)
      }))
      assert.strictEqual(yield* collect(lazy), 42)
      assert.strictEqual(yield* Spawned.fetch(p), 2)
    }))

  test("a large graph is right in two engines at the same time", () =>
    Effect.gen(function*() {
      const leaves = delayed(inc).map(Array.from({ length: 5000 }, (_, i) => i))
      const sums = leaves.map((leaf, i) => delayed(add)(leaf, leaves[leaves.length - 1 - i]))
      const right = yield* fork(elsewhere(collect([...sums, ...leaves])))
      const wrong = (yield* collect(sums)).findIndex((n) => n !== 5001)
      assert.strictEqual(wrong, -1)
      const values = yield* Fiber.join(right)
      assert.isTrue(values.slice(0, 5000).every((n) => n === 5001))
      assert.isTrue(values.slice(5000).every((n, i) => n === i + 1))
    }))

  test("a failure in one leaves the other alone", () =>
    Effect.gen(function*() {
      const p = yield* spawn(inc, 1)
      const exit = yield* Effect.exit(elsewhere(collect(delayed(fails)("no"))))
      assert.isTrue(Exit.isFailure(exit))
      assert.strictEqual(yield* Spawned.fetch(p), 2)
    }))
})
