// The values of all chunks by chunk id: plain ones as they are, others as entries whose bytes lie in the arena.
// Owner of the arena: whoever needs bytes asks here. What is evicted or restored is decided by the scheduler and
// moved by Mover.ts; here are only the copies between a value and its bytes, and the sums.
import { crc32 } from "node:zlib"
import { Arena } from "./Arena.ts"
import { type Crossing, decode, encode, isPlain } from "./codec.ts"
import { Entry, FAR_VALUE, type FarValue, LIVE_VALUE, PACKED, rawCode, viewRaw } from "./Entry.ts"
import { freeze } from "./freeze.ts"
import { sizeOf } from "./size.ts"
import { INLINE_BYTES, RAW_BYTES } from "./sizes.ts"

/** Stands for the value undefined; a place without a value is undefined. */
const UNDEFINED = Symbol("undefined")
/** What a plain value is counted as. */
const PLAIN_BYTES = 16
/** Share of the budget that small values may take outside the arena. */
const INLINE_SHARE = 0.1

/** How a store is made. */
export interface StoreOptions {
  readonly budget: number
  readonly crossing: Crossing
  readonly check?: boolean
  readonly onStray?: (offset: number, bytes: number) => void
}

/** Share of the budget that the arena leaves to them: it never becomes smaller. */
const SPARE_SHARE = 1 / 64

/** No room even over the budget. */
export class ArenaFull extends Error {
  readonly needed: number
  constructor(needed: number) {
    super(`no room for ${needed} bytes`)
    this.needed = needed
  }
}

/** All values of one engine. */
export class MemoryStore {
  readonly arena: Arena
  readonly budget: number
  readonly crossing: Crossing
  readonly check: boolean
  private readonly values: Array<unknown> = []
  /** bytes of values outside the arena, and of values on a heap, this thread's or a worker's */
  inlineBytes = 0
  heapBytes = 0
  /** bytes of slabs that workers hold, to put results into */
  roomBytes = 0
  peakBytes = 0
  /** slabs that were taken over the budget because somebody could not wait */
  overdrafts = 0

  constructor(options: StoreOptions) {
    this.budget = options.budget
    this.crossing = options.crossing
    this.check = options.check === true
    const maxBytes = Math.min(Arena.limit, options.budget * 2 + 2 ** 30)
    this.arena = Arena.make({ maxBytes, check: this.check, ...(options.onStray && { onStray: options.onStray }) })
  }

  /** Bytes in memory: everything that the budget covers. */
  get bytes(): number {
    return this.inlineBytes + this.heapBytes + this.arena.length
  }

  private note(): void {
    const bytes = this.bytes
    if (bytes > this.peakBytes) this.peakBytes = bytes
  }

  /** How long the arena may become for a slab: leaves room for small values to come, unless it is itself most of it. */
  limitFor(bytes: number): number {
    const spare = bytes > this.budget / 2 ? 0 : this.budget * SPARE_SHARE
    return this.budget - Math.max(this.inlineBytes, spare) - this.heapBytes
  }

  /** Offset of a new slab within the budget, or -1. */
  tryAlloc(bytes: number): number {
    const offset = this.arena.alloc(bytes, this.limitFor(bytes))
    if (offset >= 0) this.note()
    return offset
  }

  /** Offset of a new slab, over the budget if it must be and `within` does not forbid it, or -1. */
  private find(bytes: number, within: boolean): number {
    const offset = this.tryAlloc(bytes)
    if (offset >= 0 || within) return offset
    this.overdrafts++
    return this.allocAnyway(bytes)
  }

  /** Offset of a new slab, whatever the budget, or -1 if there is no memory at all. */
  allocAnyway(bytes: number): number {
    const offset = this.arena.alloc(bytes, Infinity)
    if (offset >= 0) this.note()
    return offset
  }

  /** The value of a chunk as it is held: a plain value or an Entry. */
  get(chunk: number): unknown {
    const held = this.values[chunk]
    return held === UNDEFINED ? undefined : held
  }

