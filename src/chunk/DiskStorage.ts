// A folder as a device: a file for each value, written under another name and renamed, through filters.
import * as Effect from "effect/Effect"
import { mkdir, open, readFile, rename, rm, stat, statfs } from "node:fs/promises"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { type GraphInvalid, StorageFailed } from "../graph/errors.ts"
import { refuse } from "../graph/refuse.ts"
import { Crossing } from "./codec.ts"
import {
  bytesOfValue,
  checkPut,
  type PutOptions,
  type StorageDevice,
  type Stored,
  type StoredBytes,
  StoredValue,
  valueOfBytes
} from "./StorageDevice.ts"
import type { StorageFilter } from "./storageFilters.ts"

/** How a disk device is made. */
export interface DiskStorageOptions {
  /** Made if need be. */
  readonly directory: string
  /** Bytes of files at most. Default: what the file system has. */
  readonly capacity?: number
  /** Applied in this order when a value is written. Default: none. */
  readonly filters?: ReadonlyArray<StorageFilter>
  /** Classes whose values may be put, besides those that cross anyway. */
  readonly schemas?: ReadonlyArray<unknown>
}

const reasons: Readonly<Record<string, StorageFailed["reason"]>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
  ENOENT: "missing"
}

const failed = (path: string, cause: unknown): StorageFailed => {
  const { code, message } = cause as { readonly code?: string; readonly message?: string }
  return new StorageFailed({ reason: reasons[code ?? ""] ?? "damaged", place: path, detail: message ?? String(cause) })
}

const attempt = <A>(path: string, evaluate: () => Promise<A>): Effect.Effect<A, StorageFailed> =>
  Effect.tryPromise({ try: evaluate, catch: (cause) => failed(path, cause) })

/** One block: how many parts, the length of each, a checksum, and the parts. */
const blockOf = ({ buffers, head }: StoredBytes): Uint8Array => {
  const parts = [head, ...buffers]
  const front = Buffer.alloc(8 + 8 * parts.length)
  front.writeUInt32LE(parts.length, 0)
  front.writeUInt32LE(parts.reduce((sum, part) => crc32(part, sum), 0), 4)
  parts.forEach((part, i) => front.writeBigUInt64LE(BigInt(part.byteLength), 8 + 8 * i))
  return Buffer.concat([front, ...parts])
}

const contentOf = (block: Uint8Array): StoredBytes => {
  const front = Buffer.from(block.buffer, block.byteOffset, block.byteLength)
  const count = front.readUInt32LE(0)
  const parts: Array<Uint8Array> = []
  let at = 8 + 8 * count
  for (let i = 0; i < count; i++) {
    const length = Number(front.readBigUInt64LE(8 + 8 * i))
    // No Buffers, whose slices are views of a pool that is others' too.
    parts.push(new Uint8Array(block.buffer, block.byteOffset + at, length))
    at += length
  }
  const sum = parts.reduce((sum, part) => crc32(part, sum), 0)
  if (at !== block.byteLength || sum !== front.readUInt32LE(4)) {
    throw new Error("its bytes are not those that were written")
  }
  return { head: parts[0], buffers: parts.slice(1) }
}

/** A folder as a device: values that were retained, by this process or another, can be had again. */
export interface DiskStorage extends StorageDevice {
  /** The value of a tag whose file is there. Fails if there is none. */
  readonly open: <A>(tag: string) => Effect.Effect<Stored<A>, StorageFailed | GraphInvalid>
}

class Disk implements DiskStorage {
  private readonly options: DiskStorageOptions
  private readonly crossing = new Crossing()
  private readonly filters: ReadonlyArray<StorageFilter>
  /** by value, the name of its file and the bytes of it */
  private readonly files = new Map<StoredValue, { readonly name: string; readonly bytes: number }>()
  private readonly names = new Set<string>()
  private taken = 0
  private next = 0
  private keeps = false

  constructor(options: DiskStorageOptions) {
    this.options = options
    this.filters = options.filters ?? []
    this.crossing.add(options.schemas ?? [])
  }

  readonly used = Effect.sync(() => this.taken)

  readonly available: Effect.Effect<number, StorageFailed> = Effect.suspend(() => {
    const { capacity, directory } = this.options
    if (capacity !== undefined) return Effect.succeed(capacity - this.taken)
    return Effect.map(attempt(directory, () => statfs(directory)), ({ bavail, bsize }) => bavail * bsize)
  })

  readonly capacity = Effect.map(Effect.suspend(() => this.available), (left) => left + this.taken)

  readonly put: StorageDevice["put"] = (value, options) =>
    Effect.acquireRelease(
      this.write(value, options),
      (stored) => stored.retain ? Effect.void : Effect.ignore(this.delete(stored))
    ) as never

