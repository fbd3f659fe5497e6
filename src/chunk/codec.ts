// The one codec: turns a value into head bytes and buffers and back, the same for messages, spilling, checkpoints and
// sockets. Here is only which of three forms a head has; walks are in Scan.ts and Spine.ts, bytes in head.ts.
//
// What crosses: what structured clone takes, listed classes, Option, Result, Exit, Cause, Duration, DateTime, errors.
// Shared and cyclic references stay. Unlike structured clone: an object without prototype stays one; errors keep their
// fields; a Buffer arrives as Uint8Array; views of one buffer, and a SharedArrayBuffer, are copied apart; what has a
// prototype of its own is refused. Symbol keys, and non-enumerable ones except errors', do not cross, nor private
// fields. A Cause keeps the annotations that can cross. Of errors that are not listed, see ErrorValue.ts.
import type { Crossing } from "./Crossing.ts"
import { PACKED, rawCode, viewRaw } from "./Entry.ts"
import { HeadReader, HeadWriter } from "./head.ts"
import { Refused } from "./Refused.ts"
import { revive } from "./revive.ts"
import { Scan, type Visitor } from "./Scan.ts"
import { Spine } from "./Spine.ts"

export { Crossing } from "./Crossing.ts"
export { OUT_OF_BAND } from "./head.ts"
export { Refused } from "./Refused.ts"

/** A value as bytes. */
export interface Encoded {
  /** owns its memory */
  readonly head: Uint8Array
  /**
   * bytes of typed arrays and buffers of at least OUT_OF_BAND bytes, on the original memory, in first-seen order; a long
   * array of numbers is among them, as a copy
   */
  readonly buffers: ReadonlyArray<Uint8Array>
}

// First byte of a head: a small value is JSON text (UTF-8, never these), others as V8 begins, or a table first; a small
// array has its type code in the second byte and then its own bytes.
const V8 = 0xff
const TABLE = 0x01
const ARRAY = 0x02
/** Bytes of an array that is written so at most; V8 takes ten times as long for it. */
const SMALL_ARRAY = 512

const tableMark = new Uint8Array([TABLE])
const noBuffers: ReadonlyArray<Uint8Array> = Object.freeze([])
/** Above this estimate V8 is as fast as JSON. */
const JSON_BYTES = 1024
const scratch = new Uint8Array(8192)
const toBytes = new TextEncoder()
const toText = new TextDecoder("utf-8", { ignoreBOM: true })

/**
 * The bytes of a value: a head, and the buffers of its arrays as views, not copies. `root` is how a refusal's path
 * begins. Throws Refused; runs getters, like structured clone.
 */
export const encode = (value: unknown, crossing: Crossing, options?: { readonly root?: string }): Encoded => {
  const small = typeof value === "object" && value !== null ? smallArray(value) : undefined
  if (small !== undefined) return small
  const root = options?.root ?? "value"
  const scan = new Scan(crossing, root, false)
  if (scan.run(value)) {
    const encoded = scan.json && scan.bytes <= JSON_BYTES ? asJson(value) : scan.numbers ? undefined : asIs(value)
    if (encoded !== undefined) return encoded
  }
  return withTable(value, new Spine(crossing, root), root)
}

/**
 * The value of bytes that `encode` made, in this thread or another. Typed arrays are views of the given buffers, which
 * then belong to the value (a copy is made only of one that is not aligned). Throws Refused for a class that this side
 * does not know, and for damaged bytes.
 */
export const decode = (head: Uint8Array, buffers: ReadonlyArray<Uint8Array>, crossing: Crossing): unknown => {
  try {
    if (head[0] === ARRAY) return viewRaw(head[1], head.slice(ARRAY_AT).buffer, 0, head.byteLength - ARRAY_AT)
    if (head[0] !== V8 && head[0] !== TABLE) return JSON.parse(toText.decode(head))
    const reader = new HeadReader(head[0] === TABLE ? head.subarray(1) : head, buffers)
    reader.readHeader()
    return head[0] === TABLE ? revive(reader, crossing) : reader.readValue()
  } catch (thrown) {
    if (thrown instanceof Refused) throw thrown
    throw new Refused("", `a value cannot be read from its ${head.byteLength} bytes: ${String(thrown)}`, {
      cause: thrown
    })
  }
}

/** True for primitives that need no codec: a message or a store may hold them as they are. */
export const isPlain = (value: unknown): boolean => {
  switch (typeof value) {
    case "string":
      return value.length <= 256
    case "bigint":
      return BigInt.asIntN(64, value) === value
    case "object":
      return value === null
    case "function":
    case "symbol":
      return false
    default:
      return true
  }
}

/**
 * Looks through a value and says how many bytes it would take encoded, buffers included (an estimate for plain data).
 * Throws Refused. `onObject` sees each object first: true accepts it as it is, unseen; it may throw to refuse it.
 */
export const check = (value: unknown, crossing: Crossing, root: string, onObject?: Visitor): number => {
  const scan = new Scan(crossing, root, true, onObject)
  if (scan.run(value)) return Math.ceil(scan.bytes)
  const { buffers, head } = withTable(value, new Spine(crossing, root, onObject), root)
  return buffers.reduce((sum, buffer) => sum + buffer.byteLength, head.byteLength)
}

/** One that is empty may be detached, of which V8 knows. */
const smallArray = (value: object): Encoded | undefined => {
  if (!ArrayBuffer.isView(value) || value.byteLength === 0 || value.byteLength > SMALL_ARRAY) return undefined
  const code = rawCode(value)
  if (code === PACKED) return undefined
  const head = arrayHead(code, value.byteLength)
  head.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), ARRAY_AT)
  return { head, buffers: noBuffers }
}

/** Where the bytes of a small typed array stand in its head. */
export const ARRAY_AT = 2

/** The head of a small typed array with this code and so many bytes, which are to be filled in at ARRAY_AT. */
export const arrayHead = (code: number, bytes: number): Uint8Array => {
  const head = new Uint8Array(bytes + ARRAY_AT)
  head[0] = ARRAY
  head[1] = code
  return head
}

const asJson = (value: unknown): Encoded | undefined => {
  const text = JSON.stringify(value)
  const { read, written } = toBytes.encodeInto(text, scratch)
  return read === text.length ? { head: scratch.slice(0, written), buffers: noBuffers } : asIs(value)
}

/** Undefined if V8 does not take it after all: an exotic object, or a getter that answered differently. */
const asIs = (value: unknown): Encoded | undefined => {
  const writer = new HeadWriter()
  try {
    writer.writeHeader()
    writer.writeValue(value)
  } catch {
    return undefined
  }
  return { head: writer.releaseBuffer(), buffers: writer.buffers }
}

const withTable = (value: unknown, spine: Spine, root: string): Encoded => {
  const copy = spine.run(value)
  const { entryShapes, payloads, shapes, standIns } = spine.table
  const writer = new HeadWriter(standIns)
  try {
    writer.writeRawBytes(tableMark)
    writer.writeHeader()
    writer.writeValue([shapes, entryShapes])
    writer.writeValue([copy, payloads])
  } catch (thrown) {
    throw new Refused(root, `it cannot be written: ${String(thrown)}`, { cause: thrown })
  }
  return { head: writer.releaseBuffer(), buffers: writer.buffers }
}
