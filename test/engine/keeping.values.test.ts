// Values that stay on the heap of their worker are what they would be otherwise, and are not lost with what they were made
// of. Each test runs over bytes, too, where nothing stays.
import { assert } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber } from "effect"
import { join } from "node:path"
import { Chunk, collect, collectExit, compute, delayed, Engine } from "poniard"
import { folder, linesOf, makeGate } from "./files.ts"
import { kept } from "./modules4/kept.ts"
import { inOwnEngine } from "./overTransports.ts"
const { bufferLength, endsOnce, inc, leaky, looks, make, quick, slow, spoils, table, text } = kept
const N = 500
const ROUNDS = 10
const failing = (exit: Exit.Exit<unknown, unknown>): void => {
  if (Exit.isFailure(exit)) assert.fail(Cause.pretty(exit.cause))
}

for (const n of [10_000, 5]) {
  for (const released of [false, true]) {
    inOwnEngine(
      `a text of ${n} letters is made once, and had by who asks late; its input is released: ${released}`,
      (own) =>
        own(
          { threads: 1, memory: "256 MiB", check: false },
          Effect.gen(function*() {
            for (let round = 0; round < ROUNDS; round++) {
              const file = join(yield* folder, "made")
              for (let i = 0; i < 3; i++) {
                const warm = yield* makeGate
                yield* warm.open
                const long = yield* collect(delayed(text)(file, 10_000))
                yield* collect(delayed(slow)(long, warm.began, warm.gate))
              }
              const before = linesOf(file).length
              const gate = yield* makeGate
              const input = yield* Chunk.put(new Float64Array(100))
              const made = delayed(text)(file, n, input)
              const reader = yield* Effect.forkChild(collect(delayed(slow)(made, gate.began, gate.gate)), {
                startImmediately: true
              })
              yield* gate.hasBegun(1)
              yield* Effect.sleep(10)
              if (released) yield* Chunk.release(input)
              const late = yield* Effect.forkChild(collect(made), { startImmediately: true })
              yield* Effect.sleep(10)
              yield* gate.open
              const exit = yield* Fiber.await(late)
              failing(exit)
              assert.strictEqual((exit as Exit.Success<string>).value.length, n)
              assert.strictEqual(linesOf(file).length, before + 1, "it was made more than once")
              yield* Fiber.join(reader)
            }
          })
        )
    )
  }
}

inOwnEngine(
  "what was made of a Chunk that is released by now is not lost with its thread",
  (own) =>
    own(
      { threads: 1, memory: "256 MiB", check: false },
      Effect.gen(function*() {
        for (let round = 0; round < 4; round++) {
          const path = yield* folder
          const warm = yield* makeGate
          yield* warm.open
          for (let i = 0; i < 3; i++) {
            const rows = yield* collect(delayed(make)(join(path, "m"), N))
            yield* collect(delayed(slow)(rows, warm.began, warm.gate))
            yield* collect(delayed(endsOnce)(rows, join(path, "w")))
          }
          const gate = yield* makeGate
          const input = yield* Chunk.put(new Float64Array(100))
          const rows = delayed(make)(join(path, "made"), N, input)
          const reader = yield* Effect.forkChild(
            collect([delayed(slow)(rows, gate.began, gate.gate), delayed(endsOnce)(rows, join(path, "ends"))]),
            { startImmediately: true }
          )
          yield* gate.hasBegun(1)
          yield* Effect.sleep(10)
          yield* Chunk.release(input)
          yield* gate.open
          failing(yield* Fiber.await(reader))
        }
      })
    )
)

inOwnEngine(
  "a value with the memory of all tasks in it is refused",
  (own, transport) =>
    own(
      { threads: 1, memory: "64 MiB", check: false },
      Effect.gen(function*() {
        for (let i = 0; i < ROUNDS; i++) {
          yield* collect(delayed(bufferLength)({ buffer: new SharedArrayBuffer(8) }, 1))
          const path = yield* folder
          const warm = yield* makeGate
          yield* warm.open
          const made = delayed(leaky, { bytes: 8192 })(join(path, "x"), i)
          const exits = yield* collectExit([delayed(bufferLength)(made, 1), delayed(bufferLength)(made, 2)])
          // Over bytes there is no such memory.
          for (const exit of exits) assert.strictEqual(exit._tag, transport === "thread" ? "Failure" : "Success")
        }
      })
    )
)

