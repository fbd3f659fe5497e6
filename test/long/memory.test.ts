// Random graphs of random sizes under random budgets: twenty-five seeds over each
// transport.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { runRandom } from "../engine/randomMemory.ts"

const MiB = 2 ** 20
const SEEDS = 25

describe("random graphs of random sizes under random budgets", () => {
  for (const transport of ["thread", "bytes"] as const) {
    it.live(
      `end, are right, and stay within the budget but for counted overdrafts (${transport})`,
      () =>
        Effect.gen(function*() {
          let spilled = 0
          for (let seed = 1; seed <= SEEDS; seed++) spilled += yield* runRandom(seed, transport)
          assert.isAbove(spilled, SEEDS * MiB)
        }),
      300_000
    )
  }
})
