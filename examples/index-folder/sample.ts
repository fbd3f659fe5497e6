// Looks at a few pieces of the text before the work is cut: how many words there are to a byte, and how large a share the
// most frequent one has, decide how many partitions and groups the budget needs. Results never depend on it.
import { Task } from "poniard"
import type { Span } from "./Block.ts"
import type { Listing } from "./list.ts"
import { unite } from "./merge.ts"
import { readBlock } from "./readBlock.ts"
import { tokenise } from "./tokenise.ts"

const PIECES = 32
const PIECE_BYTES = 8 * 1024

/** What the sample says of the whole text. */
export interface Sample {
  /** Words per byte of text. */
  readonly density: number
  /** The most frequent word's share of all words. */
  readonly hottest: number
}

/** The pieces to look at, spread evenly over the text. */
const pieces = (listing: Listing): Array<Span> => {
  const spans: Array<Span> = []
  let file = 0
  let before = 0
  for (let k = 0; k < PIECES; k++) {
    const at = Math.floor((k + 0.5) * listing.bytes / PIECES)
    while (file < listing.sizes.length - 1 && before + listing.sizes[file] <= at) before += listing.sizes[file++]
    const size = listing.sizes[file]
    const from = Math.max(0, Math.min(at - before, size - PIECE_BYTES))
    spans.push({ first: file, paths: listing.paths[file], sizes: [size], from, to: Math.min(size, from + PIECE_BYTES) })
  }
  return spans
}

/** Reads and counts about a quarter of a megabyte of the listed files. */
export const sample = (listing: Listing): Sample => {
  const segments: Array<Uint32Array> = []
  let bytes = 0
  for (const span of pieces(listing)) {
    const [block] = readBlock(listing.root, span, Task.alloc)
    bytes += block.bytes.length
    segments.push(tokenise(block, 1, Task.alloc)[0])
  }
  const { lexicon } = unite(segments, Task.alloc)
  let most = 0
  for (let i = 0; i < lexicon.words; i++) most = Math.max(most, lexicon.count(i))
  return { density: lexicon.postings / Math.max(1, bytes), hottest: most / Math.max(1, lexicon.postings) }
}
