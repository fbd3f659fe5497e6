// A block is about a megabyte of text: some whole small files, or a piece of a big one. A Span says what to read, a
// Block is what was read: only whole words that begin in the span. Neither knows what a word means.

/** What one block covers, as plain columns: files `first`, `first + 1` and so on of the listing. */
export interface Span {
  /** The number of the first file. */
  readonly first: number
  /** The files' relative paths, a character a byte (latin1), joined by NUL, which no path holds. */
  readonly paths: string
  /** The files' sizes in bytes, as they were listed. */
  readonly sizes: ReadonlyArray<number>
  /** Where the block starts in its first file: 0 unless the block before it took the beginning. */
  readonly from: number
  /** Where the block ends in its last file: its size unless the next block takes the rest. */
  readonly to: number
}

/** The bytes of one block. */
export interface Block {
  /** The number of the first file. */
  readonly first: number
  /** The offset in the first file of the block's first byte; every other file begins at 0. */
  readonly origin: number
  /** Per file: where its bytes end in `bytes`; they start where the file before ends. */
  readonly ends: Uint32Array
  readonly bytes: Uint8Array
}

/** A file that is not in the index, or not all of it, and why. */
export interface Skip {
  readonly path: string
  readonly reason: string
}

/** What reading came to. */
export interface Reading {
  /** Files whose first byte was in the block and that could be opened. */
  readonly files: number
  /** Bytes read, each counted once although a word may be read on into the next block. */
  readonly bytes: number
  readonly skipped: ReadonlyArray<Skip>
}

/** Makes a typed array of zeros: `Task.alloc` in a task, anything like it elsewhere. */
export interface Alloc {
  (type: Uint8ArrayConstructor, length: number): Uint8Array
  (type: Uint32ArrayConstructor, length: number): Uint32Array
}

/** Lower-case letters by byte: 97-122 for A-Z and a-z, 0 for every byte that separates. */
export const LETTER: Uint8Array = new Uint8Array(256)
for (let k = 0; k < 26; k++) {
  LETTER[65 + k] = 97 + k
  LETTER[97 + k] = 97 + k
}
