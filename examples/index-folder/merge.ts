// Puts the segments of one partition together: the reduce side of the shuffle. Words are gathered in a table, put in
// order, and every segment's postings are copied to their place; as segments come in the order of their blocks, a
// word's postings come out ascending. It reads and writes memory only.
import type { Alloc } from "./Block.ts"
import { Lexicon } from "./Lexicon.ts"
import { compareWords, copyWord, WordTable } from "./WordTable.ts"

const SHORT = 64
const table = new WordTable()

/** Lexicons united: one lexicon, and for each that went in, the place in it of every word. */
export interface Union {
  readonly lexicon: Lexicon
  readonly places: ReadonlyArray<Uint32Array>
}

/** Enters the words of a lexicon into the table; gives the table's number of each. */
const enterAll = (lexicon: Lexicon): Uint32Array => {
  const { text, words } = lexicon
  const ids = new Uint32Array(words)
  for (let i = 0, from = 0; i < words; i++) {
    const to = lexicon.end(i)
    copyWord(text, from, to, table.text, table.used)
    ids[i] = table.enter(lexicon.hash(i) | 0, to - from, lexicon.count(i))
    from = to
  }
  return ids
}

/** Enters all words of `lexicons` into the table; gives per lexicon the table's number of each word. */
const gather = (lexicons: ReadonlyArray<Lexicon>): Array<Uint32Array> => {
  table.reset(lexicons.reduce((sum, lexicon) => sum + lexicon.text.length, 0))
  return lexicons.map(enterAll)
}

/** One pass of a radix sort: `from` into `to`, stable, by the byte of the hashes that is `shift` bits up. */
const sortByByte = (from: Uint32Array, to: Uint32Array, hashes: Int32Array, shift: number): void => {
  const starts = new Uint32Array(257)
  for (let i = 0; i < from.length; i++) starts[((hashes[from[i]] >>> shift) & 255) + 1]++
  for (let k = 1; k < 257; k++) starts[k] += starts[k - 1]
  for (let i = 0; i < from.length; i++) to[starts[(hashes[from[i]] >>> shift) & 255]++] = from[i]
}

/** The table's words in order of hash, and those of one hash (they are rare) in order of their bytes. */
const inOrder = (): Uint32Array => {
  const { ends, hashes, text } = table
  const order = Uint32Array.from({ length: table.size }, (_, id) => id)
  const other = new Uint32Array(order.length)
  for (const shift of [0, 16]) {
    sortByByte(order, other, hashes, shift)
    sortByByte(other, order, hashes, shift + 8)
  }
  for (let i = 1, first = 0; i <= order.length; i++) {
    if (i < order.length && hashes[order[i]] === hashes[order[first]]) continue
    if (i > first + 1) {
      order.subarray(first, i).sort((a, b) =>
        compareWords(text, table.startOf(a), ends[a], text, table.startOf(b), ends[b])
      )
    }
    first = i
  }
  return order
}

/** Writes the table's words into the lexicon in this order; gives the place of each by its number. */
const writeWords = (lexicon: Lexicon, order: Uint32Array): Uint32Array => {
  const rank = new Uint32Array(order.length)
  const { counts, ends, hashes, text } = table
  for (let i = 0, end = 0; i < order.length; i++) {
    const id = order[i]
    rank[id] = i
    end = copyWord(text, table.startOf(id), ends[id], lexicon.text, end)
    lexicon.set(i, hashes[id], counts[id], end)
  }
  return rank
}

/** Puts `ranks[ids[i]]` in the place of every `ids[i]`. */
const rename = (ids: Uint32Array, ranks: Uint32Array): void => {
  for (let i = 0; i < ids.length; i++) ids[i] = ranks[ids[i]]
}

/** One lexicon of all words in `packed`, by hash and then by bytes: an order that no choice of partitions can change. */
export const unite = (packed: ReadonlyArray<Uint32Array>, alloc: Alloc): Union => {
  const lexicons = packed.map((one) => new Lexicon(one))
  const places = gather(lexicons)
  const postings = lexicons.reduce((sum, lexicon) => sum + lexicon.postings, 0)
  const lexicon = Lexicon.alloc(alloc, table.size, table.used, postings, 0)
  const ranks = writeWords(lexicon, inOrder())
  for (const ids of places) rename(ids, ranks)
  return { lexicon, places }
}

/** Per word of a lexicon: how many postings lie before its own. */
export const startsOf = (lexicon: Lexicon): Uint32Array => {
  const starts = new Uint32Array(lexicon.words)
  for (let i = 1; i < starts.length; i++) starts[i] = starts[i - 1] + lexicon.count(i - 1)
  return starts
}

/** Copies a segment's postings into those of the union: each word's to `next` of its place, which moves on. */
const copyPostings = (part: Lexicon, places: Uint32Array, postings: Uint32Array, next: Uint32Array): void => {
  const { packed, words } = part
  let from = part.postingsAt()
  for (let i = 0; i < words; i++) {
    const word = places[i]
    const count = part.count(i)
    copyPairs(packed, from, postings, 2 * next[word], 2 * count)
    next[word] += count
    from += 2 * count
  }
}

/** Copies `length` elements: a few one by one, for which setting up `set` would take longer. */
const copyPairs = (from: Uint32Array, start: number, to: Uint32Array, at: number, length: number): void => {
  if (length > SHORT) to.set(from.subarray(start, start + length), at)
  else for (let k = 0; k < length; k++) to[at + k] = from[start + k]
}

/** The segments of one partition, in the order of their blocks, as a lexicon and its postings (pairs, in its order). */
export const merge = (segments: ReadonlyArray<Uint32Array>, alloc: Alloc): readonly [Uint32Array, Uint32Array] => {
  const { lexicon, places } = unite(segments, alloc)
  const postings = alloc(Uint32Array, 2 * lexicon.postings)
  const next = startsOf(lexicon)
  segments.forEach((segment, s) => copyPostings(new Lexicon(segment), places[s], postings, next))
  return [lexicon.packed, postings]
}
