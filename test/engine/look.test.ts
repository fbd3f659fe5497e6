// Looking into an engine: the stream of its turns, its numbers, and why a task is not running.
import { assert } from "@effect/vitest"
import { Effect, Fiber, Schedule, Stream } from "effect"
import { all, Chunk, collect, compute, delayed, Engine, spawn, Spawned, spawnWith } from "poniard"
import type { Turn } from "../../src/engine/Journal.ts"
import { makeGate } from "./files.ts"
import { a } from "./modules2/arrays.ts"
import { hold } from "./modules2/gates.ts"
import { add, boom, inc } from "./modules2/numbers.ts"
import { overTransports } from "./overTransports.ts"

/** The turns of an engine while something runs, and a little after. */
const turnsOf = <A, E, R>(body: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const turns: Array<Turn> = []
    const following = yield* Effect.forkChild(
      Stream.runForEach(Engine.events, (turn) => Effect.sync(() => turns.push(turn))),
      {
        startImmediately: true
      }
    )
    yield* body
    yield* Effect.repeat(Effect.yieldNow, {
      until: () => turns.some(({ commands }) => commands.some(({ _tag }) => _tag === "release"))
    })
    yield* Fiber.interrupt(following)
    return turns
  })

const tags = (turns: ReadonlyArray<Turn>) =>
  turns.flatMap(({ commands, events }) => [...events, ...commands].map(({ _tag }) => _tag))

overTransports("events", { threads: 1 }, (test) => {
  test("are the turns of the scheduler, in order, as plain data", () =>
    Effect.gen(function*() {
      yield* collect(delayed(inc)(0))
      const turns = yield* turnsOf(collect(delayed(add)(delayed(inc)(1), delayed(inc)(2))))
      const seen = tags(turns)
      for (const tag of ["submitted", "run", "finished", "settle", "dropped", "release"] as const) {
        assert.include(seen, tag)
      }
      assert.isBelow(seen.indexOf("submitted"), seen.indexOf("run"))
      assert.isBelow(seen.indexOf("run"), seen.indexOf("finished"))
      assert.isBelow(seen.indexOf("settle"), seen.lastIndexOf("release"))
      turns.slice(1).forEach(({ at, turn }, i) => {
        assert.strictEqual(turn, turns[i].turn + 1)
        assert.isAtLeast(at, turns[i].at)
      })
      const plain = JSON.parse(JSON.stringify(turns)) as ReadonlyArray<Turn>
      assert.deepStrictEqual(tags(plain), seen)
    }))

  test("name the submitted tasks, their inputs and what they made", () =>
    Effect.gen(function*() {
      const turns = yield* turnsOf(collect(delayed(a.sum)(delayed(a.allocOnly)(10_000))))
      const finished = turns.flatMap(({ events }) => events.filter((event) => event._tag === "finished"))
      const bytes = finished.flatMap((event) => Array.from(event.bytes))
      assert.include(bytes, 80_000)
      const ran = turns.flatMap(({ commands }) =>
        commands.flatMap((command) => command._tag === "run" ? [...command.tasks] : [])
      )
      assert.strictEqual(new Set(ran).size, 2)
    }))

  test("go to everybody who follows", () =>
    Effect.gen(function*() {
      const both = yield* Effect.all([turnsOf(collect(delayed(inc)(1))), turnsOf(Effect.void)], {
        concurrency: "unbounded"
      })
      for (const turns of both) assert.include(tags(turns), "finished")
      assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
    }))
})

