// Where values go when memory is short: written to a few large files, read back into memory that the caller has made
// room for, with a checksum each. It decides neither what is spilled nor when (the scheduler does), and it is no place for
// anything that must outlive the process (checkpoints do that): its folder is deleted with its Scope.

import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { makeSpillDirectory, type SpillDirectory } from "./SpillDirectory.ts"
import { spillClosed, type SpillFailed, spillFailedFor } from "./SpillFailed.ts"
import { bytesOf, type Transfer } from "./SpillFile.ts"
import { SpillQueue, type Turn } from "./SpillQueue.ts"
import { type Place, SpillSpace } from "./SpillSpace.ts"

/** Where a spilled value lies. A plain value; it is good until `free`. */
export interface SpillHandle {
  readonly file: number
  readonly offset: number
  readonly bytes: number
  /** CRC-32 of the bytes. */
  readonly checksum: number
}

/** Sizes in bytes. */
export interface SpillStats {
  /** Held by values, in whole pages of the files. */
  readonly bytesOnDisk: number
  /** Length of the files, space that waits for re-use included. */
  readonly fileBytes: number
  /** Written so far. */
  readonly written: number
  /** Read so far. */
  readonly read: number
  /** Asked to be written and not yet on disk. */
  readonly writing: number
  /** Asked to be read and not yet there. */
  readonly reading: number
}

/** Spilled values of one engine. */
export interface SpillStore {
  /**
   * Writes the parts one after the other; they must not change meanwhile. Interruption waits until the kernel has done
   * with the slice (at most 1 MiB) that it has, and leaves nothing behind. `begin`: called when the turn of this write
   * has come; returns where the parts lie by then.
   */
  readonly write: (
    parts: ReadonlyArray<Uint8Array>,
    begin?: () => ReadonlyArray<Uint8Array>
  ) => Effect.Effect<SpillHandle, SpillFailed>
  /**
   * Fills the views, which have `handle.bytes` together, and compares the checksum. After a failure or an interruption
   * their content is undefined, and nothing writes to them any more.
   */
  readonly read: (handle: SpillHandle, into: ReadonlyArray<Uint8Array>) => Effect.Effect<void, SpillFailed>
  /** Gives the space to others, once those that read it now have ended. */
  readonly free: (handle: SpillHandle) => void
  readonly stats: () => SpillStats
}

/** What may be chosen. */
export interface SpillStoreOptions {
  /** The folder in which to make the store's own; by default the system's temporary folder, unless that is in RAM. */
  readonly directory?: string | undefined
  /** The most bytes of one file (default 1 GiB); a larger value gets a file of its own. */
  readonly fileBytes?: number | undefined
  /** Writes and reads under way at once (default 4, as many as Node has threads for files). */
  readonly permits?: number | undefined
}

/** A store that touches no disk until its first write, and leaves none of its files when its Scope closes. */
export const makeSpillStore = (options: SpillStoreOptions = {}): Effect.Effect<SpillStore, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.sync(() => new Spills(options)), (store) => store.close)

/** What became of a transfer: `checksum` is set if all bytes were moved. */
interface Outcome {
  readonly failure?: SpillFailed | undefined
  readonly checksum?: number
}

class Spills implements SpillStore {
  readonly #directory: SpillDirectory
  readonly #space: SpillSpace
  readonly #queue: SpillQueue
  #closed = false
  #written = 0
  #read = 0
  #writing = 0
  #reading = 0

  constructor(options: SpillStoreOptions) {
    this.#directory = makeSpillDirectory(options.directory)
    this.#space = new SpillSpace(options.fileBytes ?? 1024 ** 3)
    this.#queue = new SpillQueue(options.permits ?? 4)
  }

