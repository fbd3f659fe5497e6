// The memory that all threads share: one growable SharedArrayBuffer and the free list that says whose bytes are whose.
// The main thread owns it; workers have the buffer and are told offsets. It decides nothing about budgets, and never
// gives memory back to the system (no JavaScript can): what is free is used again.

import { FreeList, type Slab, type Stretch } from "./FreeList.ts"

const Granule = 64
const GrowStep = 64 * 1024
const Poison = 0xDB
const PoisonWord = 0xDBDBDBDB | 0

/** A stretch of freed memory that somebody wrote to: from its first strange byte to its last. */
export interface Stray {
  readonly offset: number
  readonly bytes: number
}

/** What an arena is made with. */
export interface ArenaOptions {
  /** Address space to reserve, which costs nothing: the most that the arena can ever grow to. */
  readonly maxBytes: number
  /** Fills freed bytes with 0xDB and looks, before they are used again, whether they still are. Slow; for tests. */
  readonly check?: boolean
  /** Called with each stretch of freed memory that was written to. Without it such a stretch throws. */
  readonly onStray?: (offset: number, bytes: number) => void
}

/** One SharedArrayBuffer, cut into counted slabs that start at multiples of 64 bytes. Misuse throws: it is a defect. */
export class Arena {
  /** The most bytes that one arena can have: 256 GiB less 64 bytes. */
  static readonly limit = (2 ** 32 - 1) * Granule

  /** Reserves the address space; no byte of it is in use yet. Throws when the system refuses to reserve it. */
  static make(options: ArenaOptions): Arena {
    return new Arena(options)
  }

  /** The memory. Views on it must have a length of their own: those that follow its growth are 45 times slower. */
  readonly buffer: SharedArrayBuffer

  readonly #slabs: FreeList
  readonly #check: boolean
  readonly #onStray: (offset: number, bytes: number) => void

  private constructor(options: ArenaOptions) {
    this.buffer = reserve(options.maxBytes)
    this.#check = options.check ?? false
    this.#onStray = options.onStray ?? refuse
    this.#slabs = new FreeList({
      name: "Arena",
      granule: Granule,
      step: GrowStep,
      grow: (length) => this.#grow(length)
    })
  }

  /**
   * Offset of a slab of at least `bytes` with one reference, or -1 if no hole is large enough and growing would make
   * the arena longer than `growTo` bytes. Its content is undefined.
   */
  alloc(bytes: number, growTo: number): number {
    const offset = this.#slabs.alloc(bytes, Math.min(growTo, this.buffer.maxByteLength))
    if (this.#check && offset >= 0) {
      const stray = this.#stray(offset, this.#slabs.bytesOf(offset))
      if (stray !== undefined) this.#onStray(stray.offset, stray.bytes)
    }
    return offset
  }

  /**
   * Cuts a slab so that it keeps its first `bytes` (rounded up to 64). Returns the offset of the rest, a slab of its
   * own with one reference, or -1 if nothing is left.
   */
  split(offset: number, bytes: number): number {
    return this.#slabs.split(offset, bytes)
  }

  /** One more reference to a slab. */
  retain(offset: number): void {
    this.#slabs.retain(offset)
  }

  /** One reference less; true if it was the last and the bytes are free again. */
  release(offset: number): boolean {
    if (!this.#check) return this.#slabs.release(offset)
    const bytes = this.#slabs.bytesOf(offset)
    const freed = this.#slabs.release(offset)
    if (freed) this.#poison(offset, bytes)
    return freed
  }

  /** References to a slab. */
  referencesOf(offset: number): number {
    return this.#slabs.referencesOf(offset)
  }

  /** Bytes that a slab really has: what was asked for, rounded up to 64. */
  bytesOf(offset: number): number {
    return this.#slabs.bytesOf(offset)
  }

  /** Bytes grown so far, free ones included: this is what the budget counts. */
  get length(): number {
    return this.#slabs.length
  }

  /** Bytes of all slabs. */
  get used(): number {
    return this.#slabs.used
  }

  /** Bytes of the largest hole. */
  get largestFree(): number {
    return this.#slabs.largestFree
  }

  /** The part of the arena (0 to 1) that is free but not in the largest hole. */
  get fragmentation(): number {
    return this.length === 0 ? 0 : (this.length - this.used - this.largestFree) / this.length
  }

  /** Marks a slab that may be moved, by any number but 0; for the next `stretch`. */
  mark(offset: number, mark: number): void {
    this.#slabs.mark(offset, mark)
  }

  /**
   * The stretch of `bytes` below `limit` with the least in it, at most `most`, that has only marked slabs with one
   * reference; or undefined. Forgets all marks.
   */
  stretch(bytes: number, limit: number, most: number): Stretch | undefined {
    return this.#slabs.stretch(bytes, limit, most)
  }

  /** Every slab by address, for leak detection. */
  slabs(): Iterable<Slab> {
    return this.#slabs.slabs()
  }

  /** Every stretch of freed memory that was written to since; empty without `check`. Costs a look at all free bytes. */
  verify(): Array<Stray> {
    if (!this.#check) return []
    return Array.from(this.#slabs.holes(), (hole) => this.#stray(hole.offset, hole.bytes)).filter((s) =>
      s !== undefined
    )
  }

  #grow(length: number): boolean {
    const before = this.buffer.byteLength
    try {
      this.buffer.grow(length)
    } catch {
      // The system has no more memory to give: the same to us as a full arena, and the engine spills.
      return false
    }
    if (this.#check) this.#poison(before, length - before)
    return true
  }

  #poison(offset: number, bytes: number): void {
    new Uint8Array(this.buffer, offset, bytes).fill(Poison)
  }

  #stray(offset: number, bytes: number): Stray | undefined {
    const words = new Int32Array(this.buffer, offset, bytes / 4)
    const first = firstStrange(words)
    if (first < 0) return undefined
    let last = words.length - 1
    while (words[last] === PoisonWord) last--
    const view = new Uint8Array(this.buffer, offset, bytes)
    let from = 4 * first
    let to = 4 * last + 3
    while (view[from] === Poison) from++
    while (view[to] === Poison) to--
    return { offset: offset + from, bytes: to - from + 1 }
  }
}

function firstStrange(words: Int32Array): number {
  for (let i = 0; i < words.length; i++) if (words[i] !== PoisonWord) return i
  return -1
}

function reserve(maxBytes: number): SharedArrayBuffer {
  if (!(maxBytes >= Granule && maxBytes <= Arena.limit)) {
    throw new Error(`Arena: maxBytes must be between ${Granule} and ${Arena.limit}, it is ${maxBytes}`)
  }
  try {
    return new SharedArrayBuffer(0, { maxByteLength: Math.floor(maxBytes / Granule) * Granule })
  } catch (cause) {
    throw new Error(
      `Arena: the system does not let this process reserve ${maxBytes} bytes of address space; `
        + "give the engine less memory, or raise the limit (ulimit -v)",
      { cause }
    )
  }
}

function refuse(offset: number, bytes: number): never {
  throw new Error(
    `Arena: ${bytes} bytes at offset ${offset} were written to after they had been freed; `
      + "a task kept a view of an input or of its memory beyond its end"
  )
}
