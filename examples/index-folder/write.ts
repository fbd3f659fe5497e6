// Writes what partitions came to, from the threads: postings to their place in one common file, words as sorted lines to
// a file of the partition's own. Running twice does no harm: the same bytes go to the same places.
import { closeSync, openSync, writeSync } from "node:fs"
import { Lexicon } from "./Lexicon.ts"
import { before } from "./place.ts"

const LINES = 256 * 1024

/** Writes all of `bytes` at `position`, or at the end of what was written if that is null. */
export const writeAll = (fd: number, bytes: Uint8Array, position: number | null): void => {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, position === null ? null : position + done)
  }
}

/** Opens `path`, runs `write` on it and closes it. */
export const writing = <A>(path: string, flags: "w" | "r+", write: (fd: number) => A): A => {
  const fd = openSync(path, flags)
  try {
    return write(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * Writes one group's postings of partition `p` into the file at `path`, each word's at its place: `starts` says where,
 * in postings from the partition's start, `counts` how many postings each partition has. Gives the bytes written.
 * Uint32Array is little-endian on every machine that Node runs on but IBM's s390x.
 */
export const writePostings = (
  packed: Uint32Array,
  postings: Uint32Array,
  starts: Uint32Array,
  counts: Uint32Array,
  p: number,
  path: string
): number => {
  const lexicon = new Lexicon(packed)
  const bytes = new Uint8Array(postings.buffer, postings.byteOffset, postings.byteLength)
  const base = before(counts, p)
  return writing(path, "r+", (fd) => {
    let from = 0
    let to = 0
    for (let i = 0; i < starts.length; i++) {
      to += lexicon.count(i)
      // words whose places follow each other go together: all of them, where a partition is one group
      if (i + 1 < starts.length && starts[i + 1] === starts[i] + lexicon.count(i)) continue
      writeAll(fd, bytes.subarray(8 * from, 8 * to), 8 * (base + starts[i] + lexicon.count(i) - (to - from)))
      from = to
    }
    return bytes.length
  })
}

/** Writes the words of partition `p` in byte order, a line each: word TAB count TAB offset of its first posting. */
export const writeWords = (packed: Uint32Array, counts: Uint32Array, p: number, path: string): string => {
  const lexicon = new Lexicon(packed)
  const order = new Uint32Array(lexicon.words)
  const offsets = new Float64Array(lexicon.words)
  for (let i = 0, offset = 8 * before(counts, p); i < order.length; i++) {
    order[i] = i
    offsets[i] = offset
    offset += 8 * lexicon.count(i)
  }
  order.sort((a, b) => lexicon.compare(a, b))
  writing(path, "w", (fd) => {
    let lines = ""
    for (const i of order) {
      lines += `${lexicon.word(i)}\t${lexicon.count(i)}\t${offsets[i]}\n`
      if (lines.length < LINES) continue
      writeAll(fd, Buffer.from(lines, "latin1"), null)
      lines = ""
    }
    writeAll(fd, Buffer.from(lines, "latin1"), null)
  })
  return path
}