  /** Holds a plain value or an entry; returns the bytes that it counts for. */
  set(chunk: number, held: unknown): number {
    this.values[chunk] = held === undefined ? UNDEFINED : held
    if (!(held instanceof Entry)) {
      this.inlineBytes += PLAIN_BYTES
      this.note()
      return PLAIN_BYTES
    }
    if (held.code < PACKED) this.heapBytes += held.bytes
    else if (held.parts.length === 0) this.inlineBytes += held.bytes
    this.note()
    return held.bytes
  }

  /**
   * Copies a value of this thread into the store's own form. `live`: keep what has no bytes of its own as it is.
   * `within`: throws ArenaFull with all that is needed rather than go over the budget.
   */
  pack(value: unknown, live: boolean, root: string, within = false): unknown {
    if (isPlain(value)) return value
    const code = typeof value === "object" && value !== null ? rawCode(value) : PACKED
    if (code !== PACKED) {
      const bytes = bytesOf(value as ArrayBufferView | ArrayBuffer)
      if (bytes.byteLength >= RAW_BYTES) return this.adopt(code, undefined, [bytes], within)
    } else if (live) return this.live(value)
    const { buffers, head } = encode(value, this.crossing, { root })
    return this.packed(head, buffers, within)
  }

  /** A value of this thread that stays as it is, whatever happens. */
  keep(value: unknown): unknown {
    if (isPlain(value)) return value
    const entry = this.live(value)
    entry.stays = true
    return entry
  }

  /** A value of this thread that is as it is until memory is short, or another needs its bytes. */
  private live(value: unknown): Entry {
    if (this.check) freeze(value)
    return new Entry(LIVE_VALUE, undefined, [], value, sizeOf(value))
  }

  /** A value that a worker keeps on its heap, of so many bytes as it estimates. */
  far(value: FarValue, bytes: number): Entry {
    const entry = new Entry(FAR_VALUE, undefined, [-1, 0], undefined, bytes)
    entry.far = value
    return entry
  }

  /** The value of a chunk for another chunk: bytes in the arena are shared by count. */
  share(chunk: number): unknown {
    const held = this.get(chunk)
    if (!(held instanceof Entry)) return held
    for (let i = 0; i < held.parts.length; i += 2) this.arena.retain(held.parts[i])
    const shared = new Entry(held.code, held.head, held.parts.slice(), held.value, held.bytes)
    shared.stays = held.stays
    shared.origin = held.origin
    return shared
  }

  /** An entry of what the codec wrote; copies the bytes. */
  packed(head: Uint8Array, buffers: ReadonlyArray<Uint8Array>, within = false): Entry {
    const small = head.byteLength <= INLINE_BYTES && this.inlineBytes < this.budget * INLINE_SHARE
    if (small && buffers.length === 0) return new Entry(PACKED, head, [], undefined, head.byteLength + 64)
    return small ? this.adopt(PACKED, head, buffers, within) : this.adopt(PACKED, undefined, [head, ...buffers], within)
  }

  /** An entry with a copy of each part in the arena. */
  adopt(code: number, head: Uint8Array | undefined, buffers: ReadonlyArray<Uint8Array>, within = false): Entry {
    const parts: Array<number> = []
    let bytes = 0
    for (const { byteLength } of buffers) {
      const offset = this.find(Math.max(1, byteLength), within)
      if (offset < 0) {
        for (let i = 0; i < parts.length; i += 2) this.arena.release(parts[i])
        throw new ArenaFull(buffers.reduce((sum, part) => sum + slabBytes(part.byteLength), 0))
      }
      parts.push(offset, byteLength)
      bytes += this.arena.bytesOf(offset)
    }
    buffers.forEach((part, i) => new Uint8Array(this.arena.buffer, parts[2 * i], part.byteLength).set(part))
    return new Entry(code, head, parts, undefined, bytes)
  }

