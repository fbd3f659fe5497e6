// Who asks for a value of a worker in the moment between its arrival and the turn in which it is taken in: there is such a
// moment whenever the loop has more to do, as when a large graph is being lowered.
import { assert, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber } from "effect"
import { join } from "node:path"
import { all, Chunk, collect, compute, delayed, Engine } from "poniard"
import { FarValues } from "../../src/processor/FarValues.ts"
import { folder, makeGate } from "./files.ts"
import { unlessItHangs } from "./hangs.ts"
import { kept } from "./modules4/kept.ts"
const { inc, make, slow } = kept
const N = 500

let onCame: (() => void) | undefined
const { came } = FarValues.prototype
FarValues.prototype.came = function(slot, held) {
  came.call(this, slot, held)
  const f = onCame
  onCame = undefined
  f?.()
}

for (const large of [false, true]) {
  it.live(`who asks for a value when it has just come is given it; a large graph is being lowered: ${large}`, (context) =>
    Effect.scoped(Effect.provide(
      unlessItHangs(
        Effect.gen(function*() {
          const file = join(yield* folder, "made")
          for (let round = 0; round < 15; round++) {
            const warm = yield* makeGate
            yield* warm.open
            for (let i = 0; i < 2; i++) {
              yield* collect(delayed(slow)(yield* collect(delayed(make)(file, N)), warm.began, warm.gate))
            }
            const gate = yield* makeGate
            const rows = delayed(make)(file, N)
            const reader = yield* Effect.forkChild(collect(delayed(slow)(rows, gate.began, gate.gate)), {
              startImmediately: true
            })
            yield* gate.hasBegun(1)
            yield* Effect.sleep(20)
            const stays = (yield* Engine.snapshot).memory.heapBytes > 0
            const chunk = yield* compute(rows)
            if (!stays) {
              yield* gate.open
              yield* Fiber.join(reader)
              continue
            }
            const context = yield* Effect.context<Engine>()
            const first = yield* Effect.forkChild(Chunk.get(chunk), { startImmediately: true })
            let second: Fiber.Fiber<{ rows: ReadonlyArray<unknown> }, unknown> | undefined
            onCame = () => {
              second = Effect.runFork(Effect.provide(Chunk.get(chunk), context)) as typeof second
            }
            const graph = large
              ? yield* Effect.forkChild(
                collect(all(Array.from({ length: 300_000 }, (_, i) => delayed((n: number) => n)(i)))),
                { startImmediately: true }
              )
              : undefined
            yield* Effect.sleep(5)
            yield* gate.open
            const exit = yield* Effect.exit(Fiber.join(first))
            if (Exit.isFailure(exit)) assert.fail(Cause.pretty(exit.cause))
            if (large) {
              const again = yield* Effect.exit(Fiber.join(second!))
              if (Exit.isFailure(again)) assert.fail(Cause.pretty(again.cause))
              assert.strictEqual(again.value.rows.length, N)
            }
            if (graph !== undefined) yield* Fiber.interrupt(graph)
            assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
            return
          }
          context.skip("no value stayed on its worker: the machine has too much else to do")
        }),
        "18 seconds"
      ),
      Engine.layer({ threads: 1, memory: "512 MiB", check: false })
    )))
}
