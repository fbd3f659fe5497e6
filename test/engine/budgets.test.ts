// Several engines in one process: each holds its own budget, and too much of it is said.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { totalmem } from "node:os"
import { Engine } from "poniard"

const warnings = (...budgets: ReadonlyArray<number>) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const logger = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
    yield* Effect.scoped(Effect.gen(function*() {
      for (const memory of budgets) yield* Layer.build(Layer.fresh(Engine.layer({ threads: 0, memory })))
    })).pipe(Effect.provide(logger))
    return lines.filter((line) => line.includes("together"))
  })

/** No more than this process may use, whatever its control group says. */
const machine = Math.min(totalmem(), process.constrainedMemory() || Infinity)

describe("engines whose budgets are too much for the machine together", () => {
  it.effect("are warned of, with both numbers, when the second is built; one is not, whatever it takes", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* warnings(Math.floor(machine * 0.9)), [])
      assert.deepStrictEqual(yield* warnings(2 ** 22, 2 ** 22), [])
      const [line, ...others] = yield* warnings(Math.floor(machine * 0.5), Math.floor(machine * 0.4))
      assert.match(line, /the 2 engines of this process may take \d+ MiB together, of \d+ MiB/)
      assert.deepStrictEqual(others, [])
      assert.deepStrictEqual(yield* warnings(Math.floor(machine * 0.5)), [], "what is closed does not count")
    }))
})
