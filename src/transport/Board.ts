// The board: memory that all workers of an engine share, with one bell a worker and one slot for each attempt under way.
// A slot says how far its attempt is and, when it has ended, its value if that is a number or an array in shared memory,
// so that tasks which were sent behind it go on without a word from the engine. Where nothing is shared each worker has
// a board of its own, and the engine is told by message.
//
// Order of writes: a value before the word that says that it is there; a waiter's bit before its last look at the word.

import { LAST_ARRAY, rawTypes, viewRaw } from "../chunk/Entry.ts"
import { BELL_INTS, BELLS, Bells } from "./Bells.ts"

/** Int32 before the slots. */
const HEAD = BELL_INTS
/** Int32 per slot: two cache lines. */
const SLOT = 32

/** Int32 of a slot. */
const Field = { word: 0, waiters: 1, maker: 2, kind: 3, value: 4 } as const

/**
 * How far an attempt is. done: the value is in the slot. kept: only the worker that made it has the value. yielded: it
 * waits for tasks that it has spawned. void: there will be no value.
 */
export const Stage = { free: 0, claimed: 1, revoked: 2, cancelled: 3, done: 4, kept: 5, yielded: 6, void: 7 } as const

/** One of Stage. */
export type Stage = typeof Stage[keyof typeof Stage]

/**
 * What a value in a slot is; packed: what the codec wrote, its length in bytes first;
 * array: a small typed array, its type code and length first.
 */
export const Kind = {
  int: 0,
  double: 1,
  undefined: 2,
  null: 3,
  true: 4,
  false: 5,
  raw: 6,
  packed: 7,
  array: 8
} as const

/** Bytes that the codec may have written for a value to fit into a slot. */
const SMALL = 4 * (SLOT - Field.value - 1)
/** Bytes of a typed array that fits: behind two Int32, so that it is aligned. */
const SMALL_ARRAY = 4 * (SLOT - Field.value - 2)

/** Attempts that are told apart by a slot's word. */
const TAGS = 2 ** 27

/** What tells an attempt in its slot. */
export const tagOf = (attempt: number): number => attempt % TAGS

/** A typed array of any element. */
export interface TypedArray extends ArrayBufferView {
  readonly length: number
  readonly BYTES_PER_ELEMENT: number
  readonly set: (from: ArrayLike<never>, at?: number) => void
  readonly slice: (from: number, until: number) => TypedArray
}

const scratch = new DataView(new ArrayBuffer(8))

/** A board. Slots are numbers from 0; a slot below 0 is none. */
export class Board {
  readonly bells: Bells
  private readonly ints: Int32Array
  private readonly bytes: Uint8Array
  /** the same memory as elements of each type, by its code */
  private readonly views: ReadonlyArray<TypedArray | undefined>

  /** `memory`: what another side's board stands on. */
  constructor(memory: SharedArrayBuffer | ArrayBuffer) {
    this.ints = new Int32Array(memory, 0, memory.byteLength / 4)
    this.bells = new Bells(this.ints)
    this.bytes = new Uint8Array(memory, 0, memory.byteLength)
    this.views = rawTypes.map((type, code) =>
      type === undefined || code > LAST_ARRAY ? undefined : viewRaw(code, memory, 0, memory.byteLength) as TypedArray
    )
  }

  /** Bytes that a board of so many slots needs. */
  static bytes(slots: number): number {
    return 4 * (HEAD + SLOT * slots)
  }

  private at(slot: number): number {
    return HEAD + SLOT * slot
  }

  /** A slot is an attempt's from now on. */
  open(slot: number, tag: number): void {
    const at = this.at(slot)
    this.ints[at + Field.waiters] = 0
    Atomics.store(this.ints, at + Field.word, tag * 8 + Stage.free)
  }

  /** The stage of an attempt; void if the slot is another's. */
  stage(slot: number, tag: number): Stage {
    if (slot < 0) return Stage.void
    const word = Atomics.load(this.ints, this.at(slot))
    return word >> 3 === tag ? (word & 7) as Stage : Stage.void
  }

  /** Moves an attempt from one stage to another; false if it was in a third. */
  move(slot: number, tag: number, from: Stage, to: Stage): boolean {
    const before = tag * 8 + from
    return Atomics.compareExchange(this.ints, this.at(slot), before, tag * 8 + to) === before
  }

  /** Moves an attempt to a stage whatever it was in, if the slot is its own, and wakes who waits for it. */
  settle(slot: number, tag: number, to: Stage): void {
    const at = this.at(slot)
    for (let word = Atomics.load(this.ints, at); word >> 3 === tag;) {
      const found = Atomics.compareExchange(this.ints, at, word, tag * 8 + to)
      if (found === word) break
      word = found
    }
    this.wake(slot)
  }

  /** Rings for everybody who waits for a slot, but for `self`, who knows; returns whether that one waits, too. */
  wake(slot: number, self = -1): boolean {
    const at = this.at(slot) + Field.waiters
    if (Atomics.load(this.ints, at) === 0) return false
    const waiters = Atomics.exchange(this.ints, at, 0)
    const own = self < 0 ? 0 : waiters & (1 << self % BELLS)
    this.bells.ringAll(own !== 0 && this.bells.areShared ? waiters : waiters ^ own)
    return own !== 0
  }

