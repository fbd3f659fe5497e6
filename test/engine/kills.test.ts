// Tasks that cost their thread its life: by never ending, by process.exit. The engine ends them, replaces the thread, and
// neither loses nor repeats nor blames anything else.
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Stream } from "effect"
import { collect, collectExit, delayed, Engine, spawn, Spawned, spawnWith } from "poniard"
import type { Turn } from "../../src/engine/Journal.ts"
import { makeGate, until } from "./files.ts"
import { marks, restored, survives } from "./kills.ts"
import { asks, blocks, exits, exitsAfter, exitsFirst, exitsSoon, never, numbered, spins } from "./modules/killers.ts"
import { square } from "./modules/kinds.ts"
import { transports } from "./overTransports.ts"
import { failsWith } from "./plain/Claim.ts"

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i)

/** Every turn of the engine from now on. */
const recorded = Effect.gen(function*() {
  const turns: Array<Turn> = []
  yield* Effect.forkScoped(Stream.runForEach(Engine.events, (turn) => Effect.sync(() => void turns.push(turn))), {
    startImmediately: true
  })
  return turns
})

/** Attempts that have finished in these turns. */
const finishedIn = (turns: ReadonlyArray<Turn>): number =>
  turns.flatMap(({ events }) => events).reduce((sum, e) => sum + (e._tag === "finished" ? e.attempts.length : 0), 0)

/** Of the first worker that was told to interrupt an attempt: what it was sent after that, and what it still had. */
const afterInterrupt = (turns: ReadonlyArray<Turn>) => {
  const stuck = turns.flatMap(({ commands }) => commands).find((command) => command._tag === "interrupt")!
  const has = new Set<number>()
  let interrupted = false
  let sent = 0
  for (const { commands, events } of turns) {
    for (const event of events) {
      if (!("worker" in event) || event.worker !== stuck.worker) continue
      if (event._tag === "finished" || event._tag === "retracted") Array.from(event.attempts, (n) => has.delete(n))
      if (event._tag === "processor lost") return { sent, left: has.size - 1 }
    }
    for (const command of commands) {
      if (!("worker" in command) || command.worker !== stuck.worker) continue
      interrupted ||= command._tag === "interrupt"
      if (command._tag !== "run") continue
      command.attempts.forEach((n) => has.add(n))
      if (interrupted) sent += command.attempts.length
    }
  }
  return { sent, left: has.size - 1 }
}

describe.each([...transports])("a task that never ends (%s)", { concurrent: true, timeout: 90_000 }, (transport) => {
  it.live("and is cancelled costs its thread after the grace; what is queued behind it runs, once", () =>
    survives(
      { threads: 1, transport },
      Effect.gen(function*() {
        const { file, has, lines } = yield* marks
        const before = yield* restored(1)
        const endless = yield* spawn(spins, file)
        yield* has(1)
        const queued = yield* Effect.forEach(numbers(5), (n) => spawn(numbered, file, n))
        yield* Spawned.cancel(endless)
        yield* failsWith(Spawned.fetch(endless), "TaskCancelled")
        assert.deepStrictEqual(yield* Spawned.fetchAll(queued), numbers(5))
        assert.deepStrictEqual(lines().slice(1).map(Number).sort(), numbers(5))
        assert.notDeepEqual(yield* restored(1), before)
      })
    ))

  it.live("does not hold up its backlog where another thread can run it", () =>
    survives(
      { threads: 2, transport },
      Effect.gen(function*() {
        const { file, has } = yield* marks
        yield* restored(2)
        yield* collect(delayed(square).map(numbers(20)))
        const turns = yield* recorded
        const endless = yield* spawn(spins, file)
        yield* has(1)
        // Over bytes nothing can be taken back from a thread that does not listen: it must not be sent anything.
        const earlier = yield* Effect.forEach(numbers(transport === "thread" ? 8 : 0), (n) => spawn(square, n))
        yield* Spawned.cancel(endless)
        const later = yield* Effect.forEach(numbers(8), (n) => spawn(square, n))
        yield* Spawned.fetchAll([...earlier, ...later])
        yield* until(() => finishedIn(turns) >= earlier.length + later.length)
        assert.deepStrictEqual(afterInterrupt(turns), { sent: 0, left: 0 })
      })
    ))

  it.live("ends by its timeout, also if it waits for what never comes", () =>
    survives(
      { threads: 2, transport },
      Effect.gen(function*() {
        const { file, has, lines } = yield* marks
        const both = [
          yield* spawnWith({ timeout: 100 })(spins, file),
          yield* spawnWith({ timeout: 100 })(never, file)
        ] as const
        yield* has(2)
        const [loop, promise] = yield* Effect.forEach(
          both,
          (handle: Spawned<number>) => failsWith(Spawned.fetch(handle), "TaskTimedOut")
        )
        assert.deepStrictEqual([loop.task, loop.timeout, promise.task], ["spins", 100, "never"])
        assert.deepStrictEqual(lines().sort(), ["never", "spins"])
      })
    ))

  it.live("but waits while another works on its thread is no reason to end that", () =>
    survives(
      { threads: 1, transport },
      Effect.gen(function*() {
        const waiting = yield* marks
        const busy = yield* marks
        const before = yield* restored(1)
        const gate = yield* makeGate
        const parent = yield* spawn(asks, waiting.file, gate.gate)
        yield* waiting.has(1)
        const long = yield* spawn(blocks, busy.file, 3000)
        yield* gate.open
        yield* busy.has(1)
        yield* Spawned.cancel(parent)
        yield* failsWith(Spawned.fetch(parent), "TaskCancelled")
        assert.strictEqual(yield* Spawned.fetch(long), 3000)
        assert.deepStrictEqual(busy.lines(), ["blocks"])
        assert.deepStrictEqual(yield* restored(1), before)
      })
    ))

  it.live("ends with the engine, at once", () =>
    Effect.gen(function*() {
      const { file, has } = yield* marks
      const running = yield* Effect.forkChild(
        survives({ threads: 1, transport }, Effect.andThen(spawn(spins, file), Effect.never))
      )
      yield* has(1)
      const [took] = yield* Effect.timed(Fiber.interrupt(running))
      assert.isBelow(Duration.toMillis(took), 1500)
    }))
})

