// Values on the worker's side: arguments read from a batch as views on shared memory, results written into the room.
// Nothing is copied that lies in the arena already: an array made by Task.alloc, or an input handed on.
import { type Crossing, decode, encode, isPlain, Refused } from "../chunk/codec.ts"
import { PACKED, rawCode, viewRaw } from "../chunk/Entry.ts"
import { INLINE_BYTES, RAW_BYTES } from "../chunk/sizes.ts"
import { ownCopy } from "../chunk/written.ts"
import { Code } from "../transport/Message.ts"
import type { Reader, Writer } from "../transport/Words.ts"
import { FarChunk } from "./handle.ts"
import type { Handover } from "./Handover.ts"
import type { Piece, Room } from "./Room.ts"

/** What a running attempt holds of shared memory. */
export interface Holdings {
  /** pieces of the room that it has taken */
  readonly pieces: Array<Piece>
  /** places of inputs in shared memory: offset, bytes; these below 0 if they cannot be shared by count yet */
  readonly inputs: Array<number>
  /** bytes that its output will probably take */
  readonly expected: number
  /** its result travels in the message */
  readonly apart: boolean
}

/** A chunk as a `meta` task gets it. */
export type MakeHandle = (chunk: number, bytes: number) => unknown

/** Reads values of a batch. */
export class ValueReader {
  private readonly arena: SharedArrayBuffer | undefined
  private readonly crossing: Crossing
  private readonly makeHandle: MakeHandle
  private readonly handover: Handover

  constructor(
    arena: SharedArrayBuffer | undefined,
    crossing: Crossing,
    makeHandle: MakeHandle,
    handover: Handover
  ) {
    this.handover = handover
    this.arena = arena
    this.crossing = crossing
    this.makeHandle = makeHandle
  }

  /** The next value; places of its bytes in shared memory are pushed onto `inputs`. */
  read(from: Reader, inputs: Array<number>): unknown {
    switch (from.int()) {
      case Code.literal:
        return from.next()
      case Code.int:
        return from.int()
      case Code.raw: {
        const code = from.int()
        from.place(inputs)
        return viewRaw(code, this.arena!, inputs[inputs.length - 2], inputs[inputs.length - 1])
      }
      case Code.packed:
        return this.packed(from, inputs)
      case Code.rawBytes: {
        const code = from.int()
        const bytes = from.next() as Uint8Array
        return viewRaw(code, bytes.buffer, bytes.byteOffset, bytes.byteLength)
      }
      case Code.packedBytes: {
        const head = from.next() as Uint8Array | undefined
        const parts: Array<Uint8Array> = []
        for (let n = from.int(); n > 0; n--) parts.push(from.next() as Uint8Array)
        return this.unpack(head, parts)
      }
      case Code.list: {
        const list: Array<unknown> = []
        for (let n = from.int(); n > 0; n--) list.push(this.read(from, inputs))
        return list
      }
      case Code.record: {
        const record: Record<string, unknown> = {}
        for (const key of from.next() as ReadonlyArray<string>) record[key] = this.read(from, inputs)
        return record
      }
      case Code.handle:
        return this.makeHandle(from.int(), from.next() as number)
      case Code.slot:
        return this.handover.read(from.int(), from.int(), inputs, this)
      default:
        throw new Error("a batch could not be read: unknown code")
    }
  }

  private packed(from: Reader, inputs: Array<number>): unknown {
    const head = from.next() as Uint8Array | undefined
    const parts: Array<Uint8Array> = []
    for (let n = from.int(); n > 0; n--) {
      from.place(inputs)
      parts.push(new Uint8Array(this.arena!, inputs[inputs.length - 2], inputs[inputs.length - 1]))
    }
    return this.unpack(head, parts)
  }

  private unpack(head: Uint8Array | undefined, parts: ReadonlyArray<Uint8Array>): unknown {
    return head === undefined
      ? decode(parts[0], parts.slice(1), this.crossing)
      : decode(head, parts, this.crossing)
  }
}

