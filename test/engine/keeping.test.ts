// Values that stay on the heap of the worker that made them, because all that use them were sent there behind their task:
// they are the very objects, and whoever comes to need one after all gets it, even if that worker is gone.
import { assert, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { join } from "node:path"
import { collect, collectExit, delayed, Engine, NotTransferable, TaskFailed } from "poniard"
import { FarValues } from "../../src/processor/FarValues.ts"
import { folder, linesOf, makeGate, until } from "./files.ts"
import { begun, endsOnce, function_, isHere, make, merge, type Rows, slab, slow, write } from "./modules4/keeping.ts"
import { inOwnEngine, overTransports } from "./overTransports.ts"

const N = 500
const ROUNDS = 20

/** Functions are sent behind others once it is known how long they take and how much they make. */
const known = (file: string) =>
  Effect.gen(function*() {
    for (let i = 0; i < 3; i++) {
      const rows = yield* collect(delayed(make)(file, N))
      yield* collect([delayed(isHere)(rows, 0), delayed(slow)(rows, `${file}.began`, file), delayed(merge)(rows, rows)])
      yield* collect([delayed(begun)({ xs: new Float64Array(1000) }, 0), delayed(slab)(1)])
      // It does not end its thread where others have begun.
      yield* collect(delayed(endsOnce)(rows, `${file}.began`))
    }
  })

/** How often the rows of a file were made. */
const timesMade = (file: string): number => linesOf(file).length

/** Somebody comes to need rows while their one reader runs; they were made once. */
const comeLate = (file: string) =>
  Effect.gen(function*() {
    const gate = yield* makeGate
    const before = timesMade(file)
    const rows = delayed(make)(file, N)
    const reader = yield* Effect.forkChild(collect(delayed(slow)(rows, gate.began, gate.gate)))
    yield* gate.hasBegun(1)
    const late = yield* Effect.forkChild(collect([rows, delayed((of: Rows) => of.rows.length)(rows)]), {
      startImmediately: true
    })
    yield* Engine.snapshot
    yield* gate.open
    const [value, length] = yield* Fiber.join(late)
    assert.deepStrictEqual([value.serial, value.rows.length, length], [before + 1, N, N])
    assert.strictEqual(yield* Fiber.join(reader), before + 1)
    assert.strictEqual(timesMade(file), before + 1)
  })

let recalled = 0
const { came } = FarValues.prototype
FarValues.prototype.came = function(slot, held) {
  if (held !== undefined) recalled++
  return came.call(this, slot, held)
}

overTransports(
  "values that stay on their worker",
  { threads: 1, memory: "256 MiB", check: false },
  (test, transport) => {
    const stays = transport === "thread"

    test("are given to all that use them as the objects that they are", () =>
      Effect.gen(function*() {
        const file = join(yield* folder, "made")
        yield* known(file)
        // On a machine that is busy a task may look too long for others to be sent behind it.
        let [together, merged] = [0, 0]
        for (let round = 0; round < ROUNDS; round++) {
          const rows = delayed(make)(file, N)
          const seen = yield* collect([1, 2, 3].map((n) => delayed(isHere)(rows, n)))
          if (seen.every((isIt) => isIt)) together++
          const left = delayed(merge)(rows, rows)
          if (yield* collect(delayed(isHere)(delayed(merge)(left, rows), 0))) merged++
        }
        if (stays) assert.isTrue(together > 0 && merged > 0, `${together} and ${merged} of ${ROUNDS} rounds`)
        else assert.deepStrictEqual([together, merged], [0, 0])
      }))

    test("count as memory by the published rule", () =>
      Effect.gen(function*() {
        const file = join(yield* folder, "made")
        yield* known(file)
        let heapBytes = 0
        for (let round = 0; round < ROUNDS && heapBytes === 0; round++) {
          const gate = yield* makeGate
          const rows = delayed(make)(file, N)
          const reader = yield* Effect.forkChild(collect(delayed(slow)(rows, gate.began, gate.gate)))
          yield* gate.hasBegun(1)
          heapBytes = (yield* Engine.snapshot).memory.heapBytes
          yield* gate.open
          yield* Fiber.join(reader)
          if (!stays) assert.strictEqual(heapBytes, 0)
        }
        // 28 + 8 a field of each row and its name, 8 a place, and a serial.
        const bytes = N * (28 + 16 + 16 + 8 + 8.8)
        if (stays) assert.isTrue(Math.abs(heapBytes - bytes) < 0.3 * bytes, `${heapBytes}, not about ${bytes}`)
      }))

    test("are sent to who comes to need them later, between two tasks of their worker", () =>
      Effect.gen(function*() {
        const file = join(yield* folder, "made")
        yield* known(file)
        recalled = 0
        for (let round = 0; round < ROUNDS && (round === 0 || (stays && recalled === 0)); round++) yield* comeLate(file)
        if (stays) assert.isAbove(recalled, 0)
      }))

    test("are refused as results are where something in them cannot be sent", () =>
      Effect.gen(function*() {
        for (let i = 0; i < 3; i++) {
          const odd = delayed(function_)(i)
          const [exit] = yield* collectExit([delayed(isHere)(odd, i)])
          assert.isTrue(exit._tag === "Failure")
          const error = yield* Effect.flip(exit)
          assert.instanceOf(error, NotTransferable)
          assert.include((error as NotTransferable).path, "f")
        }
      }))

    test("are none with memory of the arena in them", () =>
      Effect.gen(function*() {
        const file = join(yield* folder, "made")
        yield* known(file)
        for (let round = 1; round < 20; round++) {
          const made = [1, 2, 3].map((n) => delayed(slab)(10 * round + n))
          const read = made.flatMap((one) => [delayed(begun)(one, 1), delayed(begun)(one, 2)])
          const expected = [1, 1, 2, 2, 3, 3].map((n) => 10 * round + n)
          assert.deepStrictEqual(yield* collect(read), expected)
        }
      }))
  }
)

inOwnEngine("a value that stays is frozen under check", (own) =>
  own(
    { threads: 1, memory: "256 MiB", check: true },
    Effect.gen(function*() {
      const file = join(yield* folder, "made")
      yield* known(file)
      yield* collect(delayed(write)({ serial: 0, rows: [{ id: 1, name: "" }] }))
      const rows = delayed(make)(file, N)
      const written = yield* collectExit([delayed(write)(rows), delayed(isHere)(rows, 1)])
      if (written[0]._tag === "Failure") assert.instanceOf(yield* Effect.flip(written[0]), TaskFailed)
      assert.strictEqual(written[1]._tag, "Success")
    })
  ))

inOwnEngine("a value whose worker is gone is computed anew for those that still need it", (own) =>
  own(
    { threads: 1, memory: "256 MiB", check: false },
    Effect.gen(function*() {
      const file = join(yield* folder, "made")
      const began = join(yield* folder, "began")
      yield* known(file)
      const before = timesMade(file)
      const rows = delayed(make)(file, N)
      const serial = yield* collect(delayed(endsOnce)(rows, began))
      assert.strictEqual(linesOf(began).length, 2)
      assert.isAtLeast(serial, before + 1)
      assert.isAtMost(timesMade(file), before + 2)
    })
  ))

it.live("whoever waits for a value of a worker is told when the engine is closed", () =>
  Effect.scoped(Effect.gen(function*() {
    const files = yield* folder
    let told = 0
    for (let round = 0; round < ROUNDS && told === 0; round++) {
      const scope = yield* Scope.make()
      const engine = Engine.layer({ threads: 1, memory: "256 MiB", check: false })
      const services = yield* Layer.buildWithScope(engine as Layer.Layer<Engine>, scope)
      const gate = join(files, `gate${round}`)
      yield* Effect.provide(known(join(files, `made${round}`)), services)
      const rows = delayed(make)(join(files, `made${round}`), N)
      const reading = Effect.provide(collect(delayed(slow)(rows, `${gate}.began`, gate)), services)
      yield* Effect.forkChild(reading, { startImmediately: true })
      yield* until(() => linesOf(`${gate}.began`).length > 0)
      const late = yield* Effect.forkChild(Effect.provide(collect(rows), services), { startImmediately: true })
      yield* Effect.sleep(20)
      const waits = late.pollUnsafe() === undefined
      yield* Scope.close(scope, Exit.void)
      const exit = yield* Fiber.await(late)
      if (!waits) continue
      told++
      assert.match(Cause.pretty((exit as Exit.Failure<unknown, unknown>).cause), /the engine is closed/)
    }
    assert.strictEqual(told, 1)
  })))
