// Finds the words of a block and splits their postings by a hash of the word: the map side of the shuffle. Everything a
// thread needs for it is allocated once and reused. Reading files is `readBlock`'s, putting segments together `merge`'s.
// Every hot loop is a function of its own, called often and not nested: compiled once, it is entered from the start; V8
// enters a long loop in the middle, throws that code away at the loop's end and compiles it again, at the cores' expense.
import { LETTER } from "./Block.ts"
import type { Alloc, Block } from "./Block.ts"
import { Lexicon } from "./Lexicon.ts"
import { copyWord, HASH_SEED, hashEnd, hashStep, WordTable } from "./WordTable.ts"

const table = new WordTable()
let ids = new Uint32Array(0)
let offsets = new Uint32Array(0)

/** The partition of a word, by the top bits of its hash: so partitions, one after the other, are in order of hash. */
export const partitionOf = (hash: number, partitions: number): number =>
  (hash >>> (32 - Math.log2(partitions))) & (partitions - 1)

/** Puts a word's number and place into `ids` and `offsets` for every word in `[from, to)`; gives the next free index. */
const scan = (bytes: Uint8Array, from: number, to: number, shift: number, first: number): number => {
  let at = first
  let i = from
  while (i < to) {
    let letter = LETTER[bytes[i]]
    if (letter === 0) {
      i++
      continue
    }
    const start = i
    const { text, used } = table
    let end = used
    let hash = HASH_SEED
    do {
      hash = hashStep(hash, letter)
      text[end++] = letter
      i++
      letter = i < to ? LETTER[bytes[i]] : 0
    } while (letter !== 0)
    ids[at] = table.enter(hash, end - used, 1)
    offsets[at] = start + shift
    at++
  }
  return at
}

/** Puts the partition of every word of the table into `part`; gives words, bytes and postings of each partition. */
const measure = (partitions: number, part: Uint16Array): Uint32Array => {
  const sizes = new Uint32Array(3 * partitions)
  const { counts, ends, hashes, size } = table
  for (let id = 0, start = 0; id < size; id++) {
    const p = part[id] = partitionOf(hashEnd(hashes[id]), partitions)
    sizes[3 * p]++
    sizes[3 * p + 1] += ends[id] - start
    sizes[3 * p + 2] += counts[id]
    start = ends[id]
  }
  return sizes
}

/** Writes every word of the table into its partition's lexicon, and into `next` where its postings begin there. */
const layOut = (lexicons: ReadonlyArray<Lexicon>, part: Uint16Array, next: Uint32Array): void => {
  const filled = new Uint32Array(lexicons.length)
  const used = new Uint32Array(lexicons.length)
  const postings = Uint32Array.from(lexicons, (lexicon) => lexicon.postingsAt())
  const { counts, ends, hashes, size, text } = table
  for (let id = 0, start = 0; id < size; id++) {
    const p = part[id]
    const lexicon = lexicons[p]
    used[p] = copyWord(text, start, ends[id], lexicon.text, used[p])
    lexicon.set(filled[p]++, hashEnd(hashes[id]), counts[id], used[p])
    next[id] = postings[p]
    postings[p] += 2 * counts[id]
    start = ends[id]
  }
}

/** Writes the places `[from, to)` of `ids` and `offsets`, all of one file, each behind its word's last. */
const scatter = (
  file: number,
  from: number,
  to: number,
  part: Uint16Array,
  next: Uint32Array,
  segments: ReadonlyArray<Uint32Array>
): void => {
  for (let at = from; at < to; at++) {
    const id = ids[at]
    const segment = segments[part[id]]
    const place = next[id]
    segment[place] = file
    segment[place + 1] = offsets[at]
    next[id] = place + 2
  }
}

/**
 * The words of a block as `partitions` segments (a power of two, at most 65536): each a lexicon in the order of first
 * occurrence with the postings behind it, (file number, byte offset) a pair, grouped by word and ascending in each.
 * Behind the segments comes one array more: how many postings each segment has.
 */
export const tokenise = (block: Block, partitions: number, alloc: Alloc): Array<Uint32Array> => {
  const { bytes, ends } = block
  // a word takes at least a byte and, but for the last of a file, a separator
  const most = Math.ceil(bytes.length / 2) + ends.length
  table.reset(bytes.length)
  if (ids.length < most) {
    ids = new Uint32Array(most)
    offsets = new Uint32Array(most)
  }
  const upTo = new Uint32Array(ends.length)
  for (let k = 0, from = 0, at = 0; k < ends.length; k++) {
    at = scan(bytes, from, ends[k], (k === 0 ? block.origin : 0) - from, at)
    upTo[k] = at
    from = ends[k]
  }
  const part = new Uint16Array(table.size)
  const next = new Uint32Array(table.size)
  const sizes = measure(partitions, part)
  const lexicons: Array<Lexicon> = []
  for (let p = 0; p < partitions; p++) {
    const postings = sizes[3 * p + 2]
    lexicons.push(Lexicon.alloc(alloc, sizes[3 * p], sizes[3 * p + 1], postings, postings))
  }
  layOut(lexicons, part, next)
  const segments = lexicons.map((lexicon) => lexicon.packed)
  for (let k = 0, at = 0; k < ends.length; k++) {
    scatter(block.first + k, at, upTo[k], part, next, segments)
    at = upTo[k]
  }
  segments.push(Uint32Array.from(segments, (segment) => segment[1]))
  return segments
}
