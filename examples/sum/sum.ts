// Blocks of numbers are made, all of them kept, and added up twice. The blocks are Chunks in a Scope: whatever does not
// fit in memory is on disk until somebody wants it, and everything is gone when the Scope closes.
import * as Effect from "effect/Effect"
import { collect, compute, delayed } from "poniard"
import type { Cut, Job, Workload } from "../out-of-core/Job.ts"
import { smallAt } from "../out-of-core/numbers.ts"
import { make, sumOf } from "./tasks.ts"

// With data of four times the budget a block is 1/64 of the budget: two threads with a block each, two blocks that are
// being written and two that are read ahead are a tenth of it. Nothing ever needs two blocks at once.
const BLOCKS = 256

const describe = Effect.fnUntraced(function*(cut: Cut) {
  const blocks = yield* compute(delayed(make).map(Array.from({ length: cut.blocks }, (_, block) => block), cut))
  const sums: Array<number> = []
  for (let pass = 0; pass < 2; pass++) {
    const parts = yield* collect(delayed(sumOf).map(blocks))
    sums.push(parts.reduce((sum, part) => sum + part, 0))
  }
  return {
    says: `The sum is ${sums.join(", and once more ")}`,
    wrong: () => {
      const sum = sumAll(cut)
      return sums.every((one) => one === sum) ? undefined : `it is ${sum}`
    }
  }
}, Effect.scoped)

/** The sum by a plain loop; exact, as all numbers are whole and small. */
const sumAll = ({ blocks, length, seed }: Cut): number => {
  let sum = 0
  for (let place = 0; place < blocks * length; place++) sum += smallAt(seed, place)
  return sum
}

/** The example sum. */
export const sum: Workload = {
  name: "sum",
  about: "Makes blocks of numbers, keeps them, and adds them up twice.",
  passes: 2,
  jobOf: (bytes, seed): Job => {
    const cut = { blocks: BLOCKS, length: Math.round(bytes / 8 / BLOCKS), seed }
    return {
      says: `Made ${cut.blocks} blocks of ${cut.length.toLocaleString("en")} numbers and added them up twice`,
      dataBytes: 8 * cut.blocks * cut.length,
      blockBytes: 8 * cut.length,
      run: describe(cut)
    }
  }
}
