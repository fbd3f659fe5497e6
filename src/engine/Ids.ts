// Integers for tasks and chunks: used again as soon as the scheduler has released them, the lowest first, so that tables
// stay dense and what is submitted together lies together.

/** Ids that one number of the lowest level stands for, as bits. */
const BITS = 32

/** A supply of ids. */
export class Ids {
  /** Which ids are free: a bit for each, and above it a bit for each number that has one, until there is one number. */
  private levels: Array<Int32Array> = [new Int32Array(1)]
  /** ids below this have been given out at some time */
  next = 0
  private free = 0

  /** An id that nothing refers to: the lowest. */
  take(): number {
    if (this.free === 0) return this.next++
    const { levels } = this
    let at = 0
    for (let level = levels.length - 1; level >= 0; level--) {
      const bits = levels[level][at]
      at = at * BITS + 31 - Math.clz32(bits & -bits)
    }
    this.free--
    for (let level = 0, place = at; level < levels.length; level++) {
      const number = place >>> 5
      if ((levels[level][number] &= ~(1 << (place & 31))) !== 0) break
      place = number
    }
    return at
  }

  /** Gives an id back. */
  release(id: number): void {
    const { levels } = this
    if (id >>> 5 >= levels[0].length) this.grow(id)
    this.free++
    for (let level = 0, place = id; level < this.levels.length; level++) {
      const number = place >>> 5
      const before = this.levels[level][number]
      this.levels[level][number] = before | 1 << (place & 31)
      if (before !== 0) break
      place = number
    }
  }

  /** Makes room for a bit of an id, and levels up to one number. */
  private grow(id: number): void {
    let numbers = Math.max(this.levels[0].length * 2, (id >>> 5) + 1)
    for (let level = 0;; level++) {
      const old = this.levels[level]
      const grown = new Int32Array(numbers)
      if (old !== undefined) grown.set(old)
      // A level above that is new has a bit if there is anything below.
      else for (const [i, bits] of this.levels[level - 1].entries()) if (bits !== 0) grown[i >>> 5] |= 1 << (i & 31)
      this.levels[level] = grown
      if (numbers === 1) break
      numbers = Math.ceil(numbers / BITS)
    }
  }

  /** Ids in use. */
  get used(): number {
    return this.next - this.free
  }
}
