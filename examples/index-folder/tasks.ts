// The task module: what the threads run. It loads nothing of Effect, so that a thread starts fast and stays small; the
// functions are plain and can be called directly. Memory for what crosses threads comes from `Task.alloc`.
import { Task } from "poniard"
import type { Block, Reading, Span } from "./Block.ts"
import * as Find from "./find.ts"
import * as Merge from "./merge.ts"
import * as Lines from "./mergeLines.ts"
import * as Place from "./place.ts"
import { readBlock } from "./readBlock.ts"
import * as Tokenise from "./tokenise.ts"
import * as Top from "./top.ts"
import * as Write from "./write.ts"

/** What there is under --out once everything is written. */
export interface Index {
  /** Bytes of postings.bin. */
  readonly postings: number
  /** The file that is to be words.txt. */
  readonly words: string
}

/** The functions of this module, each a task function; what one does is said where it comes from. */
export const {
  addCounts,
  cite,
  joinPlaces,
  joinReadings,
  joinTops,
  merge,
  mergeLines,
  place,
  placesOf,
  read,
  seal,
  tokenise,
  topOf,
  writePostings,
  writeWords
} = Task.module(import.meta.url, {
  read: (span: Span, root: string): readonly [Block, Reading] => readBlock(root, span, Task.alloc),
  joinReadings: (readings: ReadonlyArray<Reading>): Reading => ({
    files: readings.reduce((sum, one) => sum + one.files, 0),
    bytes: readings.reduce((sum, one) => sum + one.bytes, 0),
    skipped: readings.flatMap((one) => one.skipped)
  }),
  tokenise: (block: Block, partitions: number) => Tokenise.tokenise(block, partitions, Task.alloc),
  addCounts: Place.addCounts,
  merge: (segments: ReadonlyArray<Uint32Array>) => Merge.merge(segments, Task.alloc),
  place: (lexicons: ReadonlyArray<Uint32Array>) => Place.place(lexicons, Task.alloc),
  topOf: Top.topOf,
  joinTops: Top.joinTops,
  placesOf: Find.placesOf,
  joinPlaces: Find.joinPlaces,
  cite: Find.cite,
  writePostings: Write.writePostings,
  writeWords: Write.writeWords,
  mergeLines: Lines.mergeLines,
  seal: (postings: ReadonlyArray<number>, words: string): Index => ({
    postings: postings.reduce((sum, bytes) => sum + bytes, 0),
    words
  })
})
