// Decides how the work is cut: into blocks of text, groups of blocks, and partitions of words. Pure. Only how much memory
// is needed, and how much work there is for how many threads, depends on it; the index comes out the same byte for byte.
import type { Span } from "./Block.ts"

const KIB = 1024
const MIB = 1024 * KIB
const FILES_A_BLOCK = 1024
const POSTING = 8
const MOST_PARTITIONS = 512

/** What is known before the work is cut. */
export interface Facts {
  /** Bytes of text. */
  readonly bytes: number
  /** Words per byte of text, from a sample. */
  readonly density: number
  /** The most frequent word's share of all words, from a sample. */
  readonly hottest: number
  readonly threads: number
  /** Bytes that chunks may occupy in memory. */
  readonly budget: number
}

/** How the work is cut. */
export interface Cut {
  /** Bytes of text a block. */
  readonly blockBytes: number
  /** Groups of blocks: each group is merged by itself, and a partition's groups are laid side by side in the file. */
  readonly groups: number
  /** Partitions of words, a power of two. */
  readonly partitions: number
}

const powerOfTwo = (n: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(n)))
const between = (low: number, n: number, high: number): number => Math.max(low, Math.min(n, high))

/** Bytes of text a block: about a megabyte, less if the budget or the text is small. */
export const blockBytesFor = (facts: Pick<Facts, "bytes" | "threads" | "budget">): number =>
  // a thread holds a block, its postings (about as much) and a block read ahead; half of the budget may go to that
  Math.floor(
    between(64 * KIB, Math.min(facts.budget / (8 * facts.threads), facts.bytes / (4 * facts.threads)), 1.5 * MIB)
  )

/**
 * Chooses groups and partitions. One task merges a partition's share of a group, in memory, input and output; shares are
 * cut so small (a sixteenth of the budget, less if there are many threads) that a hole for one is always found. About as
 * many groups as partitions keep both few: many partitions make small chunks, many groups many small writes. There are
 * as many groups at least as it takes for the most frequent word, which no partition can split.
 */
export const cutFor = (facts: Facts): Cut => {
  const postings = POSTING * facts.density * facts.bytes
  const share = facts.budget / (8 * Math.max(2, facts.threads))
  const partitions = between(1, powerOfTwo(Math.max(Math.sqrt(postings / share), 4 * facts.threads)), MOST_PARTITIONS)
  const groups = Math.ceil(Math.max(1, postings / share / partitions, facts.hottest * postings / share))
  return { blockBytes: blockBytesFor(facts), groups, partitions }
}

/**
 * Cuts files, one after the other, into blocks of `blockBytes`: at any byte, in the middle of a word if it falls so, and
 * after 1024 files in any case. Every byte and every file, an empty one too, is in exactly one block.
 */
export const cutIntoSpans = (
  paths: ReadonlyArray<string>,
  sizes: ReadonlyArray<number>,
  blockBytes: number
): Array<Span> => {
  const spans: Array<Span> = []
  let first = 0
  let from = 0
  let room = blockBytes
  const close = (last: number, to: number): void => {
    spans.push({ first, paths: paths.slice(first, last + 1).join("\0"), sizes: sizes.slice(first, last + 1), from, to })
    const whole = to === sizes[last]
    first = whole ? last + 1 : last
    from = whole ? 0 : to
    room = blockBytes
  }
  for (let file = 0; file < paths.length; file++) {
    let at = 0
    while (sizes[file] - at > room) {
      at += room
      close(file, at)
    }
    room -= sizes[file] - at
    if (room === 0 || file - first + 1 === FILES_A_BLOCK) close(file, sizes[file])
  }
  if (first < paths.length) close(paths.length - 1, sizes[paths.length - 1])
  return spans
}

/** Cuts `items` into `groups` runs of about the same length, none empty. */
export const inGroups = <A>(items: ReadonlyArray<A>, groups: number): Array<ReadonlyArray<A>> => {
  const count = Math.min(groups, items.length)
  return Array.from(
    { length: count },
    (_, g) => items.slice(Math.floor(g * items.length / count), Math.floor((g + 1) * items.length / count))
  )
}
