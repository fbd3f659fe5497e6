// What a worker was sent and has not begun: batches of records, in the order in which they came. Knows nothing of what
// is in a record; who has begun or given back what is the Runner's.
import type { Records } from "../transport/Message.ts"
import { type Reader, readerOf } from "../transport/Words.ts"

/** A message's records, as far as they are not begun. */
export interface Batch {
  /** task, attempt for each record */
  readonly heads: Float64Array
  readonly reader: Reader
  /** where in `heads` the next record stands */
  next: number
}

const floats = (column: Records["heads"]): Float64Array =>
  column instanceof Float64Array ? column : new Float64Array(column)

/** The backlog of one worker. */
export class Backlog {
  private readonly batches: Array<Batch> = []

  /** A message's records come last. */
  add(records: Records): void {
    this.batches.push({ heads: floats(records.heads), reader: readerOf(records), next: 0 })
  }

  /** The batch whose turn it is. */
  first(): Batch | undefined {
    return this.batches[0]
  }

  /** The first batch is done with if nothing of it is left. */
  trim(): void {
    const batch = this.batches[0]
    if (batch.next === batch.heads.length) this.batches.shift()
  }

  /** Whether nothing is left. */
  get empty(): boolean {
    return this.batches.length === 0
  }

  /** The task of an attempt that has not begun, or -1. */
  find(attempt: number): number {
    for (const { heads, next } of this.batches) {
      for (let i = next; i < heads.length; i += 2) if (heads[i + 1] === attempt) return heads[i]
    }
    return -1
  }

  /** Whether an attempt is the next to begin. */
  isNext(attempt: number): boolean {
    const batch = this.batches[0]
    return batch !== undefined && batch.heads[batch.next + 1] === attempt
  }
}