inOwnEngine(
  "what one task writes into its input another does not see, or is told of, with check",
  (own) =>
    own(
      { threads: 1, memory: "256 MiB", check: true },
      Effect.gen(function*() {
        for (let i = 0; i < 3; i++) {
          const warm = yield* collect(delayed(table)(i))
          yield* collectExit([delayed(spoils)(warm), delayed(looks)(warm, 0)])
        }
        for (let i = 0; i < ROUNDS; i++) {
          const made = delayed(table)(i + 5)
          const [spoiled, looked] = yield* collectExit([delayed(spoils)(made), delayed(looks)(made, 0)])
          if (spoiled._tag === "Failure") continue
          if (looked._tag === "Failure") continue
          assert.match(looked.value as string, new RegExp(`^${i + 5} `))
        }
      })
    )
)

for (const bad of [false, true]) {
  inOwnEngine(
    `a task's timeout holds; beside one that is refused: ${bad}`,
    (own) =>
      own(
        { threads: 1, memory: "256 MiB", check: false },
        Effect.gen(function*() {
          const path = yield* folder
          const warm = yield* makeGate
          yield* warm.open
          const timed = delayed(quick, { timeout: "300 millis" })
          for (let i = 0; i < 5; i++) {
            const rows = yield* collect(delayed(make)(join(path, "m"), 500))
            yield* collect([delayed(slow)(rows, warm.began, warm.gate), delayed(inc)(timed("", i))])
          }
          const [odd, here] = delayed((): [object, number] => [
            bad
              ? { f: () => 1 }
              : { f: 1 },
            1
          ], { outputs: 2 })()
          const x = delayed(make)(join(path, "made"), 500, odd)
          const y = timed(join(path, "never"), here)
          const exits = yield* collectExit([
            delayed((of: unknown) => of)(x),
            delayed(slow)(y as never, warm.began, warm.gate)
          ]).pipe(Effect.timeout("5 seconds"))
          assert.strictEqual(Exit.isFailure(exits[0]), bad)
          assert.isTrue(Exit.isFailure(exits[1]))
        })
      )
  )
}

/** A Chunk whose value was on the heap of a thread that is gone; undefined if none stayed there. */
const gone = (file: string) =>
  Effect.gen(function*() {
    for (let round = 0; round < 10; round++) {
      const warm = yield* makeGate
      yield* warm.open
      for (let i = 0; i < 2; i++) {
        yield* collect(delayed(slow)(yield* collect(delayed(make)(file, 500)), warm.began, warm.gate))
      }
      const gate = yield* makeGate
      const rows = delayed(make)(file, 500)
      const reader = yield* Effect.forkChild(collect(delayed(slow)(rows, gate.began, gate.gate)), {
        startImmediately: true
      })
      yield* gate.hasBegun(1)
      yield* Effect.sleep(20)
      const stays = (yield* Engine.snapshot).memory.heapBytes > 0
      const chunk = yield* compute(rows)
      yield* gate.open
      yield* Fiber.join(reader)
      yield* collect(delayed(endsOnce)({ serial: 1, rows: [] }, join(yield* folder, "ends")))
      if (stays) return chunk
    }
    return undefined
  })

inOwnEngine(
  "a task with a checkpoint reads a Chunk whose thread is gone",
  (own, transport) =>
    transport === "bytes" ? Effect.void : Effect.gen(function*() {
      const directory = yield* folder
      yield* own(
        { threads: 1, memory: "64 MiB", check: false, checkpoint: { directory } },
        Effect.gen(function*() {
          const chunk = yield* gone(join(yield* folder, "made"))
          if (chunk === undefined) return
          const gate = yield* makeGate
          yield* gate.open
          const exit = yield* Effect.exit(
            collect(delayed(slow, { checkpoint: true, version: "1" })(chunk, gate.began, gate.gate))
          )
          if (Exit.isFailure(exit)) assert.fail(Cause.pretty(exit.cause))
        })
      )
    })
)
