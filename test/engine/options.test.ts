// The options of tasks, on threads and on this one: names, order, results that travel in the message, declared sizes.
import { assert } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Chunk, collect, compute, delayed, Engine, spawn, Spawned, spawnWith, StoreFull, TaskFailed } from "poniard"
import { makeGate } from "./files.ts"
import { a, type Numbers } from "./modules2/arrays.ts"
import { hold, mark } from "./modules2/gates.ts"
import { boom, identity, inc } from "./modules2/numbers.ts"
import { r } from "./modules2/release.ts"
import { emptied, overTransports } from "./overTransports.ts"

const MiB = 2 ** 20
const N = 10_000
const SUM = (N * (N - 1)) / 2

const memory = Effect.map(Engine.snapshot, (snapshot) => snapshot.memory)

overTransports("name", { threads: 1 }, (test) => {
  test("is what errors and explanations call a task", () =>
    Effect.gen(function*() {
      const bad = delayed(boom, { name: "the root" })("bang")
      const error = yield* Effect.flip(collect(delayed(inc, { name: "the end" })(delayed(inc)(bad))))
      assert.instanceOf(error, TaskFailed)
      assert.deepStrictEqual(error.path, ["the root", "inc", "the end"])
      assert.match(error.message, /Task "the end" failed.*bang.*Root Task: "the root"/s)
      const gate = yield* makeGate
      const p = yield* spawnWith({ name: "held up" })(hold, gate.began, gate.gate, 1)
      yield* gate.hasBegun(1)
      assert.match(yield* Engine.explain(p), /"held up" .* is running on processor/)
    }))
})

overTransports("priority", { threads: 1 }, (test) => {
  const order = (fn: (file: string, value: number) => number) =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const priorities = [0, 5, -3, 5, 1, 0]
      yield* collect(priorities.map((priority, i) => delayed(fn, { priority })(gate.began, 10 * i + priority)))
      assert.deepStrictEqual(gate.order(), [15, 35, 41, 0, 50, 17])
    })

  test("runs what is higher first, of equals what was submitted first", () => order(mark))
  test("also on this thread", () => order((file, value) => mark(file, value)))

  test("goes before the order of submission, for what waits", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const first = yield* spawn(hold, gate.began, gate.gate, 0)
      yield* gate.hasBegun(1)
      const later = yield* Effect.forEach(Array.from({ length: 1000 }, (_, i) => 1000 + i), (i) =>
        spawn(mark, gate.began, i))
      const urgent = yield* spawnWith({ priority: 9 })(mark, gate.began, 99)
      yield* gate.open
      yield* Spawned.waitAll([first, urgent, ...later])
      // A few that were sent ahead before it came may run first.
      assert.isBelow(gate.order().indexOf(99), 500)
    }))
})

overTransports("getResult", { memory: 4 * MiB }, (test) => {
  test("brings the value in the message: it takes no shared memory, and counts", () =>
    Effect.gen(function*() {
      const chunk = yield* compute(delayed(a.allocOnly, { getResult: true })(N))
      const { residentBytes, roomBytes, slabBytes, storeBytes } = yield* memory
      assert.strictEqual(slabBytes, roomBytes)
      assert.isAtLeast(residentBytes, 8 * N)
      assert.isAtLeast(storeBytes, 8 * N)
      const xs: Numbers = yield* Chunk.get(chunk)
      assert.deepStrictEqual([xs.length, xs[N - 1], xs.buffer instanceof SharedArrayBuffer], [N, N - 1, false])
      xs.fill(0)
      assert.strictEqual((yield* Chunk.get(chunk))[N - 1], N - 1)
    }))

  test("is the same value for tasks that use it, wherever they run", () =>
    Effect.gen(function*() {
      for (
        const made of [
          delayed(a.allocOnly, { getResult: true })(N),
          delayed((n: number) => a.allocOnly(n), { getResult: true })(N)
        ]
      ) {
        const here = delayed((xs: Numbers) => a.sum(xs))(made)
        assert.deepStrictEqual(yield* collect([here, delayed(a.sum)(made)]), [SUM, SUM])
      }
      const record = delayed(r.record, { getResult: true })(3, 100)
      assert.deepStrictEqual(yield* collect(record), r.record(3, 100))
      assert.strictEqual(yield* collect(delayed(r.size)(record)), 100)
      for (const value of [1, undefined, "text", null]) {
        assert.strictEqual(yield* collect(delayed(identity<unknown>, { getResult: true })(value as never)), value)
      }
    }))

  test("keeps the value in memory when others are spilled", () =>
    Effect.gen(function*() {
      const chunk = yield* compute(delayed(a.allocOnly, { getResult: true })(N))
      yield* compute(delayed(a.allocOnly).map(Array.from({ length: 80 }, () => N)))
      assert.isAbove((yield* memory).spilledBytes, 0)
      const { restoredBytes } = yield* memory
      assert.strictEqual(yield* Chunk.use(chunk, (xs) => Effect.succeed(a.sum(xs))), SUM)
      assert.strictEqual((yield* memory).restoredBytes, restoredBytes)
    }))
})

overTransports("bytes", { memory: 4 * MiB }, (test) => {
  test("over the budget is refused when it is submitted, with both numbers", () =>
    Effect.gen(function*() {
      const refused = (error: unknown) => {
        assert.instanceOf(error, StoreFull)
        assert.deepStrictEqual([error.task, error.needed, error.budget], ["huge", 5 * MiB, 4 * MiB])
      }
      const options = { name: "huge", bytes: "5 MiB" } as const
      refused(yield* Effect.flip(collect(delayed(inc, options)(1))))
      refused(yield* Effect.flip(collect([delayed(inc)(1), delayed(inc)(delayed(inc, options)(1))])))
      refused(yield* Effect.flip(Spawned.fetch(yield* spawnWith(options)(inc, 1))))
      assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
    }))

  test("are set aside before a task is sent: two that do not fit together run one after the other", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const tasks = delayed(hold, { bytes: "2 MiB" }).map([gate.began, gate.began], gate.gate, 1)
      const collecting = yield* Effect.forkChild(collect(tasks), { startImmediately: true })
      yield* gate.hasBegun(1)
      const { memory: { reservedBytes }, tasks: { ready, running } } = yield* Engine.snapshot
      assert.deepStrictEqual([reservedBytes, ready, running], [2 * MiB, 1, 1])
      assert.match(
        yield* Engine.explain(),
        /"hold".* is ready.*memory: 2097152 of 4194304 bytes in use.*needs about 2097152/s
      )
      yield* gate.open
      assert.deepStrictEqual(yield* Fiber.join(collecting), [1, 1])
      yield* emptied
    }))

  test("declared too small do not matter but for the plan", () =>
    Effect.gen(function*() {
      const made = delayed(a.allocOnly, { bytes: 64 }).map(Array.from({ length: 80 }, () => N))
      assert.strictEqual((yield* collect(made.map((xs) => delayed(a.sum)(xs)))).filter((sum) => sum === SUM).length, 80)
    }))
})