  /** A worker waits for a slot; it is to look at the stage once more after this. */
  await(slot: number, worker: number): void {
    this.bells.waits(worker)
    Atomics.or(this.ints, this.at(slot) + Field.waiters, 1 << worker % BELLS)
  }

  /** Writes a value other than an array; false if it does not fit into a slot. */
  write(slot: number, maker: number, value: unknown): boolean {
    const at = this.at(slot)
    let kind: number = Kind.int
    if (typeof value === "number") {
      if ((value | 0) === value && !Object.is(value, -0)) this.ints[at + Field.value] = value
      else {
        kind = Kind.double
        scratch.setFloat64(0, value)
        this.ints[at + Field.value] = scratch.getInt32(0)
        this.ints[at + Field.value + 1] = scratch.getInt32(4)
      }
    } else if (value === undefined) kind = Kind.undefined
    else if (value === null) kind = Kind.null
    else if (typeof value === "boolean") kind = value ? Kind.true : Kind.false
    else return false
    this.ints[at + Field.kind] = kind
    this.ints[at + Field.maker] = maker
    return true
  }

  /** Writes where an array lies in shared memory: type code and the three numbers of its place. */
  writeRaw(slot: number, maker: number, codes: ArrayLike<number>): void {
    const at = this.at(slot)
    this.ints[at + Field.kind] = Kind.raw
    this.ints[at + Field.maker] = maker
    for (let i = 0; i < 4; i++) this.ints[at + Field.value + i] = codes[i]
  }

  /** Writes what the codec wrote; false if it does not fit into a slot. */
  writePacked(slot: number, maker: number, head: Uint8Array): boolean {
    if (head.byteLength > SMALL) return false
    const at = this.at(slot)
    this.ints[at + Field.kind] = Kind.packed
    this.ints[at + Field.maker] = maker
    this.ints[at + Field.value] = head.byteLength
    this.bytes.set(head, 4 * (at + Field.value + 1))
    return true
  }

  /** Writes a typed array of the type with this code; false if it is none, or does not fit into a slot. */
  writeArray(slot: number, maker: number, code: number, value: object): boolean {
    const view = this.views[code]
    if (view === undefined) return false
    const { byteLength, length } = value as TypedArray
    if (byteLength === 0 || byteLength > SMALL_ARRAY) return false
    const at = this.at(slot)
    this.ints[at + Field.kind] = Kind.array
    this.ints[at + Field.maker] = maker
    this.ints[at + Field.value] = code
    this.ints[at + Field.value + 1] = byteLength
    // In elements, of which a slot has a whole number; neither array is asked for its buffer, which a small one has not.
    view.set(value as ArrayLike<never>, 4 * (at + Field.value + 2) / (byteLength / length))
    return true
  }

  /** Type code of a small typed array, and its bytes. */
  arrayCode(slot: number): number {
    return this.ints[this.at(slot) + Field.value]
  }

  arrayLength(slot: number): number {
    return this.ints[this.at(slot) + Field.value + 1]
  }

  /** A copy of a small typed array. */
  array(slot: number): TypedArray {
    const at = this.at(slot) + Field.value
    const view = this.views[this.ints[at]]!
    const from = 4 * (at + 2) / view.BYTES_PER_ELEMENT
    return view.slice(from, from + this.ints[at + 1] / view.BYTES_PER_ELEMENT)
  }

  /** Copies the bytes of a small typed array to a place in another. */
  copyArray(slot: number, into: Uint8Array, at: number): void {
    const from = 4 * (this.at(slot) + Field.value + 2)
    const length = this.arrayLength(slot)
    for (let i = 0; i < length; i++) into[at + i] = this.bytes[from + i]
  }

  /** A copy of what the codec wrote. */
  packed(slot: number): Uint8Array {
    const at = this.at(slot) + Field.value
    return this.bytes.slice(4 * (at + 1), 4 * (at + 1) + this.ints[at])
  }

  /** The worker that made a slot's value. */
  maker(slot: number): number {
    return this.ints[this.at(slot) + Field.maker]
  }

  /** One of Kind. */
  kind(slot: number): number {
    return this.ints[this.at(slot) + Field.kind]
  }

  /** The codes of an array: type code and place. */
  codes(slot: number): Int32Array {
    const at = this.at(slot) + Field.value
    return this.ints.subarray(at, at + 4)
  }

  /** The value in a slot, if it is no array. */
  read(slot: number): unknown {
    const at = this.at(slot) + Field.value
    switch (this.kind(slot)) {
      case Kind.int:
        return this.ints[at]
      case Kind.double:
        scratch.setInt32(0, this.ints[at])
        scratch.setInt32(4, this.ints[at + 1])
        return scratch.getFloat64(0)
      case Kind.null:
        return null
      case Kind.true:
        return true
      case Kind.false:
        return false
      default:
        return undefined
    }
  }
}
