// The records behind a free list: one per stretch of addresses, used or not, in columns of numbers.
// Addresses and sizes are in granules, not bytes. It keeps records and their neighbourhood and decides nothing:
// where holes are found is Holes, who gets what is FreeList.

const First = 256

/** No record. */
export const None = -1

/** Columns of block records; a block's number is its index in each of them. */
export class Blocks {
  /** First granule of the block. */
  at = new Uint32Array(First)
  /** Length in granules. */
  size = new Uint32Array(First)
  /** References to the block; 0 is a hole. */
  references = new Int32Array(First)
  /** The block that ends where this one starts, or None. */
  before = new Int32Array(First)
  /** The block that starts where this one ends, or None; in an unused record the next unused one. */
  after = new Int32Array(First)
  /** The previous hole in this page's list (Holes). */
  up = new Int32Array(First)
  /** The next hole in this page's list (Holes). */
  down = new Int32Array(First)
  /** The block at address 0, or None. */
  first = None
  /** The block with the highest address, or None. */
  last = None

  #made = 0
  #unused = None

  /** A new hole of `size` granules at `at`, placed after the block `before` (None: the very first). */
  insert(at: number, size: number, before: number): number {
    const block = this.#take()
    const after = before === None ? this.first : this.after[before]
    this.at[block] = at
    this.size[block] = size
    this.references[block] = 0
    this.before[block] = before
    this.after[block] = after
    if (before === None) this.first = block
    else this.after[before] = block
    if (after === None) this.last = block
    else this.before[after] = block
    return block
  }

  /** Adds the block's granules to its lower neighbour and gives its record back. */
  mergeDown(block: number): void {
    this.size[this.before[block]] += this.size[block]
    this.remove(block)
  }

  /** Takes the record out of the line of neighbours; its granules are nobody's afterwards. */
  remove(block: number): void {
    const before = this.before[block]
    const after = this.after[block]
    if (before === None) this.first = after
    else this.after[before] = after
    if (after === None) this.last = before
    else this.before[after] = before
    this.after[block] = this.#unused
    this.#unused = block
  }

  #take(): number {
    if (this.#unused !== None) {
      const block = this.#unused
      this.#unused = this.after[block]
      return block
    }
    if (this.#made === this.at.length) this.#widen()
    return this.#made++
  }

  #widen(): void {
    const length = this.at.length * 2
    const unsigned = (column: Uint32Array) => {
      const wider = new Uint32Array(length)
      wider.set(column)
      return wider
    }
    const signed = (column: Int32Array) => {
      const wider = new Int32Array(length)
      wider.set(column)
      return wider
    }
    this.at = unsigned(this.at)
    this.size = unsigned(this.size)
    this.references = signed(this.references)
    this.before = signed(this.before)
    this.after = signed(this.after)
    this.up = signed(this.up)
    this.down = signed(this.down)
  }
}
