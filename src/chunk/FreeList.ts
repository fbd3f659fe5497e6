// Who owns which bytes of one growing line of addresses: the arena's memory, or a spill file. Counted slabs, holes
// that merge with their neighbours. It touches no memory and no file.
// Placement was chosen by measurement (1 KiB to 1/16 of the line, 80 % live, random deaths): best fit for large slabs
// and lowest fit for the others fails half as often as best fit for all, and keeps small slabs together at the bottom.

import { Blocks, None } from "./Blocks.ts"
import { Holes } from "./Holes.ts"
import { OffsetTable } from "./OffsetTable.ts"
import { cheapestStretch } from "./stretch.ts"

/** A slab is large, and placed by best fit, from this part of the line upwards. */
const LargePart = 128

/** A line's length in granules fits the Uint32 columns of Blocks. */
const LongestLine = 2 ** 32 - 1

/** What a free list needs to know of its line of addresses. */
export interface FreeListOptions {
  /** Names the owner in errors. */
  readonly name: string
  /** Slabs start at multiples of this many bytes and are rounded up to it; a power of two. */
  readonly granule: number
  /** The line grows by multiples of this many bytes where the limit allows; a multiple of the granule. */
  readonly step: number
  /** Called before the line grows to `length` bytes; false refuses, and the allocation fails. */
  readonly grow?: (length: number) => boolean
}

/** A slab as a leak detector wants to see it: bytes are rounded. */
export interface Slab {
  readonly offset: number
  readonly bytes: number
  readonly references: number
}

/** A stretch of the line in which a hole can be made: where it begins, and the offset and mark of every slab in it. */
export interface Stretch {
  readonly from: number
  readonly offsets: ReadonlyArray<number>
  readonly marks: ReadonlyArray<number>
}

/** Allocates, splits, counts and frees ranges of a line of less than 2^32 granules. Misuse throws: it is a defect. */
export class FreeList {
  readonly #options: FreeListOptions
  readonly #granule: number
  readonly #blocks = new Blocks()
  readonly #holes = new Holes(this.#blocks)
  readonly #slabs = new OffsetTable()
  #marks = new Int32Array(0)
  #length = 0
  #used = 0

  constructor(options: FreeListOptions) {
    this.#options = options
    this.#granule = options.granule
  }

  /** Bytes of the line so far, holes included. */
  get length(): number {
    return this.#length * this.#granule
  }

  /** Bytes of all slabs, rounded. */
  get used(): number {
    return this.#used * this.#granule
  }

  /** Bytes of the largest hole. */
  get largestFree(): number {
    return this.#holes.largest * this.#granule
  }

  /** Offset of a new slab of at least `bytes` with one reference, or -1; the line grows to at most `growTo` bytes. */
  alloc(bytes: number, growTo: number): number {
    const size = this.#granules(bytes)
    const blocks = this.#blocks
    const large = size * this.#granule * LargePart >= growTo
    let slab = large ? this.#holes.best(size) : this.#holes.lowest(size)
    if (slab === None) slab = this.#grow(size, Math.min(Math.floor(growTo / this.#granule), LongestLine))
    if (slab === None) return -1
    this.#holes.remove(slab)
    if (blocks.size[slab] > size) this.#holes.add(this.#cut(slab, size))
    this.#own(slab)
    return blocks.at[slab] * this.#granule
  }

