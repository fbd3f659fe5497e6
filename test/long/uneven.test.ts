// Uneven work on real threads, with enough seeds to speak of a median (issue 3).
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Engine } from "poniard"
import { unevenRatio } from "../engine/uneven.ts"

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9]

/** The ratios of all seeds, in order. */
const ratios = (slowness: number) =>
  Effect.forEach(seeds, (seed) => unevenRatio(seed, slowness)).pipe(
    Effect.map((all) => all.sort((a, b) => a - b)),
    Effect.provide(Engine.layer({ threads: 2, memory: "16 MiB" }))
  )

describe("500 log-normal tasks on two threads", () => {
  it.live("take at most 1.1 times the least that is possible: the median of 9 seeds", () =>
    Effect.gen(function*() {
      const all = yield* ratios(1)
      assert.isAtMost(all[4], 1.1, all.join(", "))
    }))

  it.live("one of which is 10 times slower, take at most 1.15 times that: the median of 9 seeds", () =>
    Effect.gen(function*() {
      const all = yield* ratios(10)
      assert.isAtMost(all[4], 1.15, all.join(", "))
    }))
})
