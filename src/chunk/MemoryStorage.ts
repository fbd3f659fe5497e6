// Memory as a device, up to a limit: what does not fit goes to the device below, by how recently it was used, and comes
// back when it is read.
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { StorageFailed } from "../graph/errors.ts"
import { refuse } from "../graph/refuse.ts"
import { Crossing } from "./codec.ts"
import { gone } from "./DiskStorage.ts"
import {
  bytesOfValue,
  checkPut,
  type StorageDevice,
  type Stored,
  type StoredBytes,
  StoredValue,
  valueOfBytes
} from "./StorageDevice.ts"

/** How a memory device is made. */
export interface MemoryStorageOptions {
  /** Bytes of values at most. */
  readonly capacity: number
  /** Which value goes first when another needs room: the least or the most recently used. Default: "lru". */
  readonly policy?: "lru" | "mru"
  /** Where it goes. Default: nowhere; a value that does not fit is refused. */
  readonly below?: StorageDevice
  /** Classes whose values may be put, besides those that cross anyway. */
  readonly schemas?: ReadonlyArray<unknown>
}

/** Memory as a device: also tells which values it holds. */
export interface MemoryStorage extends StorageDevice {
  /** The values in memory, the most recently used first. */
  readonly order: () => ReadonlyArray<Stored<unknown>>
}

class Memory implements MemoryStorage {
  private readonly limit: number
  private readonly policy: "lru" | "mru"
  private readonly beneath: StorageDevice | undefined
  private readonly crossing = new Crossing()
  /** what is in memory, the least recently used first */
  private readonly here = new Map<StoredValue, StoredBytes>()
  /** what is below, by its handle there */
  private readonly away = new Map<StoredValue, Stored<StoredBytes>>()
  private readonly lock = Semaphore.makeUnsafe(1)
  private taken = 0
  private keeps = false

  constructor({ below, capacity, policy, schemas }: MemoryStorageOptions) {
    this.limit = capacity
    this.policy = policy ?? "lru"
    this.beneath = below
    this.crossing.add(schemas ?? [])
  }

  readonly order = (): ReadonlyArray<Stored<unknown>> =>
    [...this.here.keys()].reverse() as unknown as ReadonlyArray<Stored<unknown>>
  readonly capacity = Effect.sync(() => this.limit)
  readonly used = Effect.sync(() => this.taken)
  readonly available = Effect.sync(() => this.limit - this.taken)

  readonly put: StorageDevice["put"] = (value, options) =>
    Effect.acquireRelease(
      Effect.gen({ self: this }, function*() {
        const { retain, tag } = yield* checkPut(options)
        const { content, size } = yield* bytesOfValue(value, this.crossing)
        const stored = new StoredValue(size, tag, retain ?? this.keeps)
        yield* this.lock.withPermit(this.add(stored, content))
        return stored
      }),
      (stored) => Effect.ignore(stored.retain ? this.sink(stored) : this.delete(stored as never))
    ) as never

  /** Moves a value to the device below, where it stays when this one is forgotten. */
  private sink(value: StoredValue): Effect.Effect<void, unknown> {
    return this.lock.withPermit(Effect.suspend(() => this.here.has(value) ? this.lower(value) : Effect.void))
  }

  private lower(value: StoredValue): Effect.Effect<void, unknown> {
    const { tag } = value
    if (this.beneath === undefined) return Effect.void
    // Until it is deleted, not until some Scope closes.
    const put = this.beneath.put(this.here.get(value)!, { retain: true, ...(tag !== undefined && { tag }) })
    return Effect.map(Scope.provide(put, Scope.makeUnsafe()), (there) => {
      this.away.set(value, there)
      this.here.delete(value)
      this.taken -= value.bytes
    })
  }

  /** Makes room and takes a value in; what goes below is there before it goes here. */
  private add(stored: StoredValue, content: StoredBytes): Effect.Effect<void, unknown> {
    return Effect.gen({ self: this }, function*() {
      if (stored.bytes > this.limit) return yield* Effect.fail(this.full(stored.bytes))
      while (this.taken + stored.bytes > this.limit) {
        const keys = [...this.here.keys()]
        const victim = this.policy === "lru" ? keys[0] : keys[keys.length - 1]
        if (this.beneath === undefined) return yield* Effect.fail(this.full(stored.bytes))
        yield* this.lower(victim)
      }
      this.here.set(stored, content)
      this.taken += stored.bytes
    })
  }

  private full(bytes: number): StorageFailed {
    const detail = `${bytes} bytes do not fit: ${this.taken} of ${this.limit} are taken`
      + (this.beneath === undefined ? ", and there is no device below" : "")
    return new StorageFailed({ reason: "full", place: "memory", detail })
  }

  readonly get: StorageDevice["get"] = (stored) =>
    this.lock.withPermit(Effect.gen({ self: this }, function*() {
      const value = stored as unknown as StoredValue
      const there = this.away.get(value)
      if (there !== undefined) {
        const content = yield* this.beneath!.get(there)
        yield* this.add(value, content)
        this.away.delete(value)
        yield* this.beneath!.delete(there)
      }
      const content = this.here.get(value)
      if (content === undefined) return yield* Effect.fail(gone(stored, "memory"))
      this.here.delete(value)
      this.here.set(value, content)
      return valueOfBytes(content, this.crossing)
    })) as never

  readonly delete: StorageDevice["delete"] = (stored) =>
    this.lock.withPermit(Effect.suspend(() => {
      const value = stored as unknown as StoredValue
      const there = this.away.get(value)
      if (this.here.delete(value)) this.taken -= value.bytes
      value.isDeleted = true
      if (!this.away.delete(value)) return Effect.void
      return this.beneath!.delete(there!)
    }))

  readonly has = (stored: Stored<unknown>): boolean => {
    const value = stored as unknown as StoredValue
    return this.here.has(value) || this.away.has(value)
  }

  readonly retain = (retain: boolean): Effect.Effect<void> =>
    Effect.sync(() => {
      this.keeps = retain
      for (const stored of [...this.here.keys(), ...this.away.keys()]) stored.retain = retain
    })
}

/** Memory for values. Refuses wrong options with GraphInvalid. */
export const memory = (options: MemoryStorageOptions): MemoryStorage => {
  const { capacity, policy } = options
  if (!(capacity > 0)) {
    throw refuse("GraphInvalid", { path: "Storage.memory: options.capacity", reason: "expected bytes, more than 0" })
  }
  if (policy !== undefined && policy !== "lru" && policy !== "mru") {
    const reason = `expected "lru" or "mru", got ${JSON.stringify(policy)}`
    throw refuse("GraphInvalid", { path: "Storage.memory: options.policy", reason })
  }
  return new Memory(options)
}
