// Finds free stretches of addresses: a list of holes per page of 256 granules (a hole belongs to the page it starts
// in) under a tree of maxima over the pages. Lowest fit is one walk down, best fit visits only pages that can serve.
// It indexes block records that FreeList makes and merges; it changes no address and no size.

import { type Blocks, None } from "./Blocks.ts"

const PageBits = 8

/** The index of the holes among `blocks`. */
export class Holes {
  readonly #blocks: Blocks
  /** Per page the first hole of its list. */
  #heads = new Int32Array(64).fill(None)
  /** Tree of maxima: node n has children 2n and 2n + 1, page p is leaf `pages + p`. */
  #largest = new Uint32Array(128)
  readonly #path = new Int32Array(64)

  constructor(blocks: Blocks) {
    this.#blocks = blocks
  }

  /** Granules of the largest hole, 0 if there is none. */
  get largest(): number {
    return this.#largest[1]
  }

  /** The hole with the lowest address that has at least `size` granules, or None. */
  lowest(size: number): number {
    const largest = this.#largest
    if (largest[1] < size) return None
    const pages = this.#heads.length
    let node = 1
    while (node < pages) node = largest[2 * node] >= size ? 2 * node : 2 * node + 1
    const blocks = this.#blocks
    let found = None
    for (let hole = this.#heads[node - pages]; hole !== None; hole = blocks.down[hole]) {
      if (blocks.size[hole] >= size && (found === None || blocks.at[hole] < blocks.at[found])) found = hole
    }
    return found
  }

  /** The smallest hole of at least `size` granules, of equal ones the lowest, or None. Costs a walk per page that fits. */
  best(size: number): number {
    const largest = this.#largest
    const blocks = this.#blocks
    const path = this.#path
    const pages = this.#heads.length
    let found = None
    let depth = 0
    path[depth++] = 1
    while (depth > 0) {
      const node = path[--depth]
      if (largest[node] < size) continue
      if (node < pages) {
        path[depth++] = 2 * node + 1
        path[depth++] = 2 * node
        continue
      }
      for (let hole = this.#heads[node - pages]; hole !== None; hole = blocks.down[hole]) {
        if (blocks.size[hole] >= size && (found === None || this.#better(hole, found))) found = hole
      }
      if (found !== None && blocks.size[found] === size) return found
    }
    return found
  }

  /** Takes a block up as a hole. */
  add(hole: number): void {
    const blocks = this.#blocks
    const page = blocks.at[hole] >>> PageBits
    if (page >= this.#heads.length) this.#widen(page)
    const head = this.#heads[page]
    blocks.up[hole] = None
    blocks.down[hole] = head
    if (head !== None) blocks.up[head] = hole
    this.#heads[page] = hole
    const size = blocks.size[hole]
    const largest = this.#largest
    for (let node = this.#heads.length + page; node > 0 && largest[node] < size; node >>>= 1) largest[node] = size
  }

  /** Forgets a hole. Its address and size must be those it was added with. */
  remove(hole: number): void {
    const blocks = this.#blocks
    const page = blocks.at[hole] >>> PageBits
    const up = blocks.up[hole]
    const down = blocks.down[hole]
    if (up === None) this.#heads[page] = down
    else blocks.down[up] = down
    if (down !== None) blocks.up[down] = up
    const largest = this.#largest
    let node = this.#heads.length + page
    if (largest[node] > blocks.size[hole]) return
    let size = 0
    for (let rest = this.#heads[page]; rest !== None; rest = blocks.down[rest]) {
      if (blocks.size[rest] > size) size = blocks.size[rest]
    }
    while (largest[node] !== size) {
      largest[node] = size
      if (node === 1) return
      const sibling = largest[node ^ 1]
      if (sibling > size) size = sibling
      node >>>= 1
    }
  }

  #better(hole: number, found: number): boolean {
    const { at, size } = this.#blocks
    return size[hole] < size[found] || (size[hole] === size[found] && at[hole] < at[found])
  }

  #widen(page: number): void {
    let pages = this.#heads.length
    while (pages <= page) pages *= 2
    const heads = new Int32Array(pages).fill(None)
    heads.set(this.#heads)
    const largest = new Uint32Array(2 * pages)
    largest.set(this.#largest.subarray(this.#heads.length), pages)
    for (let node = pages - 1; node > 0; node--) largest[node] = Math.max(largest[2 * node], largest[2 * node + 1])
    this.#heads = heads
    this.#largest = largest
  }
}