  private write(value: unknown, options: PutOptions | undefined): Effect.Effect<StoredValue, unknown> {
    return Effect.gen({ self: this }, function*() {
      const { retain, tag } = yield* checkPut(options)
      const name = tag ?? `${++this.next}.poniard`
      if (this.names.has(name)) {
        const reason = `there is a value of the name ${name} already`
        return yield* Effect.fail(refuse("GraphInvalid", { path: "put: options.tag", reason }))
      }
      const { content, size } = yield* bytesOfValue(value, this.crossing)
      const path = join(this.options.directory, name)
      let bytes = blockOf(content)
      for (const { encode } of this.filters) {
        bytes = yield* Effect.mapError(encode(bytes), (error) => failed(path, error))
      }
      const { capacity } = this.options
      if (capacity !== undefined && this.taken + bytes.byteLength > capacity) {
        const detail = `${bytes.byteLength} bytes do not fit: ${this.taken} of ${capacity} are taken`
        return yield* Effect.fail(new StorageFailed({ reason: "full", place: path, detail }))
      }
      this.names.add(name)
      yield* Effect.onError(this.writeFile(path, bytes), () => Effect.sync(() => this.names.delete(name)))
      const stored = new StoredValue(size, tag, retain ?? this.keeps)
      this.files.set(stored, { name, bytes: bytes.byteLength })
      this.taken += bytes.byteLength
      return stored
    })
  }

  private writeFile(path: string, bytes: Uint8Array): Effect.Effect<void, StorageFailed> {
    const temporary = `${path}.tmp`
    const write = Effect.acquireUseRelease(
      attempt(path, () => open(temporary, "w", 0o600)),
      (file) => attempt(path, () => file.writeFile(bytes)),
      (file) => Effect.ignore(attempt(path, () => file.close()))
    )
    return attempt(path, () => mkdir(this.options.directory, { recursive: true, mode: 0o700 })).pipe(
      Effect.andThen(write),
      Effect.andThen(attempt(path, () => rename(temporary, path))),
      Effect.onError(() => Effect.ignore(attempt(path, () => rm(temporary, { force: true }))))
    )
  }

  readonly open: DiskStorage["open"] = (tag) =>
    Effect.gen({ self: this }, function*() {
      yield* checkPut({ tag })
      for (const stored of this.files.keys()) if (stored.tag === tag) return stored as never
      const path = join(this.options.directory, tag)
      const { size } = yield* attempt(path, () => stat(path))
      const stored = new StoredValue(size, tag, true)
      this.files.set(stored, { name: tag, bytes: size })
      this.names.add(tag)
      this.taken += size
      return stored as never
    }) as never

  readonly get: StorageDevice["get"] = (stored) =>
    Effect.gen({ self: this }, function*() {
      const found = this.files.get(stored as unknown as StoredValue)
      if (found === undefined) return yield* Effect.fail(gone(stored, this.options.directory))
      const path = join(this.options.directory, found.name)
      let bytes: Uint8Array = yield* attempt(path, () => readFile(path))
      for (const { decode } of [...this.filters].reverse()) {
        bytes = yield* Effect.mapError(decode(bytes), (error) => failed(path, error))
      }
      return yield* Effect.try({
        try: () => valueOfBytes(contentOf(bytes), this.crossing) as never,
        catch: (error) => failed(path, error)
      })
    })

  readonly delete: StorageDevice["delete"] = (stored) =>
    Effect.suspend(() => {
      const value = stored as unknown as StoredValue
      const found = this.files.get(value)
      if (found === undefined) return Effect.void
      this.files.delete(value)
      value.isDeleted = true
      const path = join(this.options.directory, found.name)
      return Effect.map(attempt(path, () => rm(path, { force: true })), () => {
        this.names.delete(found.name)
        this.taken -= found.bytes
      })
    })

  readonly has = (stored: Stored<unknown>): boolean => this.files.has(stored as unknown as StoredValue)

  readonly retain = (retain: boolean): Effect.Effect<void> =>
    Effect.sync(() => {
      this.keeps = retain
      for (const stored of this.files.keys()) stored.retain = retain
    })
}

/** What is said of a value that a device does not have. */
export const gone = (stored: Stored<unknown>, place: string): StorageFailed =>
  new StorageFailed({ reason: "missing", place, detail: `${stored.tag ?? "the value"} is not there: it was deleted` })

/** A folder for values. Refuses wrong options with GraphInvalid. */
export const disk = (options: DiskStorageOptions): DiskStorage => {
  const { capacity, directory } = options
  if (typeof directory !== "string" || directory === "") {
    throw refuse("GraphInvalid", { path: "Storage.disk: options.directory", reason: "expected the path of a folder" })
  }
  if (capacity !== undefined && !(capacity > 0)) {
    throw refuse("GraphInvalid", { path: "Storage.disk: options.capacity", reason: "expected bytes, more than 0" })
  }
  return new Disk(options)
}
