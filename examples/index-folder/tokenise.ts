// Finds the words of a block and splits their postings by a hash of the word: the map side of the shuffle. Everything a
// thread needs for it is allocated once and reused. Reading files is `readBlock`'s, putting segments together `merge`'s.
import { LETTER } from "./Block.ts"
import type { Alloc, Block } from "./Block.ts"
import { Lexicon } from "./Lexicon.ts"
import { HASH_SEED, hashEnd, hashStep, WordTable } from "./WordTable.ts"

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

/** Empty segments of the right sizes with the words in place, and per word where its next posting goes. */
const layOut = (
  partitions: number,
  alloc: Alloc
): { segments: Array<Uint32Array>; part: Uint16Array; next: Uint32Array } => {
  const part = new Uint16Array(table.size)
  const next = new Uint32Array(table.size)
  const sizes = new Uint32Array(partitions * 3)
  for (let id = 0; id < table.size; id++) {
    const p = part[id] = partitionOf(hashEnd(table.hashes[id]), partitions)
    sizes[3 * p]++
    sizes[3 * p + 1] += table.ends[id] - table.startOf(id)
    sizes[3 * p + 2] += table.counts[id]
  }
  const lexicons: Array<Lexicon> = []
  for (let p = 0; p < partitions; p++) {
    const postings = sizes[3 * p + 2]
    lexicons.push(Lexicon.alloc(alloc, sizes[3 * p], sizes[3 * p + 1], postings, postings))
  }
  const filled = new Uint32Array(partitions)
  const cursor = Uint32Array.from(lexicons, (lexicon) => lexicon.postingsAt())
  for (let id = 0; id < table.size; id++) {
    const p = part[id]
    const lexicon = lexicons[p]
    const i = filled[p]++
    let end = lexicon.start(i)
    for (let k = table.startOf(id); k < table.ends[id]; k++) lexicon.text[end++] = table.text[k]
    lexicon.set(i, hashEnd(table.hashes[id]), table.counts[id], end)
    next[id] = cursor[p]
    cursor[p] += 2 * table.counts[id]
  }
  return { segments: lexicons.map((lexicon) => lexicon.packed), part, next }
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
  table.reset(most, bytes.length)
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
  const { next, part, segments } = layOut(partitions, alloc)
  for (let k = 0, at = 0; k < ends.length; k++) {
    for (const file = block.first + k; at < upTo[k]; at++) {
      const id = ids[at]
      const segment = segments[part[id]]
      const to = next[id]
      segment[to] = file
      segment[to + 1] = offsets[at]
      next[id] = to + 2
    }
  }
  segments.push(Uint32Array.from(segments, (segment) => segment[1]))
  return segments
}
