// Records are grouped by their key: every block is split by the hash of the key, so that all records of a key come
// together in one partition, and each partition is grouped by itself. What is on its way between the two fills memory.
import * as Effect from "effect/Effect"
import { collect, delayed } from "poniard"
import type { Cut, Job, Workload } from "../out-of-core/Job.ts"
import { aggregate, type Groups, keyAt, make, split, valueAt } from "./tasks.ts"

// With data of four times the budget a block is 1/16 of the budget, and so is a partition. Whoever splits a block holds it
// twice, whoever groups a partition holds that and a small table: two threads take a quarter of the budget.
const BLOCKS = 64
const PARTITIONS = 64
/** Different keys. */
const KEYS = 100_000
const RECORD_BYTES = 12

const describe = (cut: Cut): ReadonlyArray<ReturnType<typeof grouped>> => {
  const numbers = Array.from({ length: cut.blocks }, (_, block) => block)
  const pieces = delayed(make).map(numbers, cut, KEYS).map((records) =>
    delayed(split, { outputs: PARTITIONS })(records, PARTITIONS)
  )
  return Array.from({ length: PARTITIONS }, (_, p) => grouped(pieces.map((block) => block[p])))
}

const grouped = delayed(aggregate)

/** The first key whose group is not what a plain loop over all records gives, or that is there twice, or missing. */
const faultOf = (partitions: ReadonlyArray<Groups>, { blocks, length, seed }: Cut): string | undefined => {
  const counts = new Int32Array(KEYS)
  const sums = new Float64Array(KEYS)
  for (let place = 0; place < blocks * length; place++) {
    const key = keyAt(seed, place, KEYS)
    counts[key]++
    sums[key] += valueAt(seed, place)
  }
  for (const groups of partitions) {
    for (const [i, key] of groups.keys.entries()) {
      if (groups.counts[i] !== counts[key] || groups.sums[i] !== sums[key]) {
        return `key ${key} has ${groups.counts[i]} records with the sum ${groups.sums[i]}, not ${counts[key]} with `
          + `${sums[key]}`
      }
      counts[key] = 0 // so that a second group of it is one too many
    }
  }
  const missing = counts.findIndex((count) => count > 0)
  return missing < 0 ? undefined : `key ${missing} is missing`
}

const find = (cut: Cut) =>
  Effect.map(collect(describe(cut)), (partitions) => {
    const groups = partitions.reduce((sum, one) => sum + one.keys.length, 0)
    return {
      says: `There are ${groups.toLocaleString("en")} groups, each with its count and its sum`,
      wrong: () => faultOf(partitions, cut)
    }
  })

/** The example groupby. */
export const groupby: Workload = {
  name: "groupby",
  about: "Groups records by their key and gives each group's count and sum.",
  passes: 1,
  jobOf: (bytes, seed): Job => {
    const cut = { blocks: BLOCKS, length: Math.round(bytes / RECORD_BYTES / BLOCKS), seed }
    return {
      says: `Grouped ${cut.blocks} blocks of ${cut.length.toLocaleString("en")} records by ${PARTITIONS} partitions`,
      dataBytes: RECORD_BYTES * cut.blocks * cut.length,
      blockBytes: RECORD_BYTES * cut.length,
      run: find(cut)
    }
  }
}
