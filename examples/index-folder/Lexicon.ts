// Words with their hashes and counts packed into one Uint32Array, so that a lexicon crosses threads without a copy. The
// order of words is the order of their postings. A segment (the words of one block that belong to one partition) is a
// lexicon with the postings behind it in the same array; here is where things lie, nothing is computed.
import type { Alloc } from "./Block.ts"
import { compareWords } from "./WordTable.ts"

const HEAD = 3
const PER_WORD = 3

/** How many uint32 a lexicon of `words` words with `textBytes` bytes in all takes. */
export const lexiconLength = (words: number, textBytes: number): number =>
  HEAD + PER_WORD * words + Math.ceil(textBytes / 4)

/** A view of a packed lexicon: layout [words, postings, text bytes], then hash, count and text end a word, then text. */
export class Lexicon {
  /** The packed form, with the postings behind it if this is a segment. */
  readonly packed: Uint32Array
  /** Distinct words. */
  readonly words: number
  /** Occurrences of all words. */
  readonly postings: number
  /** The words' bytes, one after the other. */
  readonly text: Uint8Array

  constructor(packed: Uint32Array) {
    this.packed = packed
    this.words = packed[0]
    this.postings = packed[1]
    this.text = new Uint8Array(packed.buffer, packed.byteOffset + 4 * (HEAD + PER_WORD * this.words), packed[2])
  }

  /** A new packed array for `words` words, all zero but its head, followed by room for `behind` postings. */
  static alloc(alloc: Alloc, words: number, textBytes: number, postings: number, behind: number): Lexicon {
    const packed = alloc(Uint32Array, lexiconLength(words, textBytes) + 2 * behind)
    packed[0] = words
    packed[1] = postings
    packed[2] = textBytes
    return new Lexicon(packed)
  }

  /** Sets word `i`; the words before it must be set already, and its bytes must already lie at `start(i)`. */
  set(i: number, hash: number, count: number, end: number): void {
    const at = HEAD + PER_WORD * i
    this.packed[at] = hash
    this.packed[at + 1] = count
    this.packed[at + 2] = end
  }

  /** The hash of word `i`, unsigned. */
  hash(i: number): number {
    return this.packed[HEAD + PER_WORD * i]
  }

  /** How often word `i` occurs. */
  count(i: number): number {
    return this.packed[HEAD + PER_WORD * i + 1]
  }

  /** Where the bytes of word `i` end in `text`. */
  end(i: number): number {
    return this.packed[HEAD + PER_WORD * i + 2]
  }

  /** Where the bytes of word `i` start in `text`. */
  start(i: number): number {
    return i === 0 ? 0 : this.end(i - 1)
  }

  /** The index in `packed` at which a segment's postings begin. */
  postingsAt(): number {
    return lexiconLength(this.words, this.text.length)
  }

  /** Word `i` as a string. */
  word(i: number): string {
    return Buffer.from(this.text.subarray(this.start(i), this.end(i))).toString("latin1")
  }

  /** Words `i` and `j` in byte order: negative, zero or positive. */
  compare(i: number, j: number): number {
    return compareWords(this.text, this.start(i), this.end(i), this.text, this.start(j), this.end(j))
  }
}