  readonly write: SpillStore["write"] = (parts, whenBegun = () => parts) =>
    Effect.flatMap(this.#directory.path, (directory) =>
      Effect.suspend(() => {
        const bytes = bytesOf(parts)
        let place: Place | undefined
        this.#writing += bytes
        // The range is chosen when the write begins, not when it queues: by then others may have been freed.
        const begin = () => place = this.#space.reserve(directory, bytes)
        return this.#perform("write", whenBegun, begin, ({ checksum, failure }) => {
          this.#writing -= bytes
          if (place !== undefined && checksum !== undefined) {
            this.#written += bytes
            return Effect.succeed({ file: place.number, offset: place.offset, bytes, checksum })
          }
          if (place !== undefined) this.#space.giveUp(place)
          return failure === undefined ? Effect.interrupt : Effect.fail(failure)
        })
      }))

  readonly read = (handle: SpillHandle, into: ReadonlyArray<Uint8Array>): Effect.Effect<void, SpillFailed> =>
    Effect.suspend(() => {
      const { bytes } = handle
      if (bytesOf(into) !== bytes) throw new Error(`SpillStore: ${bytesOf(into)} bytes of room for a value of ${bytes}`)
      if (this.#closed) return Effect.fail(spillClosed("read", this.#directory.base))
      const place = this.#space.find(handle.file, handle.offset)
      place.file.ranges.retain(place.offset)
      this.#reading += bytes
      return this.#perform("read", () => into, () => place, ({ checksum, failure }) => {
        this.#reading -= bytes
        this.#space.release(place)
        if (checksum === undefined) return failure === undefined ? Effect.interrupt : Effect.fail(failure)
        if (checksum !== handle.checksum) return Effect.fail(changed(place, handle))
        this.#read += bytes
        return Effect.void
      })
    })

  readonly free = (handle: SpillHandle): void => {
    if (!this.#closed) this.#space.release(this.#space.find(handle.file, handle.offset))
  }

  readonly stats = (): SpillStats => ({
    bytesOnDisk: this.#space.used,
    fileBytes: this.#space.length,
    written: this.#written,
    read: this.#read,
    writing: this.#writing,
    reading: this.#reading
  })

  /** Refuses what waits, lets the kernel finish what it has, and deletes everything. */
  readonly close: Effect.Effect<void> = Effect.callback<void>((resume) => {
    this.#closed = true
    for (const turn of this.#queue.drain()) turn.refuse(spillClosed(turn.operation, this.#directory.base))
    this.#queue.whenIdle(() => resume(Effect.void))
  }).pipe(
    Effect.andThen(Effect.callback<void>((resume) => this.#space.remove(() => resume(Effect.void)))),
    Effect.andThen(Effect.suspend(() => this.#directory.remove))
  )

  /** Queues a transfer and waits for its end, when `settle` does the books and says what comes of it. */
  #perform<A>(
    operation: "write" | "read",
    parts: () => ReadonlyArray<Uint8Array>,
    begin: () => Place,
    settle: (outcome: Outcome) => Effect.Effect<A, SpillFailed>
  ): Effect.Effect<A, SpillFailed> {
    // One callback and no region around it: an interruption comes before the end or after it, and nothing between
    // the end and whoever waits for it can lose a range that has just been written.
    return Effect.callback((resume) => {
      let whenOver: (() => void) | undefined
      let over = false
      const end = (outcome: Outcome, hadPermit: boolean) => {
        over = true
        const result = settle(outcome)
        // Both of the following run other fibers' code: the books are done by now.
        if (hadPermit) this.#queue.ended()
        resume(result)
        whenOver?.()
      }
      const transfer: Transfer = {
        operation,
        parts: [],
        stopped: false,
        done: (failure, checksum) => end(failure !== undefined || transfer.stopped ? { failure } : { checksum }, true)
      }
      const turn: Turn = {
        operation,
        begin: () => {
          const { file, offset } = begin()
          transfer.parts = parts()
          file.open((failure) => failure === undefined ? file.run(transfer, offset) : end({ failure }, true))
        },
        refuse: (failure) => end({ failure }, false)
      }
      if (this.#closed) turn.refuse(spillClosed(operation, this.#directory.base))
      else this.#queue.enter(turn)
      return Effect.callback((resume) => {
        transfer.stopped = true
        whenOver = () => resume(Effect.void)
        if (over) whenOver()
        else if (this.#queue.withdraw(turn)) end({}, false)
      })
    })
  }
}

function changed({ file, offset }: Place, { bytes }: SpillHandle): SpillFailed {
  const what = `the ${bytes} bytes at ${offset} are not those that were written (checksum)`
  return spillFailedFor("read", file.path, "damaged", what)
}
