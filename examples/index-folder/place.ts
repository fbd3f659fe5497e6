// Says where postings go: a partition's groups are merged apart, and in the file each word's postings of the first group
// come before those of the second. It moves no postings; `writePostings` does.
import type { Alloc } from "./Block.ts"
import { Lexicon } from "./Lexicon.ts"
import { startsOf, unite } from "./merge.ts"

/**
 * Unites the lexicons of one partition, one a group in order. First the lexicon of the whole partition, then for each
 * group and each of its words where its postings go, counted in postings from the partition's start.
 */
export const place = (lexicons: ReadonlyArray<Uint32Array>, alloc: Alloc): Array<Uint32Array> => {
  const { lexicon: all, places } = unite(lexicons, alloc)
  const next = startsOf(all)
  const starts = lexicons.map((packed, group) => {
    const lexicon = new Lexicon(packed)
    const mine = alloc(Uint32Array, places[group].length)
    for (let i = 0; i < mine.length; i++) {
      const word = places[group][i]
      mine[i] = next[word]
      next[word] += lexicon.count(i)
    }
    return mine
  })
  return [all.packed, ...starts]
}

/** Adds up counts per partition, of several blocks or of several sums. */
export const addCounts = (counts: ReadonlyArray<Uint32Array>): Uint32Array => {
  const sum = new Uint32Array(counts[0].length)
  for (const one of counts) for (let p = 0; p < sum.length; p++) sum[p] += one[p]
  return sum
}

/** How many postings lie before partition `p`, given the counts of all partitions. */
export const before = (counts: Uint32Array, p: number): number => {
  let sum = 0
  for (let k = 0; k < p; k++) sum += counts[k]
  return sum
}
