// Jobs whose processes are killed at random moments, more than thirty times in all, and started again (issue 4, line 9).
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { resumes } from "../engine/resuming.ts"

const seeds = [1, 2, 3, 4, 5, 6, 7, 8]

describe("jobs whose processes are killed", () => {
  it.live("at least 30 times at random moments, go on where they were", () =>
    Effect.scoped(Effect.gen(function*() {
      const killed = yield* Effect.forEach(seeds, (seed) => resumes(seed, 5))
      assert.isAtLeast(killed.reduce((a, b) => a + b), 30, killed.join(", "))
    })))
})
