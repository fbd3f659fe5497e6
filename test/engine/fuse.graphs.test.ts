// Random graphs of task functions, merged and apart: the same values, the same failures, fewer tasks.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type AnyDelayed, collectExit, delayed, Engine } from "poniard"
import { Random } from "../sim/Random.ts"
import { told, worlds } from "./fused.ts"
import * as chained from "./modules/chained.ts"
import { minus } from "./modules/chainedOther.ts"
import { unlessItHangs } from "./overTransports.ts"

const { add, inc, later, served, slowly } = chained

/** A random graph of short tasks some of which fail; its sinks and some others are collected. */
const graphOf = (seed: number): ReadonlyArray<AnyDelayed> => {
  const random = new Random(seed)
  const ones = [inc, minus, slowly, later, served] as ReadonlyArray<typeof inc>
  const made: Array<AnyDelayed> = [delayed(inc)(seed), delayed(minus)(1)]
  const used = new Set<AnyDelayed>()
  const take = (): never => {
    const one = made[random.int(3) > 0 ? made.length - 1 : random.int(made.length)]
    used.add(one)
    return one as never
  }
  while (made.length < 120) {
    const kind = random.int(12)
    if (kind < 6) made.push(delayed(ones[random.int(kind < 5 ? 2 : ones.length)])(take()))
    else if (kind < 8) made.push(delayed(add)(random.int(100), take()))
    else if (kind < 9) made.push(delayed(add)(take(), take()))
    else if (kind < 10) made.push(delayed(inc, { name: `named ${made.length}` })(take()))
    else if (kind < 11 && random.int(8) === 0) made.push(delayed(chained.throws)(take()))
    else made.push(delayed(inc)(made.length))
  }
  return made.filter((one, i) => !used.has(one) || i % 17 === 0)
}

describe("random graphs", () => {
  for (const [name, engine] of Object.entries(worlds)) {
    it.live(`give the same merged and apart, also what fails and how (${name})`, () =>
      Effect.gen(function*() {
        const of = (fuse: boolean) =>
          Effect.gen(function*() {
            const results: Array<unknown> = []
            for (let seed = 1; seed <= 12; seed++) results.push((yield* collectExit(graphOf(seed))).map(told))
            return [results, (yield* Engine.snapshot).tasks.total] as const
          }).pipe(unlessItHangs, Effect.provide(engine(fuse)))
        const [merged, few] = yield* of(true)
        const [apart, many] = yield* of(false)
        assert.deepStrictEqual(merged, apart)
        assert.isBelow(few, many * 0.9)
      }), 60_000)
  }
})
