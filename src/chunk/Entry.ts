// How one stored value is held: its kind, where its parts lie in the arena, its copy on disk. Plain primitives are
// kept as they are and have no entry. Not here: who may free it (MemoryStore.ts), when it moves (scheduler).
import type { Handle } from "../graph/Handle.ts"
import type { SpillHandle } from "./SpillStore.ts"

/** Constructors of raw parts by code; the code is the index. 0 is not used: it stands for a value of the codec. */
export const rawTypes = [
  undefined,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
  ArrayBuffer
] as const

/** The last code of a typed array. */
export const LAST_ARRAY = 11

/** Code of a value that the codec has packed. */
export const PACKED = 0
/** Code of a JavaScript value kept as it is on this thread's heap. */
export const LIVE_VALUE = -1

const codes = new Map<object, number>()
for (let code = 1; code < 13; code++) codes.set((rawTypes[code] as { prototype: object }).prototype, code)

/** The code of a value that can be stored as its bare bytes, or PACKED. */
export const rawCode = (value: object): number => {
  if (!ArrayBuffer.isView(value)) return value instanceof ArrayBuffer ? 13 : PACKED
  return codes.get(Object.getPrototypeOf(value)) ?? (value instanceof Uint8Array ? 2 : PACKED)
}

/** A value of type `code` over bytes that are already there: no copy, except for ArrayBuffer. */
export const viewRaw = (code: number, buffer: ArrayBufferLike, offset: number, bytes: number): unknown => {
  if (code === 13) return new Uint8Array(buffer, offset, bytes).slice().buffer
  const type = rawTypes[code] as { new(b: ArrayBufferLike, o: number, n: number): unknown; BYTES_PER_ELEMENT?: number }
  return new type(buffer, offset, bytes / (type.BYTES_PER_ELEMENT ?? 1))
}

/** Code of a value that is as it is on the heap of the worker that made it; for all others it is away. */
export const FAR_VALUE = -2

/** A value that only a worker has. */
export interface FarValue {
  /** Has it sent here; `done` is called, once, with how it is held, or with undefined if it is lost. */
  readonly fetch: (done: (held: Entry | undefined) => void) => void
  /** Nobody asks for it any more. */
  readonly release: () => void
}

/** Marks an entry that waits to be written: its bytes may still be moved. */
export const QUEUED = {}

/** A stored value that is not a plain primitive. */
export class Entry {
  readonly code: number
  /** what the codec wrote, if it is small; otherwise it is the first part */
  readonly head: Uint8Array | undefined
  /** offset in the arena and length in bytes of each part; offset -1 while it is not in memory */
  readonly parts: Array<number>
  readonly value: unknown
  /** bytes that it occupies in memory, roundings included */
  bytes: number
  disk: SpillHandle | undefined = undefined
  /** what it is computed from whenever it is not in memory; such a value is never written to disk */
  origin: Handle | undefined = undefined
  /** a live value that nobody encodes because memory is short: whoever made it said so */
  stays = false
  /** where it is, if only a worker has it */
  far: FarValue | undefined = undefined
  /** a write or read is under way; set to undefined when it is to be forgotten */
  moving: object | undefined = undefined
  /** released while it was moving */
  released = false

  constructor(code: number, head: Uint8Array | undefined, parts: Array<number>, value: unknown, bytes: number) {
    this.code = code
    this.head = head
    this.parts = parts
    this.value = value
    this.bytes = bytes
  }
}
