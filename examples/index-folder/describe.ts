// Describes the whole job as one graph of tasks: nothing runs here. Every block feeds every partition (the shuffle); what
// is small on its way together (counts, top words, sorted lines) goes up a tree. Read it first: it is the example.
import { delayed } from "poniard"
import type { Delayed } from "poniard"
import type { Reading, Span } from "./Block.ts"
import { hashOf } from "./find.ts"
import type { Places } from "./find.ts"
import { inGroups } from "./plan.ts"
import * as Tasks from "./tasks.ts"
import { partitionOf } from "./tokenise.ts"

const FAN_IN = 16

/** What the job is to do, apart from the blocks. */
export interface Wish {
  /** The folder, absolute. */
  readonly root: string
  /** Groups of blocks that are merged apart. */
  readonly groups: number
  /** Partitions of words, a power of two. */
  readonly partitions: number
  /** How many of the most frequent words to find. */
  readonly top: number
  /** A lower-case word to look up and how many of its places to give, or nothing. */
  readonly query: { readonly word: string; readonly places: number } | undefined
  /** Told of every block that was read, on this thread. */
  readonly onRead: (reading: Reading) => void
  /** A folder for postings.bin (there already, empty) and for files of words; nothing: the index is not kept. */
  readonly into: string | undefined
}

/** Joins what many tasks give by a tree of tasks, each over at most 16. */
const tree = <A>(
  items: ReadonlyArray<Delayed<A>>,
  join: (some: ReadonlyArray<Delayed<A>>) => Delayed<A>
): Delayed<A> => {
  let level = items
  while (level.length > 1) level = inGroups(level, Math.ceil(level.length / FAN_IN)).map((some) => join(some))
  return level[0]
}

/** One partition, merged: the lexicon of all of it, and its groups. */
interface Partition {
  readonly lexicon: Delayed<Uint32Array>
  readonly groups: ReadonlyArray<Group>
}

interface Group {
  readonly lexicon: Delayed<Uint32Array>
  readonly postings: Delayed<Uint32Array>
  /** Where its postings go in the partition. */
  readonly starts: Delayed<Uint32Array>
}

/** Merges the segments of one partition, given by block: each group of blocks by itself, then the groups' lexicons. */
const mergePartition = (segments: ReadonlyArray<Delayed<Uint32Array>>, groups: number): Partition => {
  const merged = inGroups(segments, groups).map((some) => delayed(Tasks.merge, { outputs: 2 })(some))
  const [lexicon, ...starts] = delayed(Tasks.place, { outputs: 1 + merged.length })(merged.map((group) => group[0]))
  return { lexicon, groups: merged.map((group, g) => ({ lexicon: group[0], postings: group[1], starts: starts[g] })) }
}

/** Writes all partitions into the folder `into`; gives the bytes of postings.bin and the file that holds all words. */
const write = (partitions: ReadonlyArray<Partition>, counts: Delayed<Uint32Array>, into: string) => {
  const postings = partitions.flatMap((partition, p) =>
    partition.groups.map((group) =>
      delayed(Tasks.writePostings)(group.lexicon, group.postings, group.starts, counts, p, `${into}/postings.bin`)
    )
  )
  const words = partitions.map((partition, p) =>
    delayed(Tasks.writeWords)(partition.lexicon, counts, p, `${into}/words-${p}`)
  )
  let files = partitions.length
  return delayed(Tasks.seal)(
    postings,
    tree(words, (some) => delayed(Tasks.mergeLines)(some, `${into}/words-${files++}`))
  )
}

/** The job over `spans`: what was read, the top words, the places of the word asked for and what was written. */
export const describe = (spans: ReadonlyArray<Span>, wish: Wish) => {
  const read = delayed(Tasks.read, { outputs: 2 }).map(spans, wish.root)
  const blocks = read.map(([block]) =>
    delayed(Tasks.tokenise, { outputs: wish.partitions + 1 })(block, wish.partitions)
  )
  const counts = tree(blocks.map((block) => block[wish.partitions]), (some) => delayed(Tasks.addCounts)(some))
  const partitions = Array.from(
    { length: wish.partitions },
    (_, p) => mergePartition(blocks.map((block) => block[p]), wish.groups)
  )
  const tops = partitions.map((partition) => delayed(Tasks.topOf)(partition.lexicon, wish.top))
  // depth first, in this order: a partition is written as soon as it is merged, and a block tokenised as soon as it is
  // read; were the readings first, all blocks would be read before one of them is tokenised
  return {
    index: wish.into === undefined ? delayed(Tasks.seal)([], "") : write(partitions, counts, wish.into),
    places: findPlaces(partitions, wish.query),
    top: tree(tops, (some) => delayed(Tasks.joinTops)(some, wish.top)),
    reading: tree(noted(read.map(([, reading]) => reading), wish.onRead), (some) => delayed(Tasks.joinReadings)(some))
  }
}

/** The readings as they are, each shown to `onRead` on its way: a closure is a task too, and runs on this thread. */
const noted = (readings: ReadonlyArray<Delayed<Reading>>, onRead: Wish["onRead"]): ReadonlyArray<Delayed<Reading>> => {
  const note = (reading: Reading): Reading => {
    onRead(reading)
    return reading
  }
  return delayed(note).map(readings)
}

/** The first places of a word: from every group of the one partition that can have it. */
const findPlaces = (partitions: ReadonlyArray<Partition>, query: Wish["query"]): Delayed<Places> => {
  if (query === undefined) return delayed(Tasks.joinPlaces)([], 0)
  const { groups } = partitions[partitionOf(hashOf(query.word), partitions.length)]
  const places = groups.map((group) => delayed(Tasks.placesOf)(query.word, query.places, group.lexicon, group.postings))
  return delayed(Tasks.joinPlaces)(places, query.places)
}
