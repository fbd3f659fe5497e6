// The options `retry` and `timeout`: what is tried again and how often, how long attempts may take, who is told to stop.
import { assert } from "@effect/vitest"
import { Duration, Effect, Fiber, Schedule } from "effect"
import { join } from "node:path"
import {
  collect,
  collectExit,
  delayed,
  Engine,
  NotTransferable,
  spawn,
  Spawned,
  spawnWith,
  TaskFailed,
  TaskTimedOut
} from "poniard"
import { folder, linesOf, makeGate } from "./files.ts"
import { Flaky, t } from "./modules2/attempts.ts"
import { hold } from "./modules2/gates.ts"
import { inc } from "./modules2/numbers.ts"
import { emptied, overTransports } from "./overTransports.ts"

/** A file in which attempts are counted, and how many there are. */
const counter = Effect.map(folder, (path) => {
  const file = join(path, "attempts")
  return { file, times: () => linesOf(file).map(Number) }
})

overTransports("retry", {}, (test) => {
  const here = {
    throwsTimes: (file: string, times: number) => t.throwsTimes(file, times),
    failsTimes: (file: string, times: number) => t.failsTimes(file, times),
    rejectsTimes: (file: string, times: number) => t.rejectsTimes(file, times)
  }
  for (const [where, fns] of [["on a thread", t], ["on this thread", here]] as const) {
    for (const name of ["throwsTimes", "failsTimes", "rejectsTimes"] as const) {
      test(`tries again until it succeeds: ${name} ${where}`, () =>
        Effect.gen(function*() {
          const { file, times } = yield* counter
          const flaky = delayed(fns[name] as typeof t.throwsTimes, { retry: Schedule.recurs(5) })
          assert.strictEqual(yield* collect(delayed(inc)(flaky(file, 2))), 4)
          assert.strictEqual(times().length, 3)
        }))
    }
  }

  test("gives up when the Schedule does: the last error, with the attempt's number", () =>
    Effect.gen(function*() {
      const { file, times } = yield* counter
      const error = yield* Effect.flip(collect(delayed(t.throwsTimes, { retry: Schedule.recurs(2) })(file, 9)))
      assert.instanceOf(error, TaskFailed)
      assert.deepStrictEqual([error.attempt, times().length], [3, 3])
      assert.match(error.message, /attempt 3 of 9/)
      const typed = yield* Effect.flip(collect(delayed(t.failsTimes, { retry: Schedule.recurs(1) })(`${file}2`, 9)))
      assert.instanceOf(typed, Flaky)
      assert.strictEqual((typed as Flaky).attempt, 2)
    }))

  test("waits as long as the Schedule says", () =>
    Effect.gen(function*() {
      const { file, times } = yield* counter
      const retry = Schedule.upTo(Schedule.spaced("60 millis"), { times: 5 })
      assert.strictEqual(yield* collect(delayed(t.throwsTimes, { retry })(file, 2)), 3)
      const [first, second, third] = times()
      assert.isAtLeast(second - first, 55)
      assert.isAtLeast(third - second, 55)
    }))

  test("shows the Schedule what went wrong", () =>
    Effect.gen(function*() {
      const { file, times } = yield* counter
      const retry = Schedule.while(Schedule.recurs(9) as Schedule.Schedule<unknown, unknown>, ({ input }) =>
        Effect.succeed(input instanceof Flaky && input.attempt < 3))
      assert.instanceOf(yield* Effect.flip(collect(delayed(t.failsTimes, { retry })(file, 9))), Flaky)
      assert.strictEqual(times().length, 3)
    }))

  test("has a Schedule of its own for each task", () =>
    Effect.gen(function*() {
      const counters = yield* Effect.all([counter, counter, counter])
      const flaky = delayed(t.throwsTimes, { retry: Schedule.recurs(2) })
      const exits = yield* collectExit(counters.map(({ file }, i) => flaky(file, i + 1)))
      assert.deepStrictEqual(exits.map((exit) => exit._tag), ["Success", "Success", "Failure"])
    }))

  test("is not for what cannot cross, nor for an input that failed", () =>
    Effect.gen(function*() {
      const [refused, above] = [yield* counter, yield* counter]
      const options = { retry: Schedule.recurs(3) }
      assert.instanceOf(yield* Effect.flip(collect(delayed(t.refusedAlways, options)(refused.file))), NotTransferable)
      assert.strictEqual(refused.times().length, 1)
      yield* Effect.flip(collect(delayed(inc, options)(delayed(t.throwsTimes)(above.file, 1))))
      assert.strictEqual(above.times().length, 1)
    }))

  test("ends when nobody wants the task any more", () =>
    Effect.gen(function*() {
      const { file, times } = yield* counter
      const retry = Schedule.spaced("1 millis")
      const p = yield* spawnWith({ retry })(t.throwsTimes, file, 1e9)
      const gate = yield* makeGate
      yield* gate.until(() => times().length > 2)
      yield* Spawned.release(p)
    }))
})