overTransports("snapshot", { threads: 2, memory: "4 MiB" }, (test, transport) => {
  test("counts tasks by state, bytes by place and attempts by processor", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const before = yield* Engine.snapshot
      const running = yield* spawn(hold, gate.began, gate.gate, 1)
      const other = yield* spawn(hold, gate.began, gate.gate, 1)
      yield* gate.hasBegun(2)
      const waiting = yield* spawn(inc, running)
      const kept = yield* Chunk.put(new Float64Array(10_000))
      const bad = yield* spawn(boom, "bang")
      yield* gate.openOther(".never")
      const { memory, processors, tasks } = yield* Engine.snapshot
      assert.strictEqual(tasks.total - before.tasks.total, 4)
      assert.strictEqual(tasks.running + tasks.ready, 3)
      assert.isAtLeast(tasks.running, 2)
      assert.isAtLeast(tasks.waiting, 1)
      assert.deepStrictEqual([memory.budgetBytes, memory.chunks], [4 * 2 ** 20, 5])
      assert.isAtLeast(memory.residentBytes, kept.bytes)
      assert.isAtLeast(memory.storeBytes, memory.residentBytes)
      assert.isAtLeast(memory.peakStoreBytes, memory.storeBytes)
      assert.deepStrictEqual(processors.map(({ kind }) => kind).sort(), ["fiber", transport, transport].sort())
      assert.isAtLeast(processors.reduce((sum, { sent }) => sum + sent, 0), 2)
      yield* gate.open
      yield* Spawned.waitAll([running, other, waiting, bad])
      const after = yield* Engine.snapshot
      assert.deepStrictEqual([after.tasks.done - before.tasks.done, after.tasks.failed - before.tasks.failed], [3, 1])
      assert.deepStrictEqual([after.tasks.running, after.tasks.ready], [0, 0])
    }))

  test("knows what went through the disk", () =>
    Effect.gen(function*() {
      const chunks = yield* compute(delayed(a.allocOnly).map(Array.from({ length: 120 }, () => 10_000)))
      yield* collect(chunks.map((chunk) => delayed(a.sum)(chunk)))
      const { memory } = yield* Engine.snapshot
      assert.isAtLeast(memory.spilledBytes, 4 * 2 ** 20)
      assert.isAtLeast(memory.restoredBytes, 2 ** 20)
      assert.isUndefined(memory.trouble)
    }))
})

overTransports("explain", { threads: 1 }, (test, transport) => {
  test("says of each task what it waits for", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const running = yield* spawnWith({ name: "first", bytes: "10 MiB" })(hold, gate.began, gate.gate, 1)
      yield* gate.hasBegun(1)
      const waiting = yield* spawnWith({ name: "second" })(inc, running)
      const ready = yield* spawnWith({ name: "third", bytes: "10 MiB" })(hold, gate.began, gate.gate, 1)
      const lazy = delayed(inc, { name: "fourth" })(1)
      const is = (pattern: RegExp, handle: Parameters<typeof Engine.explain>[0]) =>
        Effect.map(Engine.explain(handle), (text) => assert.match(text, pattern))
      yield* is(/"first" .* is running on processor 1 as attempt \d+/, running)
      yield* is(/"second" .* is waiting for "first" \(task \d+\), which is running/, waiting)
      yield* is(new RegExp(`"third" .* is ready: ${transport} 1 has 1 .*memory: .* it needs about 10485760`), ready)
      yield* is(/"fourth" is no task of this engine/, lazy)
      yield* is(/"first".*\n"fourth"/s, all([running, lazy]))
      const everything = yield* Engine.explain()
      for (const name of ["first", "second", "third"]) assert.include(everything, `"${name}"`)
      yield* gate.open
      yield* Spawned.waitAll([running, waiting, ready])
      yield* is(/"second" .* is stored/, waiting)
      assert.strictEqual(yield* Engine.explain(), "nothing is waiting, ready or running")
    }))

  test("says why a task failed, what a retry waits for and what a chunk is", () =>
    Effect.gen(function*() {
      const bad = yield* spawnWith({ name: "bad" })(boom, "bang")
      yield* Spawned.wait(bad)
      assert.match(yield* Engine.explain(bad), /"bad" .* is failed: .*bang/)
      const again = yield* spawnWith({ name: "again", retry: Schedule.spaced("1 hour") })(boom, "bang")
      const tried = Effect.map(Engine.explain(again), (text) => text.includes("tried again later"))
      yield* Effect.repeat(tried, { schedule: Schedule.spaced("1 millis"), until: (is) => is })
      const chunk = yield* Chunk.put([1])
      assert.match(yield* Engine.explain(chunk), /chunk \d+ is stored, \d+ bytes/)
      yield* Chunk.release(chunk)
      assert.match(yield* Engine.explain(chunk), /released/)
    }))
})
