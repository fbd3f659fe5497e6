// The name `Storage` as users know it: devices for values whose place a program chooses itself.
import { disk } from "./DiskStorage.ts"
import { memory } from "./MemoryStorage.ts"
import { aesGcm, zstd } from "./storageFilters.ts"

const devices = {
  /**
   * Memory for at most `capacity` bytes. What does not fit goes to the device `below`, the least recently used first, or the
   * most (`policy: "mru"`), and comes back when it is read; without one it is refused with StorageFailed.
   *
   * @example
   * import { tmpdir } from "node:os"
   *
   * const device = Storage.memory({ capacity: 100, below: Storage.disk({ directory: `${tmpdir()}/below` }) })
   * const a = yield* device.put(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8))
   * const b = yield* device.put(Float64Array.of(9, 10, 11, 12, 13))
   *
   * yield* device.used // => 40
   * yield* device.get(a) // => Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)
   * device.order()[0] === a // => true
   * device.has(b) // => true
   */
  memory,

  /**
   * A folder with a file for each value, named by its tag, through filters. A file goes with the Scope of its `put`, unless it
   * is retained: then `open(tag)` has it again, in another process too.
   *
   * @example
   * import { tmpdir } from "node:os"
   *
   * const device = Storage.disk({ directory: `${tmpdir()}/notes`, filters: [Storage.zstd(), Storage.aesGcm(new Uint8Array(32))] })
   * const note = yield* device.put({ text: "again and again and again" }, { tag: "note" })
   *
   * yield* device.get(note) // => { text: "again and again and again" }
   */
  disk,

  /**
   * Compresses what a disk device writes, with Zstandard (RFC 8878) on Node's threads: from level 1, fast, to 19, small.
   *
   * @example
   * const { decode, encode } = Storage.zstd(19)
   * const small = yield* encode(new Uint8Array(100_000))
   *
   * small.length < 100 // => true
   * const whole = yield* decode(small)
   * whole.length // => 100_000
   */
  zstd,

  /**
   * Encrypts and authenticates what a disk device writes, with AES-GCM (NIST SP 800-38D) and a key of 16, 24 or 32 bytes.
   *
   * @example
   * const { decode, encode } = Storage.aesGcm(new Uint8Array(32).fill(1))
   * const secret = yield* encode(Uint8Array.of(1, 2, 3))
   *
   * const open = yield* decode(secret)
   * open.length // => 3
   * const other = yield* Effect.flip(Storage.aesGcm(new Uint8Array(32)).decode(secret))
   * other.message // => "it cannot be decrypted: the key is another, or somebody changed it"
   */
  aesGcm
}

/** Devices for values whose place a program chooses itself: memory with a limit, and folders. */
export const Storage: typeof devices = devices