  /** Keeps the first `bytes` (rounded up) of a slab; the rest is a slab of its own: its offset, or -1 if nothing is left. */
  split(offset: number, bytes: number): number {
    const slab = this.#find(offset)
    const size = this.#granules(bytes)
    if (size >= this.#blocks.size[slab]) return -1
    this.#used -= this.#blocks.size[slab]
    const rest = this.#cut(slab, size)
    this.#used += size
    this.#own(rest)
    return this.#blocks.at[rest] * this.#granule
  }

  /** One more reference to a slab. */
  retain(offset: number): void {
    this.#blocks.references[this.#find(offset)]++
  }

  /** One reference less; true if it was the last and the bytes are free. */
  release(offset: number): boolean {
    const slab = this.#find(offset)
    const blocks = this.#blocks
    if (--blocks.references[slab] > 0) return false
    this.#used -= blocks.size[slab]
    this.#slabs.delete(blocks.at[slab])
    const after = blocks.after[slab]
    if (after !== None && blocks.references[after] === 0) {
      this.#holes.remove(after)
      blocks.mergeDown(after)
    }
    const before = blocks.before[slab]
    if (before !== None && blocks.references[before] === 0) {
      this.#holes.remove(before)
      blocks.mergeDown(slab)
      this.#holes.add(before)
    } else {
      this.#holes.add(slab)
    }
    return true
  }

  /** References to a slab. */
  referencesOf(offset: number): number {
    return this.#blocks.references[this.#find(offset)]
  }

  /** Rounded bytes of a slab. */
  bytesOf(offset: number): number {
    return this.#blocks.size[this.#find(offset)] * this.#granule
  }

  /** Cuts a hole at the end off the line: what could not be had there is not offered again. */
  trim(): void {
    const last = this.#blocks.last
    if (last === None || this.#blocks.references[last] > 0) return
    this.#holes.remove(last)
    this.#length -= this.#blocks.size[last]
    this.#blocks.remove(last)
  }

  /** Marks a slab that may be moved, by any number but 0; for the next `stretch`. */
  mark(offset: number, mark: number): void {
    this.#allMarks()[this.#find(offset)] = mark
  }

  /** A mark for each block; 0 is none. */
  #allMarks(): Int32Array {
    const { length } = this.#blocks.at
    if (this.#marks.length < length) {
      const wider = new Int32Array(length)
      wider.set(this.#marks)
      this.#marks = wider
    }
    return this.#marks
  }

  /**
   * The stretch of `bytes` below `limit` with the least in it, at most `most`, that has only marked slabs with one
   * reference; or undefined. Forgets all marks.
   */
  stretch(bytes: number, limit: number, most: number): Stretch | undefined {
    const blocks = this.#blocks
    const marks = this.#allMarks()
    const end = Math.floor(limit / this.#granule)
    const best = cheapestStretch(blocks, marks, this.#granules(bytes), end, this.#granules(most))
    const found = { from: 0, offsets: [] as Array<number>, marks: [] as Array<number> }
    if (best !== undefined) {
      found.from = best.from * this.#granule
      for (let block = best.first; block !== best.until; block = blocks.after[block]) {
        if (blocks.references[block] === 0) continue
        found.offsets.push(blocks.at[block] * this.#granule)
        found.marks.push(marks[block])
      }
    }
    marks.fill(0)
    return best && found
  }

  /** Every slab, by address. */
  *slabs(): Generator<Slab> {
    const { after, at, references, size } = this.#blocks
    for (let block = this.#blocks.first; block !== None; block = after[block]) {
      if (references[block] === 0) continue
      yield { offset: at[block] * this.#granule, bytes: size[block] * this.#granule, references: references[block] }
    }
  }

  /** Every hole, by address. */
  *holes(): Generator<{ readonly offset: number; readonly bytes: number }> {
    const { after, at, references, size } = this.#blocks
    for (let block = this.#blocks.first; block !== None; block = after[block]) {
      if (references[block] > 0) continue
      yield { offset: at[block] * this.#granule, bytes: size[block] * this.#granule }
    }
  }

  #own(block: number): void {
    this.#blocks.references[block] = 1
    this.#used += this.#blocks.size[block]
    this.#slabs.set(this.#blocks.at[block], block)
  }

  /** Shortens a block to `size`; returns the rest as a new record that is neither slab nor indexed hole yet. */
  #cut(block: number, size: number): number {
    const blocks = this.#blocks
    const rest = blocks.insert(blocks.at[block] + size, blocks.size[block] - size, block)
    blocks.size[block] = size
    return rest
  }

  /** Lengthens the line so that it ends with a hole of at least `size`; None if that passes `limit` granules. */
  #grow(size: number, limit: number): number {
    const blocks = this.#blocks
    const last = blocks.last
    const tail = last !== None && blocks.references[last] === 0 ? blocks.size[last] : 0
    const least = this.#length + size - tail
    if (least > limit) return None
    const step = this.#options.step / this.#granule
    const length = Math.min(Math.ceil(least / step) * step, limit)
    if (this.#options.grow?.(length * this.#granule) === false) return None
    const more = length - this.#length
    let hole = last
    if (tail > 0) {
      this.#holes.remove(last)
      blocks.size[last] += more
    } else {
      hole = blocks.insert(this.#length, more, last)
    }
    this.#holes.add(hole)
    this.#length = length
    return hole
  }

  #granules(bytes: number): number {
    if (!(bytes >= 0) || bytes > Number.MAX_SAFE_INTEGER) {
      throw new Error(`${this.#options.name}: ${bytes} is no number of bytes`)
    }
    return Math.max(1, Math.ceil(bytes / this.#granule))
  }

  #find(offset: number): number {
    const at = offset / this.#granule
    const block = at >= 0 && at < this.#length && Number.isInteger(at) ? this.#slabs.get(at) : None
    if (block === None) {
      throw new Error(
        `${this.#options.name}: no slab starts at offset ${offset}; it was released before, or never made`
      )
    }
    return block
  }
}
