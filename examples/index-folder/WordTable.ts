// A hash table of distinct words: their bytes one after the other, and for each a hash and a count. It is built for
// reuse: one table a thread, emptied for every block. It is not a general map: a caller writes a word's bytes behind
// those already kept and then asks for the word's number, so that neither looking up nor adding allocates.

const FIRST_SLOTS = 1 << 14
const FIRST_WORDS = FIRST_SLOTS / 2 + 1

/** The value that `hashStep` starts from. */
export const HASH_SEED = 0x811c9dc5 | 0

/** One step of FNV-1a (Fowler, Noll, Vo): the hash with the next byte of a word taken in; a signed 32-bit integer. */
export const hashStep = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193)

/** Spreads a finished hash over all 32 bits (the last step of MurmurHash3), unsigned: its top bits choose a partition. */
export const hashEnd = (hash: number): number => {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Copies the bytes `[start, end)` of `from` to `to[at]`; gives where they end there. Words are too short for `set`. */
export const copyWord = (from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number => {
  let next = at
  for (let k = start; k < end; k++) to[next++] = from[k]
  return next
}

/** Distinct words numbered from 0 in the order in which they were entered. */
export class WordTable {
  /** Words in the table. */
  size = 0
  /** Bytes of `text` in use; the next word is written from here on. */
  used = 0
  /** The words' bytes, one after the other. */
  text: Uint8Array = new Uint8Array(0)
  /** Per word: where its bytes end in `text`; they start where the word before ends. */
  ends: Uint32Array = new Uint32Array(FIRST_WORDS)
  /** Per word: the hash that it was entered with. */
  hashes: Int32Array = new Int32Array(FIRST_WORDS)
  /** Per word: how often it was entered, or the sum of `times`. */
  counts: Uint32Array = new Uint32Array(FIRST_WORDS)
  /** Places of words, a power of two; at most half are taken, so that there are half as many words. */
  private slots = new Int32Array(FIRST_SLOTS)

  /** Empties the table and makes room for `bytes` bytes of words in all; room that is already there is kept. */
  reset(bytes: number): void {
    this.size = 0
    this.used = 0
    if (this.text.length < bytes) this.text = new Uint8Array(bytes)
    this.slots.fill(0)
  }

  /** Where word `id` starts in `text`. */
  startOf(id: number): number {
    return id === 0 ? 0 : this.ends[id - 1]
  }

  /** The number of the word whose `length` bytes were just written at `text[used]`, counted `times` more; new or known. */
  enter(hash: number, length: number, times: number): number {
    const mask = this.slots.length - 1
    const { ends, hashes, slots, text, used } = this
    let slot = hash & mask
    for (let id = slots[slot] - 1; id >= 0; id = slots[slot] - 1) {
      if (hashes[id] === hash) {
        const start = id === 0 ? 0 : ends[id - 1]
        if (ends[id] - start === length) {
          let k = 0
          while (k < length && text[start + k] === text[used + k]) k++
          if (k === length) {
            this.counts[id] += times
            return id
          }
        }
      }
      slot = (slot + 1) & mask
    }
    return this.add(slot, hash, length, times)
  }

  private add(slot: number, hash: number, length: number, times: number): number {
    const id = this.size++
    this.slots[slot] = id + 1
    this.used += length
    this.ends[id] = this.used
    this.hashes[id] = hash
    this.counts[id] = times
    if (this.size * 2 > this.slots.length) this.widen()
    return id
  }

  private widen(): void {
    const slots = new Int32Array(this.slots.length * 4)
    const words = slots.length / 2 + 1
    const { counts, ends, hashes } = this
    this.ends = new Uint32Array(words)
    this.hashes = new Int32Array(words)
    this.counts = new Uint32Array(words)
    this.ends.set(ends)
    this.hashes.set(hashes)
    this.counts.set(counts)
    const mask = slots.length - 1
    for (let id = 0; id < this.size; id++) {
      let slot = this.hashes[id] & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = id + 1
    }
    this.slots = slots
  }
}

/** Words `a` and `b`, each from `start` to `end` in its text, in byte order: negative, zero or positive. */
export const compareWords = (
  aText: Uint8Array,
  aStart: number,
  aEnd: number,
  bText: Uint8Array,
  bStart: number,
  bEnd: number
): number => {
  const aLength = aEnd - aStart
  const bLength = bEnd - bStart
  const length = aLength < bLength ? aLength : bLength
  for (let k = 0; k < length; k++) {
    const difference = aText[aStart + k] - bText[bStart + k]
    if (difference !== 0) return difference
  }
  return aLength - bLength
}
