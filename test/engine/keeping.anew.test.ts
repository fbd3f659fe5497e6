// A value whose worker is gone is being computed anew; somebody else asks for it meanwhile, and then nobody wants it any more.
import { assert, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Chunk, collect, compute, delayed, Engine } from "poniard"
import { folder, linesOf, makeGate, until } from "./files.ts"
import { unlessItHangs } from "./hangs.ts"
import { kept } from "./modules4/kept.ts"
const { endsOnce, inc, makeGated } = kept
const N = 500

const known = (path: string) =>
  Effect.gen(function*() {
    const gate = yield* makeGate
    yield* gate.open
    writeFileSync(join(path, "warm"), "x\nx\n")
    for (let i = 0; i < 4; i++) {
      const rows = yield* collect(delayed(makeGated)(join(path, `known${i}`), N, ""))
      yield* collect(delayed(endsOnce)(rows, join(path, "warm")))
    }
  })

for (const [late, reused] of [[false, false], [true, false], [true, true]]) {
  it.live(`the engine goes on; asked for late: ${late}; its id is another's: ${reused}`, (context) =>
    Effect.scoped(Effect.provide(
      unlessItHangs(
        Effect.gen(function*() {
          const path = yield* folder
          for (let round = 0; round < 6; round++) {
            yield* known(yield* folder)
            const [file, began, gate] = ["file", "began", "gate"].map((name) => join(path, `${name}${round}`))
            const rows = delayed(makeGated)(file, N, gate)
            const reader = yield* Effect.forkChild(collect(delayed(endsOnce)(rows, began)), { startImmediately: true })
            // It was made, its reader has ended the thread, and it is made anew: that waits at its gate now.
            yield* until(() => linesOf(file).length === 2 || linesOf(began).length === 2)
            if (linesOf(file).length < 2) {
              yield* Fiber.join(reader)
              continue
            }
            const asks = late ? yield* Effect.forkChild(collect(rows), { startImmediately: true }) : undefined
            yield* Effect.sleep(20)
            if (asks !== undefined) yield* Fiber.interrupt(asks)
            yield* Fiber.interrupt(reader)
            yield* Effect.sleep(50)
            // Others have the ids of what was given up by now.
            const others = reused ? yield* compute([1, 2, 3, 4, 5, 6].map((n) => delayed((m: number) => m)(n))) : []
            yield* Effect.sync(() => writeFileSync(gate, ""))
            yield* Effect.sleep(300)
            assert.deepStrictEqual(
              yield* Effect.forEach(others, (one) => Chunk.get(one)),
              reused ? [1, 2, 3, 4, 5, 6] : []
            )
            const exit = yield* Effect.exit(collect(delayed(inc)(1)))
            if (Exit.isFailure(exit)) assert.fail(Cause.pretty(exit.cause))
            assert.strictEqual(exit.value, 2)
            if (reused) return
            const { memory, tasks } = yield* Engine.snapshot
            assert.deepStrictEqual([memory.chunks, tasks.running], [0, 0])
            return
          }
          context.skip("no value stayed on its worker: the machine has too much else to do")
        }),
        "15 seconds"
      ),
      Engine.layer({ threads: 1, memory: "64 MiB", check: false })
    )))
}