describe.each([...transports])(
  "a task that ends its thread (%s)",
  { concurrent: true, timeout: 90_000 },
  (transport) => {
    it.live("is tried three times, then it is ProcessorLost with the exit code", () =>
      survives(
        { threads: 2, transport },
        Effect.gen(function*() {
          const { file, lines } = yield* marks
          const error = yield* failsWith(
            collect(delayed(numbered)(file, delayed(exits, { name: "quits" })(file, 3))),
            "ProcessorLost"
          )
          assert.deepStrictEqual([error.task, error.exitCode, error.signal], ["numbered", 3, null])
          assert.match(error.processor, /^(thread|bytes) \d+$/)
          assert.match(error.reason, /perhaps by process\.exit\(\)/)
          assert.deepStrictEqual(lines(), ["exits", "exits", "exits"])
        })
      ))

    it.live("may do so twice without harm", () =>
      survives(
        { threads: 1, transport },
        Effect.gen(function*() {
          const { file } = yield* marks
          assert.strictEqual(yield* collect(delayed(exitsFirst)(file, 2)), 3)
        })
      ))

    it.live("from a timer is the one to blame", () =>
      survives(
        { threads: 1, transport },
        Effect.gen(function*() {
          const { file, lines } = yield* marks
          const error = yield* failsWith(collect(delayed(exitsSoon)(file, 8)), "ProcessorLost")
          assert.strictEqual(error.exitCode, 8)
          assert.strictEqual(lines().length, 3)
        })
      ))

    it.live("blames no other task of that thread, and repeats none that has finished", () =>
      survives(
        { threads: 1, transport },
        Effect.gen(function*() {
          const { file, lines } = yield* marks
          const others = yield* marks
          const tasks = [
            ...numbers(20).map((n) => delayed(numbered)(file, n)),
            delayed(exits)(others.file, 1),
            ...numbers(20).map((n) => delayed(numbered)(file, 20 + n))
          ]
          const ended = yield* collectExit(tasks)
          assert.deepStrictEqual(ended.map(Exit.isSuccess), tasks.map((_, i) => i !== 20))
          assert.deepStrictEqual(others.lines(), ["exits", "exits", "exits"])
          assert.deepStrictEqual(lines().map(Number).sort((a, b) => a - b), numbers(40))
        })
      ))

    it.live("when it has long ended itself keeps its result, and nobody is blamed", () =>
      survives(
        { threads: 1, transport },
        Effect.gen(function*() {
          const { file, has } = yield* marks
          const before = yield* restored(1)
          assert.strictEqual(yield* collect(delayed(exitsAfter)(file, 50)), "settled")
          yield* has(1)
          const runs = yield* collect(numbers(10).map((n) => delayed(numbered)(file, n)))
          assert.deepStrictEqual(runs, numbers(10))
          assert.notDeepEqual(yield* restored(1), before)
        })
      ))
  }
)