overTransports("timeout", { threads: 1 }, (test) => {
  const timedOut = (error: unknown, task: string, timeout: number) => {
    assert.instanceOf(error, TaskTimedOut)
    assert.deepStrictEqual([error.task, error.timeout], [task, timeout])
  }

  test("ends an Effect, a Promise that listens and a function that asks", () =>
    Effect.gen(function*() {
      const { file } = yield* counter
      const options = { timeout: Duration.millis(40) }
      timedOut(yield* Effect.flip(collect(delayed(t.sleepsTimes, options)(file, 9))), "sleepsTimes", 40)
      timedOut(yield* Effect.flip(collect(delayed(t.listens, options)(file))), "listens", 40)
      timedOut(yield* Effect.flip(collect(delayed(t.spins, options)(file))), "spins", 40)
      assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
    }))

  test("ends an Effect on this thread", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(collect(delayed(() => Effect.never, { timeout: "30 millis", name: "here" })()))
      timedOut(error, "here", 30)
    }))

  test("counts from the moment when an attempt begins", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const before = yield* spawn(hold, gate.began, gate.gate, 1)
      yield* gate.hasBegun(1)
      const after = yield* spawnWith({ timeout: 60 })(inc, 1)
      yield* Effect.sleep(120)
      yield* gate.open
      assert.deepStrictEqual(yield* Spawned.fetchAll([before, after]), [1, 2])
    }))

  test("is for each attempt, and may be tried again", () =>
    Effect.gen(function*() {
      const { file, times } = yield* counter
      const options = { timeout: 40, retry: Schedule.recurs(3) }
      assert.strictEqual(yield* collect(delayed(t.sleepsTimes, options)(file, 2)), 3)
      assert.strictEqual(times().length, 3)
      const error = yield* Effect.flip(
        collect(delayed(t.sleepsTimes, { ...options, retry: Schedule.recurs(1) })(`${file}2`, 9))
      )
      timedOut(error, "sleepsTimes", 40)
      assert.strictEqual((error as TaskTimedOut).attempt, 2)
    }))

  test("that is not reached leaves no timer behind", () =>
    Effect.gen(function*() {
      const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
      const long = { timeout: "1 hour" } as const
      assert.strictEqual((yield* collect(delayed(inc, long).map(Array.from({ length: 200 }, (_, i) => i)))).length, 200)
      const p = yield* spawnWith(long)(inc, 1)
      yield* Spawned.wait(p)
      yield* Spawned.release(p)
      yield* Engine.snapshot
      assert.isAtMost(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length, before + 2)
      const again = yield* Effect.forEach(Array.from({ length: 50 }), () =>
        spawnWith({ retry: Schedule.spaced("1 hour") })(t.throwsTimes, "/dev/null", 9))
      yield* Effect.repeat(Engine.snapshot, {
        schedule: Schedule.spaced(1),
        until: ({ tasks }) =>
          tasks.running + tasks.ready === 0
      })
      yield* Effect.forEach(again, Spawned.release)
      yield* emptied
      assert.isAtMost(
        process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
        before + 2
      )
    }))

  test("fails dependents, whatever the others do", () =>
    Effect.gen(function*() {
      const { file } = yield* counter
      const late = delayed(t.sleepsTimes, { timeout: 30 })(file, 9)
      const collecting = yield* Effect.forkChild(collectExit([delayed(inc)(late), delayed(inc)(1)]), {
        startImmediately: true
      })
      const [first, second] = yield* Fiber.join(collecting)
      assert.deepStrictEqual([first._tag, second._tag], ["Failure", "Success"])
    }))
})