  /** A live value gets bytes of its own: it is to cross, or memory is short. Throws Refused, or ArenaFull. */
  solidify(chunk: number): unknown {
    const held = this.get(chunk)
    if (!(held instanceof Entry) || held.code !== LIVE_VALUE) return held
    // What it took is free for its bytes: it is not held in both forms.
    this.heapBytes -= held.bytes
    let packed: unknown = held
    try {
      packed = this.pack(held.value, false, "result")
    } finally {
      if (packed === held) this.heapBytes += held.bytes
    }
    if (packed instanceof Entry) packed.origin = held.origin
    this.set(chunk, packed)
    return packed
  }

  /** The bytes of each part where they lie in the arena. */
  partViews(entry: Entry): Array<Uint8Array> {
    const views: Array<Uint8Array> = []
    for (let i = 0; i < entry.parts.length; i += 2) {
      views.push(new Uint8Array(this.arena.buffer, entry.parts[i], entry.parts[i + 1]))
    }
    return views
  }

  /** CRC-32 of a chunk's bytes in shared memory; 0 if it has none. */
  checksum(chunk: number): number {
    const held = this.get(chunk)
    return held instanceof Entry ? this.partViews(held).reduce((sum, view) => crc32(view, sum), 0) : 0
  }

  /** A chunk's value for a task on this thread: arrays are views on the arena. */
  view(chunk: number): unknown {
    const held = this.get(chunk)
    if (!(held instanceof Entry)) return held
    if (held.code === LIVE_VALUE) return held.value
    if (held.code !== PACKED) return viewRaw(held.code, this.arena.buffer, held.parts[0], held.parts[1])
    return this.unpack(held, this.partViews(held))
  }

  /** A chunk's value as the user's own: nothing in it is shared with the store. */
  copy(chunk: number): unknown {
    const held = this.get(chunk)
    if (!(held instanceof Entry)) return held
    if (held.code === LIVE_VALUE) return this.copyLive(held.value)
    return this.unpackOwn(held, this.partViews(held).map((view) => new Uint8Array(view)))
  }

  /** A value from parts that belong to the caller. */
  unpackOwn(entry: Entry, parts: ReadonlyArray<Uint8Array>): unknown {
    if (entry.code === PACKED) return this.unpack(entry, parts)
    const bytes = parts[0]
    return entry.code === 13
      ? bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
      : viewRaw(entry.code, bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  private unpack(entry: Entry, parts: ReadonlyArray<Uint8Array>): unknown {
    return entry.head === undefined
      ? decode(parts[0], parts.slice(1), this.crossing)
      : decode(entry.head, parts, this.crossing)
  }

  /** What has bytes of its own is copied; a function or another living object can only be handed over. */
  private copyLive(value: unknown): unknown {
    try {
      const { buffers, head } = encode(value, this.crossing)
      return decode(head, buffers.map((buffer) => new Uint8Array(buffer)), this.crossing)
    } catch {
      return value
    }
  }

  /** Drops what there is of an entry in memory. */
  evict(entry: Entry): void {
    for (let i = 0; i < entry.parts.length; i += 2) {
      if (entry.parts[i] >= 0) this.arena.release(entry.parts[i])
      entry.parts[i] = -1
    }
    entry.far?.release()
    entry.far = undefined
  }

  /** Forgets a chunk; its arena bytes are free at once unless they are being written or read. */
  delete(chunk: number): unknown {
    const held = this.values[chunk]
    if (held === undefined) return undefined
    this.values[chunk] = undefined
    if (!(held instanceof Entry)) {
      this.inlineBytes -= PLAIN_BYTES
      return undefined
    }
    if (held.code < PACKED) this.heapBytes -= held.bytes
    else if (held.parts.length === 0) this.inlineBytes -= held.bytes
    held.released = true
    if (held.moving === undefined) this.evict(held)
    return held
  }
}

/** Bytes that a slab for so many bytes takes. */
export const slabBytes = (bytes: number): number => Math.max(64, Math.ceil(bytes / 64) * 64)

/** The bytes of a view or buffer, without a copy. */
export const bytesOf = (value: ArrayBufferView | ArrayBuffer): Uint8Array =>
  ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value)
