// Room where a value that is on a worker only is to come to the engine: it needs room itself, or waits for a task that does,
// so that nobody may wait for room until it has come.
import { assert, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { join } from "node:path"
import { Chunk, collect, delayed, Engine } from "poniard"
import { folder, makeGate } from "./files.ts"
import { unlessItHangs } from "./hangs.ts"
import { kept } from "./modules4/kept.ts"
const { hungry, make, slow } = kept
const N = 500

const known = (file: string) =>
  Effect.gen(function*() {
    const gate = yield* makeGate
    yield* gate.open
    for (let i = 0; i < 3; i++) {
      const rows = yield* collect(delayed(make)(file, N))
      yield* collect([delayed(hungry)(rows, gate.began, gate.gate, 10), delayed(slow)(rows, gate.began, gate.gate)])
    }
  })

for (const late of [false, true]) {
  for (const alloc of [true, false]) {
    it.live(`a task gets room over the budget; asked for late: ${late}; it allocates: ${alloc}`, (context) =>
      Effect.scoped(Effect.provide(
        unlessItHangs(
          Effect.gen(function*() {
            const files = yield* folder
            const file = join(files, "made")
            yield* known(file)
            for (let round = 0; round < 15; round++) {
              const gate = yield* makeGate
              const rows = delayed(make)(file, N)
              const reading = alloc
                ? collect(delayed(hungry)(rows, gate.began, gate.gate, 200_000))
                : collect(delayed(slow)(rows, gate.began, gate.gate))
              const reader = yield* Effect.forkChild(reading, { startImmediately: true })
              yield* gate.hasBegun(1)
              yield* Effect.sleep(20)
              const stays = (yield* Engine.snapshot).memory.heapBytes > 0
              if (!stays) {
                yield* gate.open
                yield* Fiber.join(reader)
                continue
              }
              // Somebody looks at a value that takes nearly all of the budget, and goes on looking.
              yield* Effect.scoped(Effect.gen(function*() {
                const { budgetBytes, storeBytes } = (yield* Engine.snapshot).memory
                const big = yield* Chunk.put(new Uint8Array(budgetBytes - storeBytes - 2 ** 19))
                yield* Chunk.use(big, () =>
                  Effect.gen(function*() {
                    const asks = late
                      ? yield* Effect.forkChild(collect(rows), { startImmediately: true })
                      : undefined
                    yield* Effect.sleep(20)
                    yield* gate.open
                    yield* Fiber.join(reader).pipe(Effect.timeout("4 seconds"))
                    if (asks !== undefined) {
                      const value = yield* Fiber.join(asks).pipe(Effect.timeout("4 seconds"))
                      assert.strictEqual(value.rows.length, N)
                    }
                  }))
              }))
              return
            }
            context.skip("no value stayed on its worker: the machine has too much else to do")
          }),
          "12 seconds"
        ),
        Engine.layer({ threads: 1, memory: "64 MiB", check: false })
      )))
  }
}
