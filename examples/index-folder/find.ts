// Answers from the index: where a word is, and what the line there says. `placesOf` looks into one group of the word's
// partition, `joinPlaces` puts the groups' answers together, `cite` goes to the file.
import { closeSync, openSync, readSync } from "node:fs"
import { LETTER } from "./Block.ts"
import { Lexicon } from "./Lexicon.ts"
import { startsOf } from "./merge.ts"
import { HASH_SEED, hashEnd, hashStep } from "./WordTable.ts"

const AROUND = 160
const CHUNK = 256 * 1024

/** How often a word occurs, and where first: (file number, byte offset) one after the other. */
export interface Places {
  readonly count: number
  readonly places: ReadonlyArray<readonly [file: number, offset: number]>
}

/** A line of a file. */
export interface Citation {
  /** Counted from 1; lines end with a line feed. */
  readonly line: number
  /** The line, or what is around the word if it is long, as UTF-8 with control characters shown as blanks. */
  readonly text: string
}

/** The hash by which a lower-case word is found, unsigned. */
export const hashOf = (word: string): number => {
  let hash = HASH_SEED
  for (let k = 0; k < word.length; k++) hash = hashStep(hash, LETTER[word.charCodeAt(k)])
  return hashEnd(hash)
}

/** The first `limit` places of a word in the merged postings of one group. */
export const placesOf = (word: string, limit: number, packed: Uint32Array, postings: Uint32Array): Places => {
  const lexicon = new Lexicon(packed)
  const hash = hashOf(word)
  for (let i = 0; i < lexicon.words; i++) {
    if (lexicon.hash(i) !== hash || lexicon.word(i) !== word) continue
    const count = lexicon.count(i)
    const from = 2 * startsOf(lexicon)[i]
    const places = Array.from(
      { length: Math.min(limit, count) },
      (_, k) => [postings[from + 2 * k], postings[from + 2 * k + 1]] as const
    )
    return { count, places }
  }
  return { count: 0, places: [] }
}

/** The first `limit` places of a word, out of the answers of several groups in order. */
export const joinPlaces = (parts: ReadonlyArray<Places>, limit: number): Places => ({
  count: parts.reduce((sum, part) => sum + part.count, 0),
  places: parts.flatMap((part) => part.places).slice(0, limit)
})

/** What to show of the bytes of a line: the part from `from` to `to`. */
const show = (bytes: Buffer, cutBefore: boolean, cutAfter: boolean): string =>
  (cutBefore ? "…" : "") + bytes.toString("utf8").replaceAll(/\p{Cc}/gu, " ").trim() + (cutAfter ? "…" : "")

const textAt = (fd: number, lineStart: number, offset: number): string => {
  const from = Math.max(lineStart, offset - AROUND / 2)
  const window = Buffer.alloc(AROUND + 1)
  const bytes = window.subarray(0, readSync(fd, window, 0, window.length, from))
  const end = bytes.indexOf(10, offset - from)
  return show(bytes.subarray(0, end < 0 ? AROUND : end), from > lineStart, end < 0 && bytes.length > AROUND)
}

/** The lines at ascending byte offsets of the file at `path` below `root`, which is read once up to the last of them. */
export const cite = (root: string, path: string, offsets: ReadonlyArray<number>): ReadonlyArray<Citation> => {
  const fd = openSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, "latin1")]), "r")
  try {
    const chunk = Buffer.alloc(CHUNK)
    const found: Array<Citation> = []
    let line = 1
    let lineStart = 0
    for (let at = 0; found.length < offsets.length; at += CHUNK) {
      const got = readSync(fd, chunk, 0, CHUNK, at)
      let feed = chunk.subarray(0, got).indexOf(10)
      while (found.length < offsets.length) {
        const offset = offsets[found.length]
        if (feed >= 0 && at + feed < offset) {
          line++
          lineStart = at + feed + 1
          feed = chunk.subarray(0, got).indexOf(10, feed + 1)
        } else if (offset < at + got || got < CHUNK) found.push({ line, text: textAt(fd, lineStart, offset) })
        else break
      }
    }
    return found
  } finally {
    closeSync(fd)
  }
}