const bytesIn = (value: ArrayBufferView | ArrayBuffer): Uint8Array =>
  ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value)

/** What `Task.alloc(...).buffer` is: not the array's own memory, but everybody's; unless one array is all there is. */
const refuseArena = (
  buffers: ReadonlyArray<Uint8Array>,
  arena: SharedArrayBuffer,
  { inputs, pieces }: Holdings,
  root: string
): void => {
  const whole = buffers.some(({ buffer, byteOffset, byteLength }) =>
    buffer === arena && byteOffset === 0 && byteLength === arena.byteLength
  )
  const isOwn = pieces.some(({ bytes, offset }) => offset === 0 && bytes >= arena.byteLength)
    || inputs.some((offset, i) => i % 2 === 0 && offset === 0 && inputs[i + 1] === arena.byteLength)
  if (whole && !isOwn) {
    throw new Refused(
      root,
      "it holds the buffer of an array of Task.alloc, which is the memory of all tasks: return the array"
    )
  }
}

/** Writes results. */
export class ValueWriter {
  private readonly room: Room | undefined
  private readonly crossing: Crossing

  constructor(room: Room | undefined, crossing: Crossing) {
    this.room = room
    this.crossing = crossing
  }

  /** Writes one value. Throws Refused or RoomRefused before anything is written. */
  write(to: Writer, value: unknown, holdings: Holdings, root: string): void {
    if (isPlain(value)) return to.plain(value)
    if (value instanceof FarChunk) return to.handle(value.chunk)
    if (holdings.apart) return this.apart(to, value, root)
    const code = typeof value === "object" && value !== null ? rawCode(value) : PACKED
    if (code !== PACKED) {
      const bytes = bytesIn(value as ArrayBufferView | ArrayBuffer)
      if (bytes.byteLength >= RAW_BYTES || (this.room !== undefined && bytes.buffer === this.room.arena)) {
        return this.raw(to, code, bytes, holdings)
      }
    }
    // What travels is posted later, and by then the function may have used its memory again.
    if (this.room === undefined) return this.apart(to, value, root)
    const { buffers, head } = encode(value, this.crossing, { root })
    refuseArena(buffers, this.room.arena, holdings, root)
    if (head.byteLength <= INLINE_BYTES) to.packed(head, buffers.flatMap((part) => this.place(part, holdings)))
    else to.packed(undefined, [head, ...buffers].flatMap((part) => this.place(part, holdings)))
  }

  private apart(to: Writer, value: unknown, root: string): void {
    const { buffers, head } = ownCopy(encode(value, this.crossing, { root }))
    to.packedBytes(head, buffers)
  }

  private raw(to: Writer, code: number, bytes: Uint8Array, holdings: Holdings): void {
    if (this.room === undefined) return to.rawBytes(code, bytes.slice())
    if (bytes.buffer === this.room.arena) {
      const { inputs } = holdings
      for (let i = 0; i < inputs.length; i += 2) {
        if (inputs[i] === bytes.byteOffset && inputs[i + 1] === bytes.byteLength) {
          return to.raw(code, bytes.byteOffset, bytes.byteLength, true)
        }
      }
    }
    const [offset] = this.place(bytes, holdings)
    to.raw(code, offset, bytes.byteLength, false)
  }

  /** Where bytes lie in the room: where they are if they begin a piece of this attempt, else a copy. */
  private place(bytes: Uint8Array, holdings: Holdings): [offset: number, bytes: number] {
    const room = this.room!
    if (bytes.buffer === room.arena) {
      const own = holdings.pieces.find((piece) => piece.offset === bytes.byteOffset && !piece.used)
      if (own !== undefined && bytes.byteLength <= own.bytes) {
        own.used = true
        return [own.offset, bytes.byteLength]
      }
    }
    const piece = room.take(bytes.byteLength, 0)
    piece.used = true
    holdings.pieces.push(piece)
    new Uint8Array(room.arena, piece.offset, bytes.byteLength).set(bytes)
    return [piece.offset, bytes.byteLength]
  }
}
