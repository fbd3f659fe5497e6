// Where a worker leaves reports for the engine to find: a ring of numbers in shared memory, with one writer and one
// reader. To be woken for each report costs the engine, and the worker whose core it needs, up to a tenth of a millisecond.
// Only finished attempts are left here, and only if their values are primitive or in shared memory; all else is posted,
// and keeps its order: each report says behind how many posted ones it comes.
import type { FromWorker } from "./Message.ts"

/** Numbers in the ring: a power of two. */
const CAPACITY = 4096
/** Int32: how many numbers were ever written, and, on a cache line of its own, how many were read. */
const WRITTEN = 0
const READ = 16
const HEAD_BYTES = 128
/** Numbers of a report before its columns: posted reports before it, and the lengths of four columns. */
const REPORT_HEAD = 5
/** Literals that can be left, but for numbers: each is told by its place here, from 1. A number follows a 0. */
const LITERALS: ReadonlyArray<unknown> = [undefined, null, true, false]

/** One worker's tray; both sides have one over the same memory. */
export class Tray {
  private readonly counts: Int32Array
  private readonly ring: Float64Array
  /** where the writer or the reader stands */
  private at = 0

  /** `memory`: Tray.bytes of it, zeroed. */
  constructor(memory: SharedArrayBuffer) {
    this.counts = new Int32Array(memory, 0, HEAD_BYTES / 4)
    this.ring = new Float64Array(memory, HEAD_BYTES, CAPACITY)
  }

  /** Bytes of a tray. */
  static readonly bytes = HEAD_BYTES + 8 * CAPACITY

  /** Leaves a report behind so many that were posted; false if it is not only primitive, or too long for now. */
  leave(report: FromWorker, posted: number): boolean {
    const { pieces = [], records, ...rare } = report
    for (const _ in rare) return false
    const { heads = [], ints = [], values = [] } = records ?? {}
    if (!values.every((value) => typeof value === "number" || LITERALS.includes(value))) return false
    const length = REPORT_HEAD + heads.length + ints.length + pieces.length + 2 * values.length
    const used = (this.at - Atomics.load(this.counts, READ)) | 0
    if (used + length > CAPACITY) return false
    for (const n of [posted, heads.length, ints.length, pieces.length, values.length]) this.put(n)
    for (let i = 0; i < heads.length; i++) this.put(heads[i])
    for (let i = 0; i < ints.length; i++) this.put(ints[i])
    for (let i = 0; i < pieces.length; i++) this.put(pieces[i])
    for (const value of values) {
      this.put(typeof value === "number" ? 0 : 1 + LITERALS.indexOf(value))
      this.put(typeof value === "number" ? value : 0)
    }
    Atomics.store(this.counts, WRITTEN, this.at)
    return true
  }

  /** Whether something is left in it that was not taken. */
  get holds(): boolean {
    return Atomics.load(this.counts, WRITTEN) !== Atomics.load(this.counts, READ)
  }

  /** The next report that comes behind no more than so many posted ones, or undefined. */
  take(received: number): FromWorker | undefined {
    if (Atomics.load(this.counts, WRITTEN) === this.at || this.look(0) > received) return undefined
    const lengths = [this.look(1), this.look(2), this.look(3), this.look(4)]
    this.at = (this.at + REPORT_HEAD) | 0
    const [heads, ints, pieces] = [this.column(lengths[0]), this.column(lengths[1]), this.column(lengths[2])]
    const values = this.literals(lengths[3])
    Atomics.store(this.counts, READ, this.at)
    return {
      ...(heads.length > 0 && { records: { heads, ints, ...(values.length > 0 && { values }) } }),
      ...(pieces.length > 0 && { pieces })
    }
  }

  private put(n: number): void {
    this.ring[this.at & (CAPACITY - 1)] = n
    this.at = (this.at + 1) | 0
  }

  private look(ahead: number): number {
    return this.ring[(this.at + ahead) & (CAPACITY - 1)]
  }

  private literals(length: number): Array<unknown> {
    const pairs = this.column(2 * length)
    return Array.from({ length }, (_, i) => pairs[2 * i] === 0 ? pairs[2 * i + 1] : LITERALS[pairs[2 * i] - 1])
  }

  private column(length: number): Array<number> {
    const column: Array<number> = []
    for (let i = 0; i < length; i++) column.push(this.look(i))
    this.at = (this.at + length) | 0
    return column
  }
}
