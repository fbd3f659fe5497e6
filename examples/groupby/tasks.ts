// The task module of the example groupby: what its threads run. Plain functions over typed arrays; no Effect is loaded
// here. Records are kept as columns: a typed array for each field.
import { Task } from "poniard"
import type { Cut } from "../out-of-core/Job.ts"
import { bitsAt, smallAt } from "../out-of-core/numbers.ts"
import { scratch } from "../out-of-core/scratch.ts"

/** Records of a key and a value, in two columns. */
export interface Records {
  readonly keys: Int32Array
  readonly values: Float64Array
}

/** What the records of each key come to, in three columns. */
export interface Groups {
  readonly keys: Int32Array
  readonly counts: Int32Array
  readonly sums: Float64Array
}

/** The key of a record, one of so many. */
export const keyAt = (seed: number, place: number, keys: number): number => (bitsAt(seed, place) >>> 0) % keys

/** The value of a record: a whole number, so that sums are exact in any order. */
export const valueAt = (seed: number, place: number): number => smallAt(~seed, place)

/** A key's hash, which spreads keys over partitions by its upper bits and over places of a table by its lower ones. */
const hashOf = (key: number): number => bitsAt(0x2545f491, key) >>> 0

/** Whose records go where: for each record its partition, one of 256 at most, and how many each partition gets. */
const deal = (keys: Int32Array, partitions: number) => {
  const to = scratch(keys.length)
  const counts = new Uint32Array(partitions)
  for (let i = 0; i < keys.length; i++) counts[to[i] = hashOf(keys[i]) % partitions]++
  return { to, counts }
}

/** A table of groups that grows: open addressing, a place holds the number of a group and one, or 0. */
class Table {
  #places = new Int32Array(1024)
  size = 0
  keys = new Int32Array(512)
  counts = new Int32Array(512)
  sums = new Float64Array(512)

  /** Adds the records to the groups of their keys. */
  add({ keys, values }: Records): void {
    for (let i = 0; i < keys.length; i++) {
      const group = this.#groupOf(keys[i])
      this.counts[group]++
      this.sums[group] += values[i]
    }
  }

  #groupOf(key: number): number {
    const mask = this.#places.length - 1
    for (let at = hashOf(key) >>> 8 & mask;; at = at + 1 & mask) {
      const group = this.#places[at] - 1
      if (group < 0) return this.#begin(key, at)
      if (this.keys[group] === key) return group
    }
  }

  #begin(key: number, at: number): number {
    if (this.size === this.keys.length) {
      this.#grow()
      return this.#groupOf(key)
    }
    this.keys[this.size] = key
    this.#places[at] = ++this.size
    return this.size - 1
  }

  #grow(): void {
    const grown = <A extends Int32Array | Float64Array>(into: A, from: A): A => {
      into.set(from)
      return into
    }
    this.keys = grown(new Int32Array(2 * this.size), this.keys)
    this.counts = grown(new Int32Array(2 * this.size), this.counts)
    this.sums = grown(new Float64Array(2 * this.size), this.sums)
    this.#places = new Int32Array(2 * this.#places.length)
    const mask = this.#places.length - 1
    for (let group = 0; group < this.size; group++) {
      let at = hashOf(this.keys[group]) >>> 8 & mask
      while (this.#places[at] > 0) at = at + 1 & mask
      this.#places[at] = group + 1
    }
  }
}

/** `make` gives the records of a block, `split` those for each partition, `aggregate` the groups of a partition. */
export const { aggregate, make, split } = Task.module(import.meta.url, {
  make: (block: number, { length, seed }: Cut, keys: number): Records => {
    const records = { keys: Task.alloc(Int32Array, length), values: Task.alloc(Float64Array, length) }
    for (let i = 0, place = block * length; i < length; i++, place++) {
      records.keys[i] = keyAt(seed, place, keys)
      records.values[i] = valueAt(seed, place)
    }
    return records
  },
  split: ({ keys, values }: Records, partitions: number): ReadonlyArray<Records> => {
    const { counts, to } = deal(keys, partitions)
    const pieces = Array.from(
      counts,
      (count) => ({ keys: Task.alloc(Int32Array, count), values: Task.alloc(Float64Array, count) })
    )
    counts.fill(0)
    for (let i = 0; i < keys.length; i++) {
      const piece = pieces[to[i]]
      const at = counts[to[i]]++
      piece.keys[at] = keys[i]
      piece.values[at] = values[i]
    }
    return pieces
  },
  aggregate: (pieces: ReadonlyArray<Records>): Groups => {
    const table = new Table()
    for (const piece of pieces) table.add(piece)
    return {
      keys: table.keys.slice(0, table.size),
      counts: table.counts.slice(0, table.size),
      sums: table.sums.slice(0, table.size)
    }
  }
})
