// Writes and reads the codes of Message.ts: values, places in shared memory and counts in one Int32Array, literals
// beside it. Both sides of every transport use it; it knows nothing of tasks.
import { Code, type Records, SHORT } from "./Message.ts"

const LOW = 2 ** 30

/** A growing column of codes with its literals. */
export class Writer {
  private ints = new Int32Array(256)
  private at = 0
  values: Array<unknown> = []

  /** Codes written so far. */
  get length(): number {
    return this.at
  }

  /** Where it stands, for `rewind`. */
  mark(): { readonly at: number; readonly literals: number } {
    return { at: this.at, literals: this.values.length }
  }

  /** Forgets what was written since a mark. */
  rewind(mark: { readonly at: number; readonly literals: number }): void {
    this.at = mark.at
    this.values.length = mark.literals
  }

  /** Appends one integer. */
  int(n: number): void {
    if (this.at === this.ints.length) {
      const more = new Int32Array(this.at * 2)
      more.set(this.ints)
      this.ints = more
    }
    this.ints[this.at++] = n
  }

  /** Leaves room for one integer; `put` fills it. */
  reserve(): number {
    this.int(0)
    return this.at - 1
  }

  /** Fills what `reserve` has left. */
  put(at: number, n: number): void {
    this.ints[at] = n
  }

  /** Appends a place in shared memory: an offset that is a multiple of 64, and a length in bytes. */
  place(offset: number, bytes: number): void {
    this.int(offset / 64)
    this.int(bytes % LOW)
    this.int(Math.floor(bytes / LOW))
  }

  /** Appends a value that structured clone takes as it is. */
  plain(value: unknown): void {
    if (typeof value === "number" && (value | 0) === value && !Object.is(value, -0)) {
      this.int(Code.int)
      this.int(value)
    } else {
      this.int(Code.literal)
      this.values.push(value)
    }
  }

  /** Appends a raw array that lies in shared memory. */
  raw(code: number, offset: number, bytes: number, alias: boolean): void {
    this.int(alias ? Code.alias : Code.raw)
    this.int(code)
    this.place(offset, bytes)
  }

  /** Appends a raw array whose bytes travel. */
  rawBytes(code: number, bytes: Uint8Array): void {
    this.int(Code.rawBytes)
    this.int(code)
    this.values.push(bytes)
  }

  /** Appends a value of the codec whose parts lie in shared memory; without head it is the first part. */
  packed(head: Uint8Array | undefined, parts: ReadonlyArray<number>): void {
    this.int(Code.packed)
    this.values.push(head)
    this.int(parts.length / 2)
    for (let i = 0; i < parts.length; i += 2) this.place(parts[i], parts[i + 1])
  }

  /** Appends a value of the codec whose parts travel. */
  packedBytes(head: Uint8Array | undefined, parts: ReadonlyArray<Uint8Array>): void {
    this.int(Code.packedBytes)
    this.values.push(head)
    this.int(parts.length)
    for (const part of parts) this.values.push(part)
  }

  /** Appends a chunk itself, which is one of the task's inputs. */
  handle(chunk: number): void {
    this.int(Code.handle)
    this.int(chunk)
  }

  /** Appends the value of an attempt that is under way. */
  slot(slot: number, tag: number): void {
    this.int(Code.slot)
    this.int(slot)
    this.int(tag)
  }

  /** Appends that a value stays on the worker's heap. */
  heap(slot: number, tag: number, bytes: number): void {
    this.int(Code.heap)
    this.int(bytes)
    this.int(slot)
    this.int(tag)
  }

  /** What was written at a place. */
  look(at: number): number {
    return this.ints[at]
  }

  /** What was written since a mark, as it would be read. */
  since(mark: { readonly at: number; readonly literals: number }): Reader {
    return new Reader(this.ints.slice(mark.at, this.at), this.values.slice(mark.literals))
  }

  /** What was written, with a head for each record, or undefined if there is none; the writer starts again. */
  take(heads: Array<number>): Records | undefined {
    if (heads.length === 0) return undefined
    const { at, ints, values } = this
    const long = at > SHORT || heads.length > SHORT
    const columns = long
      ? { heads: new Float64Array(heads), ints: ints.slice(0, at) }
      : { heads, ints: Array.from(ints.subarray(0, at)) }
    this.at = 0
    if (values.length === 0) return columns
    this.values = []
    return { ...columns, values }
  }
}

const NOTHING: ReadonlyArray<unknown> = []

/** A reader of the codes of records. */
export const readerOf = ({ ints, values }: Records): Reader =>
  new Reader(ints instanceof Int32Array ? ints : new Int32Array(ints), values ?? NOTHING)

/** Reads what a Writer wrote, in the same order. */
export class Reader {
  readonly ints: Int32Array
  readonly values: ReadonlyArray<unknown>
  private at: number
  private literal: number

  constructor(ints: Int32Array, values: ReadonlyArray<unknown>, at = 0, literal = 0) {
    this.ints = ints
    this.values = values
    this.at = at
    this.literal = literal
  }

  /** Another reader of the same, from where this one stands. */
  fork(): Reader {
    return new Reader(this.ints, this.values, this.at, this.literal)
  }

  /** The integer so many places further on, which stays. */
  look(ahead: number): number {
    return this.ints[this.at + ahead]
  }

  /** Passes over integers and literals. */
  skip(ints: number, literals: number): void {
    this.at += ints
    this.literal += literals
  }

  /** Whether everything has been read. */
  get done(): boolean {
    return this.at >= this.ints.length
  }

  /** The next integer, which stays. */
  peek(): number {
    return this.ints[this.at]
  }

  /** The next integer. */
  int(): number {
    return this.ints[this.at++]
  }

  /** The next literal. */
  next(): unknown {
    return this.values[this.literal++]
  }

  /** The next place: offset and bytes are pushed onto `into`. */
  place(into: Array<number>): void {
    const offset = this.int() * 64
    const low = this.int()
    into.push(offset, this.int() * LOW + low)
  }
}
