// Puts the segments of one partition together: the reduce side of the shuffle. Words are gathered in a table, put in
// order, and every segment's postings are copied to their place; as segments come in the order of their blocks, a
// word's postings come out ascending. It reads and writes memory only.
import type { Alloc } from "./Block.ts"
import { Lexicon } from "./Lexicon.ts"
import { compareWords, WordTable } from "./WordTable.ts"

const SHORT = 32
const table = new WordTable()

/** Lexicons united: one lexicon, and for each that went in, the place in it of every word. */
export interface Union {
  readonly lexicon: Lexicon
  readonly places: ReadonlyArray<Uint32Array>
}

/** Enters all words of `lexicons` into the table; gives per lexicon the table's number of each word. */
const gather = (lexicons: ReadonlyArray<Lexicon>): Array<Uint32Array> => {
  let words = 0
  let bytes = 0
  for (const lexicon of lexicons) {
    words += lexicon.words
    bytes += lexicon.text.length
  }
  table.reset(words, bytes)
  return lexicons.map((lexicon) => {
    const { text } = lexicon
    const ids = new Uint32Array(lexicon.words)
    for (let i = 0, from = 0; i < ids.length; i++) {
      const to = lexicon.end(i)
      for (let k = from, end = table.used; k < to; k++) table.text[end++] = text[k]
      ids[i] = table.enter(lexicon.hash(i) | 0, to - from, lexicon.count(i))
      from = to
    }
    return ids
  })
}

/** The table's words in order of hash, and those of one hash (they are rare) in order of their bytes. */
const inOrder = (): Uint32Array => {
  const { ends, hashes, text } = table
  const order = new Uint32Array(table.size)
  for (let id = 0; id < order.length; id++) order[id] = id
  return order.sort((a, b) =>
    (hashes[a] >>> 0) - (hashes[b] >>> 0) ||
    compareWords(text, table.startOf(a), ends[a], text, table.startOf(b), ends[b])
  )
}

/** One lexicon of all words in `packed`, by hash and then by bytes: an order that no choice of partitions can change. */
export const unite = (packed: ReadonlyArray<Uint32Array>, alloc: Alloc): Union => {
  const lexicons = packed.map((one) => new Lexicon(one))
  const ids = gather(lexicons)
  const order = inOrder()
  const postings = lexicons.reduce((sum, lexicon) => sum + lexicon.postings, 0)
  const lexicon = Lexicon.alloc(alloc, table.size, table.used, postings, 0)
  const rank = new Uint32Array(table.size)
  for (let i = 0, end = 0; i < order.length; i++) {
    const id = order[i]
    rank[id] = i
    for (let k = table.startOf(id); k < table.ends[id]; k++) lexicon.text[end++] = table.text[k]
    lexicon.set(i, table.hashes[id], table.counts[id], end)
  }
  for (const places of ids) for (let i = 0; i < places.length; i++) places[i] = rank[places[i]]
  return { lexicon, places: ids }
}

/** Per word of a lexicon: how many postings lie before its own. */
export const startsOf = (lexicon: Lexicon): Uint32Array => {
  const starts = new Uint32Array(lexicon.words)
  for (let i = 1; i < starts.length; i++) starts[i] = starts[i - 1] + lexicon.count(i - 1)
  return starts
}

/** The segments of one partition, in the order of their blocks, as a lexicon and its postings (pairs, in its order). */
export const merge = (segments: ReadonlyArray<Uint32Array>, alloc: Alloc): readonly [Uint32Array, Uint32Array] => {
  const { lexicon, places } = unite(segments, alloc)
  const postings = alloc(Uint32Array, 2 * lexicon.postings)
  const next = startsOf(lexicon)
  segments.forEach((segment, s) => {
    const part = new Lexicon(segment)
    let from = part.postingsAt()
    for (let i = 0; i < part.words; i++) {
      const word = places[s][i]
      const count = part.count(i)
      const to = 2 * next[word]
      if (count > SHORT) postings.set(segment.subarray(from, from + 2 * count), to)
      else for (let k = 0; k < 2 * count; k++) postings[to + k] = segment[from + k]
      next[word] += count
      from += 2 * count
    }
  })
  return [lexicon.packed, postings]
}
