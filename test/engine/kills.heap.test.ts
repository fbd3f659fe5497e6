// Tasks that exhaust their thread's JavaScript heap, in ways that V8 by itself would let end the whole process: the
// thread is ended in time, and the error says why.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { collect, collectExit, delayed, Engine } from "poniard"
import { marks, survives } from "./kills.ts"
import { fillsMap, json, numbered, push, pushesAt } from "./modules/killers.ts"
import { transports } from "./overTransports.ts"
import { failsWith, thrownBy } from "./plain/Claim.ts"

const tasks = { "a growing array": push, "a JSON loop": json, "a growing Map": fillsMap }

describe.each([...transports])(
  "a task that exhausts its heap (%s)",
  { concurrent: true, timeout: 90_000 },
  (transport) => {
    for (const [what, fn] of Object.entries(tasks)) {
      it.live(`by ${what} is ProcessorLost, which says so, and the engine goes on`, () =>
        survives(
          { threads: 1, transport, heap: "48 MiB" },
          Effect.gen(function*() {
            const { file, lines } = yield* marks
            const error = yield* failsWith(collect(delayed(fn)(file)), "ProcessorLost")
            assert.match(
              error.reason,
              /^its JavaScript heap is exhausted: it grew to \d+ MiB, more than the 48 MiB of Engine\.layer\(\{ heap \}\)$/
            )
            assert.strictEqual(lines().length, 3)
          })
        ))
    }

    it.live("costs no other task its result", () =>
      survives(
        { threads: 2, transport, heap: "48 MiB" },
        Effect.gen(function*() {
          const { file } = yield* marks
          const others = yield* marks
          const exits = yield* collectExit([
            delayed(push)(others.file),
            ...delayed(numbered).map(Array.from({ length: 30 }, () => file), 1)
          ])
          assert.deepStrictEqual(exits.map(Exit.isSuccess), exits.map((_, i) => i > 0))
        })
      ))
  }
)

describe.each([...transports])(
  "one of many calls of a quick function (%s)",
  { concurrent: true, timeout: 90_000 },
  (transport) => {
    it.live("that exhausts the heap is the one to blame, not those that had ended right before it", () =>
      survives(
        { threads: 1, transport, heap: "48 MiB" },
        Effect.gen(function*() {
          const numbers = Array.from({ length: 60 }, (_, i) => i)
          yield* collect(delayed(pushesAt).map(numbers, -1))
          const exits = yield* collectExit(delayed(pushesAt).map(numbers, 30))
          assert.deepStrictEqual(exits.map(Exit.isSuccess), numbers.map((n) => n !== 30))
        })
      ))
  }
)

describe("the option heap", () => {
  it("is refused where it makes no sense", () => {
    assert.match(
      thrownBy(() => Engine.layer({ heap: "1 MiB" })).message,
      /options\.heap: a heap of 1048576 bytes is too small/
    )
    assert.match(thrownBy(() => Engine.layer({ heap: -1 })).message, /options\.heap/)
  })
})
