// An external sample sort: splitters are chosen from a sample, every block is split into one piece for each part, and the
// pieces of a part are joined and sorted. Parts come one after the other in order, so that nothing has to be merged.
import * as Effect from "effect/Effect"
import { collect, delayed } from "poniard"
import type { Cut, Job, Workload } from "../out-of-core/Job.ts"
import { fractionAt } from "../out-of-core/numbers.ts"
import { addDigests, type Digest, digestOf, showDigest } from "./digest.ts"
import { choose, look, make, sample, type Seen, sort, split } from "./tasks.ts"

// With data of four times the budget a block is 1/16 of the budget, and so is a part, a little more or less. Whoever
// splits or sorts holds it twice: two threads take a quarter of the budget, and there is room to read ahead.
const BLOCKS = 64
// Larger ones are cut further: V8 sorts an array in shared memory in a copy of its own, which no budget knows of.
const LARGEST = 16 * 2 ** 20
const MOST_BLOCKS = 256
/** Samples of a block: 256 a part, so that the largest part is about a sixth larger than the mean. */
const SAMPLES = 256

/** How many blocks there are, and as many parts: a power of two, as those that split want it. */
const blocksOf = (bytes: number): number => {
  let blocks = BLOCKS
  while (bytes / blocks > LARGEST && blocks < MOST_BLOCKS) blocks *= 2
  return blocks
}

const describe = (cut: Cut) => {
  const numbers = Array.from({ length: cut.blocks }, (_, block) => block)
  const splitters = delayed(choose)(delayed(sample).map(numbers, cut, SAMPLES), cut.blocks)
  const pieces = delayed(make).map(numbers, cut).map((block) =>
    delayed(split, { outputs: cut.blocks })(block, splitters)
  )
  return numbers.map((part) => delayed(look)(delayed(sort)(pieces.map((block) => block[part]))))
}

/** What is wrong with parts, each of which was looked at, or nothing. */
const faultOf = (parts: ReadonlyArray<Seen>, digest: Digest, cut: Cut): string | undefined => {
  const unordered = parts.findIndex((part) => !part.ordered)
  if (unordered >= 0) return `part ${unordered} is not sorted`
  const filled = parts.filter((part) => part.numbers > 0)
  for (let p = 1; p < filled.length; p++) {
    if (filled[p - 1].last > filled[p].first) {
      return `one part ends with ${filled[p - 1].last}, and another follows with `
        + `${filled[p].first}`
    }
  }
  const numbers = parts.reduce((sum, part) => sum + part.numbers, 0)
  if (numbers !== cut.blocks * cut.length) return `it was ${cut.blocks * cut.length} numbers`
  const wanted = showDigest(digestAll(cut))
  return showDigest(digest) === wanted ? undefined : `the numbers that were made have the digest ${wanted}`
}

/** The digest of all numbers, made once more by a plain loop. */
const digestAll = ({ blocks, length, seed }: Cut): Digest => {
  const block = new Float64Array(length)
  let digest: Digest = [0, 0]
  for (let first = 0; first < blocks * length; first += length) {
    for (let i = 0; i < length; i++) block[i] = fractionAt(seed, first + i)
    digest = addDigests(digest, digestOf(block))
  }
  return digest
}

const find = (cut: Cut) =>
  Effect.map(collect(describe(cut)), (parts) => {
    const digest = parts.map((part) => part.digest).reduce(addDigests)
    const numbers = parts.reduce((sum, part) => sum + part.numbers, 0)
    return {
      says: `${numbers.toLocaleString("en")} numbers in order, with the digest ${showDigest(digest)}`,
      wrong: () => faultOf(parts, digest, cut)
    }
  })

/** The example sort. */
export const sorting: Workload = {
  name: "sort",
  about: "Sorts random numbers.",
  passes: 1,
  jobOf: (bytes, seed): Job => {
    const blocks = blocksOf(bytes)
    const cut = { blocks, length: Math.round(bytes / 8 / blocks), seed }
    return {
      says: `Sorted ${cut.blocks} blocks of ${cut.length.toLocaleString("en")} random numbers by as many parts`,
      dataBytes: 8 * cut.blocks * cut.length,
      blockBytes: 8 * cut.length,
      run: find(cut)
    }
  }
}
