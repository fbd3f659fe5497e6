// Which block record starts at an address: an open-addressing hash table of numbers, made for millions of slabs
// (a Map holds 16.7 million entries at most and makes garbage when it grows). Keys are granules. It is an index of
// FreeList and of nothing else.

const Empty = -1

/** Finds block records by the granule at which they start. */
export class OffsetTable {
  /** Pairs (granule, block); block is Empty where the place is free. */
  #pairs = new Int32Array(2 * 256).fill(Empty)
  #bits = 8
  #count = 0

  /** The block that starts at `at`, or -1. */
  get(at: number): number {
    const pairs = this.#pairs
    const place = this.#find(at | 0)
    return pairs[2 * place + 1]
  }

  /** Enters a block under a granule that has none. */
  set(at: number, block: number): void {
    if (2 * ++this.#count > 1 << this.#bits) this.#widen()
    this.#put(at | 0, block)
  }

  /** Forgets the entry of `at`, which must exist. */
  delete(at: number): void {
    const pairs = this.#pairs
    const mask = (1 << this.#bits) - 1
    let gap = this.#find(at | 0)
    this.#count--
    // Later entries of the same run move up, so that no search ever meets a hole before its key.
    for (let place = (gap + 1) & mask; pairs[2 * place + 1] !== Empty; place = (place + 1) & mask) {
      const home = this.#home(pairs[2 * place])
      if (((place - home) & mask) < ((place - gap) & mask)) continue
      pairs[2 * gap] = pairs[2 * place]
      pairs[2 * gap + 1] = pairs[2 * place + 1]
      gap = place
    }
    pairs[2 * gap + 1] = Empty
  }

  /** The place of the key, or the free one where it belongs. */
  #find(key: number): number {
    const pairs = this.#pairs
    const mask = (1 << this.#bits) - 1
    let place = this.#home(key)
    while (pairs[2 * place + 1] !== Empty && pairs[2 * place] !== key) place = (place + 1) & mask
    return place
  }

  #put(key: number, block: number): void {
    const place = this.#find(key)
    this.#pairs[2 * place] = key
    this.#pairs[2 * place + 1] = block
  }

  /** Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the high bits of a product. */
  #home(key: number): number {
    return Math.imul(key, 0x9E3779B1) >>> (32 - this.#bits)
  }

  #widen(): void {
    const old = this.#pairs
    this.#bits++
    this.#pairs = new Int32Array(2 << this.#bits).fill(Empty)
    for (let i = 0; i < old.length; i += 2) if (old[i + 1] !== Empty) this.#put(old[i], old[i + 1])
  }
}
