// Where values go when memory is short: written to a few large files, read back into memory that the caller has made
// room for, with a checksum each. It decides neither what is spilled nor when (the scheduler does), and it is no place for
// anything that must outlive the process (checkpoints do that): its folder is deleted with its Scope.

import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { makeSpillDirectory, type SpillDirectory } from "./SpillDirectory.ts"
import { spillClosed, type SpillFailed, spillFailedFor } from "./SpillFailed.ts"
import { bytesOf, SpillFile, type Transfer } from "./SpillFile.ts"
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

/** Whether a value begins where another ends. */
export const liesBehind = (one: SpillHandle, before: SpillHandle): boolean =>
  one.file === before.file && one.offset === before.offset + SpillFile.lengthFor(before.bytes)

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
   * Writes values of `sizes` bytes side by side, all or none of them; a range of its own for each, so that they are read
   * and freed one by one or together. `begin`: called when the turn of this write has come; returns each value's parts,
   * which must not change from then on. Interruption waits until the kernel has done with the slice (at most 1 MiB) that
   * it has, and leaves nothing behind.
   */
  readonly write: (
    sizes: ReadonlyArray<number>,
    begin: () => ReadonlyArray<ReadonlyArray<Uint8Array>>
  ) => Effect.Effect<ReadonlyArray<SpillHandle>, SpillFailed>
  /**
   * Fills the parts of values that lie side by side in this order (`liesBehind`), and compares their checksums. After a
   * failure or an interruption the content of all is undefined, and nothing writes to them any more.
   */
  readonly read: (
    handles: ReadonlyArray<SpillHandle>,
    into: ReadonlyArray<ReadonlyArray<Uint8Array>>
  ) => Effect.Effect<void, SpillFailed>
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

/** What became of a transfer: `checksums` is set if all bytes were moved. */
interface Outcome {
  readonly failure?: SpillFailed | undefined
  readonly checksums?: ReadonlyArray<number>
}

type Values = ReadonlyArray<ReadonlyArray<Uint8Array>>

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

  readonly write: SpillStore["write"] = (sizes, whenBegun) =>
    Effect.flatMap(this.#directory.path, (directory) =>
      Effect.suspend(() => {
        const bytes = sum(sizes)
        let places: ReadonlyArray<Place> | undefined
        this.#writing += bytes
        // The ranges are chosen when the write begins, not when it queues: by then others may have been freed.
        const begin = () => (places = this.#space.reserve(directory, sizes))[0]
        return this.#perform("write", whenBegun, begin, ({ checksums, failure }) => {
          this.#writing -= bytes
          if (places !== undefined && checksums !== undefined) {
            this.#written += bytes
            return Effect.succeed(places.map(({ number, offset }, i) => ({
              file: number,
              offset,
              bytes: sizes[i],
              checksum: checksums[i]
            })))
          }
          if (places !== undefined) this.#space.giveUp(places)
          return failure === undefined ? Effect.interrupt : Effect.fail(failure)
        })
      }))

  readonly read: SpillStore["read"] = (handles, into) =>
    Effect.suspend(() => {
      for (const [i, { bytes }] of handles.entries()) {
        const room = bytesOf(into[i])
        if (room !== bytes) throw new Error(`SpillStore: ${room} bytes of room for a value of ${bytes}`)
        if (i > 0 && !liesBehind(handles[i], handles[i - 1])) throw new Error("SpillStore: values are not side by side")
      }
      if (this.#closed) return Effect.fail(spillClosed("read", this.#directory.base))
      const bytes = sum(handles.map((handle) => handle.bytes))
      const places = handles.map(({ file, offset }) => this.#space.find(file, offset))
      for (const { file, offset } of places) file.ranges.retain(offset)
      this.#reading += bytes
      return this.#perform("read", () => into, () => places[0], ({ checksums, failure }) => {
        this.#reading -= bytes
        for (const place of places) this.#space.release(place)
        if (checksums === undefined) return failure === undefined ? Effect.interrupt : Effect.fail(failure)
        const wrong = handles.findIndex(({ checksum }, i) => checksum !== checksums[i])
        if (wrong >= 0) return Effect.fail(changed(places[wrong], handles[wrong]))
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
    values: () => Values,
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
        values: [],
        stopped: false,
        done: (failure, checksums) => end(failure !== undefined || transfer.stopped ? { failure } : { checksums }, true)
      }
      const turn: Turn = {
        operation,
        begin: () => {
          const { file, offset } = begin()
          transfer.values = values()
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

const sum = (sizes: ReadonlyArray<number>): number => sizes.reduce((all, bytes) => all + bytes, 0)

function changed({ file, offset }: Place, { bytes }: SpillHandle): SpillFailed {
  const what = `the ${bytes} bytes at ${offset} are not those that were written (checksum)`
  return spillFailedFor("read", file.path, "damaged", what)
}
