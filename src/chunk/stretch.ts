// Where a hole could be made in a line of addresses at the least cost: of all stretches that are long enough, that with
// the least in it, if all of it may be moved. It looks at tens of thousands of slabs, often: columns, and no garbage.
import { type Blocks, None } from "./Blocks.ts"

/** A stretch of granules: from where, and its slabs, from `first` to the one before `until`. */
export interface BlockStretch {
  readonly from: number
  readonly first: number
  readonly until: number
}

const slabFrom = ({ after, references }: Blocks, block: number): number => {
  let at = block
  while (at !== None && references[at] === 0) at = after[at]
  return at
}

/**
 * The stretch of `length` granules below `limit` with the least to move, at most `most`; undefined if there is none.
 * What has no mark, or more than one reference, must stay.
 */
export const cheapestStretch = (
  blocks: Blocks,
  marks: Int32Array,
  length: number,
  limit: number,
  most: number
): BlockStretch | undefined => {
  const { after, at, references, size } = blocks
  let first = slabFrom(blocks, blocks.first)
  let from = 0
  let moved = 0
  let least = most + 1
  let best: BlockStretch | undefined
  for (let slab = first;; slab = slabFrom(blocks, after[slab])) {
    // Up to this slab, which is not in it, there may be room enough from the end of one that was left out.
    const end = slab === None ? limit : Math.min(limit, at[slab])
    while (first !== slab && at[first] + size[first] + length <= end) {
      moved -= size[first]
      from = at[first] + size[first]
      first = slabFrom(blocks, after[first])
    }
    if (end - from >= length && moved < least) {
      least = moved
      best = { from, first, until: slab }
    }
    if (slab === None) return best
    moved += size[slab]
    if (references[slab] > 1 || marks[slab] === 0) {
      first = slabFrom(blocks, after[slab])
      from = at[slab] + size[slab]
      moved = 0
    }
  }
}
