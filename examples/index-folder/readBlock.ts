// Reads one block from its files. A block owns the words that begin in it: it looks one byte back to leave out the end
// of a word that began before, and reads on past its end to finish its last word. It knows files and letters, not words.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs"
import { LETTER } from "./Block.ts"
import type { Alloc, Block, Reading, Skip, Span } from "./Block.ts"

const READ_ON = 4096
// a link or a named pipe may have taken the place of a listed file: the one is not followed, the other must not block
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The thread's scratch, reused by every block: reading into memory that is warm saves its page faults. */
let scratch = Buffer.alloc(0)

const reserve = (bytes: number, keep: number): void => {
  if (scratch.length >= bytes) return
  const grown = Buffer.allocUnsafeSlow(Math.max(bytes, scratch.length * 2))
  grown.set(scratch.subarray(0, keep))
  scratch = grown
}

/** Reads `[from, to)` of an open file to `scratch[at]`; gives the bytes read, fewer only where the file ends. */
const fill = (fd: number, at: number, from: number, to: number): number => {
  reserve(at + to - from, at)
  let done = 0
  while (from + done < to) {
    const got = readSync(fd, scratch, at + done, to - from - done, from + done)
    if (got === 0) break
    done += got
  }
  return done
}

/** Reads on from `from`, to `scratch[at]`, while the bytes are letters; gives how many are. */
const readOn = (fd: number, at: number, from: number, size: number): number => {
  let letters = 0
  for (let step = READ_ON; from + letters < size; step *= 2) {
    const got = fill(fd, at + letters, from + letters, Math.min(size, from + letters + step))
    const end = letters + got
    while (letters < end && LETTER[scratch[at + letters]] !== 0) letters++
    if (letters < end || got === 0) break
  }
  return letters
}

interface Piece {
  /** The offset in the file of the first byte kept. */
  readonly origin: number
  /** Bytes kept, at `scratch[at]`. */
  readonly kept: number
  /** Bytes of the piece itself that were there. */
  readonly read: number
}

/** Reads the words that begin in `[from, to)` of an open file of `size` bytes to `scratch[at]`. */
const readPiece = (fd: number, at: number, from: number, to: number, size: number): Piece => {
  const back = from > 0 ? 1 : 0
  const got = fill(fd, at, from - back, to)
  const read = Math.max(0, got - back)
  let skip = 0
  if (back === 1 && LETTER[scratch[at]] !== 0) {
    while (skip < got && LETTER[scratch[at + skip]] !== 0) skip++
  } else skip = back
  if (skip >= got) return { origin: from, kept: 0, read }
  const more = to < size && LETTER[scratch[at + got - 1]] !== 0 ? readOn(fd, at + got, to, size) : 0
  scratch.copyWithin(at, at + skip, at + got + more)
  return { origin: from - back + skip, kept: got + more - skip, read }
}

const reasonOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

/**
 * Reads the files of a span below `root`. A file that cannot be read is a named skip, and so is what is missing of one
 * that has become shorter since it was listed; what it has gained since is left out.
 */
export const readBlock = (root: string, span: Span, alloc: Alloc): readonly [Block, Reading] => {
  const paths = span.paths.split("\0")
  const ends = new Uint32Array(paths.length)
  const skipped: Array<Skip> = []
  let used = 0
  let origin = 0
  let files = 0
  let bytes = 0
  for (let k = 0; k < paths.length; k++) {
    const from = k === 0 ? span.from : 0
    const to = k === paths.length - 1 ? span.to : span.sizes[k]
    let fd = -1
    try {
      fd = openSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(paths[k], "latin1")]), FLAGS)
      if (!fstatSync(fd).isFile()) throw new Error("it is no longer a regular file")
      const piece = readPiece(fd, used, from, to, span.sizes[k])
      if (k === 0) origin = piece.origin
      used += piece.kept
      bytes += piece.read
      if (from === 0) files++
      if (piece.read < to - from) {
        skipped.push({ path: paths[k], reason: `its end is missing: it was longer when it was listed` })
      }
    } catch (error) {
      skipped.push({ path: paths[k], reason: reasonOf(error) })
    } finally {
      if (fd >= 0) closeSync(fd)
    }
    ends[k] = used
  }
  const copy = alloc(Uint8Array, used)
  copy.set(scratch.subarray(0, used))
  return [{ first: span.first, origin, ends, bytes: copy }, { files, bytes, skipped }]
}
