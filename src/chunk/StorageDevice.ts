// What every place for values has in common: how values go there and come back, what a handle is, how much there is. Values
// are kept as the codec's bytes, so that what comes back is the caller's own. Engines spill by themselves and need none of
// this: devices are for programs that choose the place.
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { GraphInvalid, NotTransferable, StorageFailed } from "../graph/errors.ts"
import { refuse } from "../graph/refuse.ts"
import { type Crossing, decode, encode, Refused } from "./codec.ts"

/** A value on a device: its handle, good until it is deleted or the Scope of its `put` closes. */
export interface Stored<out A> {
  readonly "~poniard/Stored": A
  /** what it takes there, before filters */
  readonly bytes: number
  /** the name that it was given, if any */
  readonly tag: string | undefined
}

/** How a value is put. */
export interface PutOptions {
  /** A name of its own, on disk that of its file: no other value of the device may have it. */
  readonly tag?: string
  /** It stays when its Scope closes. Default: what `retain` of the device said last, at first false. */
  readonly retain?: boolean
}

/** A place for values. */
export interface StorageDevice {
  /** Bytes that it can hold: those that are taken and those that are left. */
  readonly capacity: Effect.Effect<number, StorageFailed>
  /** Bytes that are taken: of values in memory, or of files. */
  readonly used: Effect.Effect<number>
  /** Bytes that are left. */
  readonly available: Effect.Effect<number, StorageFailed>
  /** Puts a value there until the Scope closes. Fails, and changes nothing, if there is no room for it. */
  readonly put: <A>(
    value: A,
    options?: PutOptions
  ) => Effect.Effect<Stored<A>, StorageFailed | NotTransferable | GraphInvalid, Scope.Scope>
  /** The value, the caller's own. */
  readonly get: <A>(stored: Stored<A>) => Effect.Effect<A, StorageFailed>
  /** Deletes it before its Scope closes, retained or not. Deleting it again does nothing. */
  readonly delete: (stored: Stored<unknown>) => Effect.Effect<void, StorageFailed>
  /** Whether it is there. */
  readonly has: (stored: Stored<unknown>) => boolean
  /** Whether values stay when their Scopes close: those that are there, and those to come that do not say otherwise. */
  readonly retain: (retain: boolean) => Effect.Effect<void>
}

/** A value's bytes. */
export interface StoredBytes {
  readonly head: Uint8Array
  readonly buffers: ReadonlyArray<Uint8Array>
}

/** A value's handle, as devices know it. */
export class StoredValue implements Stored<unknown> {
  readonly "~poniard/Stored" = undefined
  readonly bytes: number
  readonly tag: string | undefined
  /** set by `delete` */
  isDeleted = false
  retain: boolean

  constructor(bytes: number, tag: string | undefined, retain: boolean) {
    this.bytes = bytes
    this.tag = tag
    this.retain = retain
  }
}

/** What a value takes: an array its own bytes, anything else the codec's. */
const sizeOf = (value: unknown, { buffers, head }: StoredBytes): number => {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength
  return buffers.reduce((sum, buffer) => sum + buffer.byteLength, head.byteLength)
}

/** The bytes of a value, copied, and how many they count for. */
export const bytesOfValue = (
  value: unknown,
  crossing: Crossing
): Effect.Effect<{ readonly content: StoredBytes; readonly size: number }, unknown> =>
  Effect.try({
    try: () => {
      const { buffers, head } = encode(value, crossing)
      const content = { head, buffers: buffers.map((buffer) => buffer.slice()) }
      return { content, size: sizeOf(value, content) }
    },
    catch: (thrown) =>
      thrown instanceof Refused ? refuse("NotTransferable", { path: thrown.path, reason: thrown.reason }) : thrown
  })

/** The value of bytes, which may be kept: it gets copies. */
export const valueOfBytes = ({ buffers, head }: StoredBytes, crossing: Crossing): unknown =>
  decode(head.slice(), buffers.map((buffer) => buffer.slice()), crossing)

/** The options of a `put`, checked. */
export const checkPut = (options: PutOptions | undefined): Effect.Effect<PutOptions, unknown> => {
  const { tag } = options ?? {}
  const isName = tag === undefined || typeof tag === "string" && /^[^/\\\0]+$/.test(tag) && tag !== "." && tag !== ".."
  if (isName) return Effect.succeed(options ?? {})
  return Effect.fail(
    refuse("GraphInvalid", { path: "put: options.tag", reason: "expected the name of a file, without a path" })
  )
}
