// Moves bytes between memory and disk, as the scheduler orders: in fibers of the engine's scope. A chunk
// is at no moment in neither place: its memory copy goes when the write is complete, and by another order.
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { bytesFor, cut } from "../chunk/cut.ts"
import { Entry, FAR_VALUE, LIVE_VALUE } from "../chunk/Entry.ts"
import type { SpillFailed } from "../chunk/SpillFailed.ts"
import type { SpillStore } from "../chunk/SpillStore.ts"
import { DISK, SHARED } from "../scheduler/Event.ts"
import { NONE } from "../scheduler/TaskTable.ts"
import type { Core } from "./Core.ts"
import { Encoder } from "./Encoder.ts"
import { forkMove } from "./forkMove.ts"
import type { Lineage, Recomputation } from "./Lineage.ts"
import { NOBODY, type Rooms } from "./Rooms.ts"
import { type Read, runsOf } from "./runsOf.ts"
import { SpillWriter } from "./SpillWriter.ts"
import { placeOf } from "./submission.ts"

/** Marks an entry that waits for room, or is being read. */
const RESTORE = {}
const WORKER_GONE = "the worker that had it is gone"

const lengthsOf = (entry: Entry): Array<number> => entry.parts.filter((_, i) => i % 2 === 1)

/** Bytes of arena that an entry is read into. */
const roomOf = (entry: Entry): number => entry.disk === undefined ? 0 : bytesFor(lengthsOf(entry))

const reasonOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return error instanceof Error ? error.message : String(error)
}

const isRecomputation = (moving: object | undefined): moving is Recomputation =>
  moving !== undefined && "stop" in moving

/** The moves of one engine. */
export class Mover {
  private readonly core: Core
  readonly rooms: Rooms
  private readonly spills: SpillStore
  readonly scope: Scope.Scope
  readonly later: (f: () => void) => void
  /** who waits for values of workers that were asked for */
  private readonly recalls = new Map<Entry, Array<(found: boolean) => void>>()
  /** reads that have room, of the order that is being carried out */
  private granted: Array<Read> | undefined = undefined
  readonly encoder: Encoder
  readonly writer: SpillWriter
  restoredBytes = 0
  /** computes anew what cannot be read */
  lineage: Lineage | undefined = undefined
  /** what went wrong last, for people */
  trouble: string | undefined = undefined

  constructor(core: Core, rooms: Rooms, spills: SpillStore, scope: Scope.Scope, later: (f: () => void) => void) {
    this.core = core
    this.rooms = rooms
    this.spills = spills
    this.scope = scope
    this.later = later
    this.encoder = new Encoder(core, scope, later)
    this.writer = new SpillWriter(core, spills, this, {
      discard: (entry) => this.discard(entry),
      complain: (trouble) => {
        this.trouble = trouble
      }
    })
  }

  /** Writes chunks to disk; a value of a heap gets bytes first, and may be written by another order. */
  spill(chunks: ReadonlyArray<number>): void {
    const { core } = this
    for (const chunk of chunks) {
      const entry = core.store.get(chunk)
      if (entry instanceof Entry && entry.code === LIVE_VALUE) this.encoder.add(chunk, entry)
      else if (entry instanceof Entry && entry.code === FAR_VALUE) {
        const { bytes } = entry
        this.rooms.far += bytes
        this.recall(chunk, entry, (found) => {
          this.rooms.far -= bytes
          if (!found) core.tell({ _tag: "chunk kept", chunk, retry: false })
        })
      } else if (entry instanceof Entry && entry.parts.length > 0) this.writer.add(chunk, entry)
      else core.afterTurn.push(() => this.later(() => core.tell({ _tag: "chunk kept", chunk, retry: false })))
    }
    this.writer.begin()
  }

  /**
   * Reads chunks back into memory, as soon as there is room for them. What one task waits for lies side by side if that is
   * possible: it will be free again at the same time, and in one piece.
   */
  restore(chunks: ReadonlyArray<number>): void {
    const { restores } = this.core.state
    for (let first = 0, next = 0; first < chunks.length; first = next) {
      const reader = restores.get(chunks[first])?.[0]
      let bytes = 0
      do bytes += roomOf(this.core.store.get(chunks[next++]) as Entry)
      while (next < chunks.length && reader !== undefined && restores.get(chunks[next])?.[0] === reader)
      let slab = next > first + 1 ? this.rooms.lend(bytes) : -1
      const reads: Array<Read> = this.granted = []
      for (let i = first; i < next; i++) slab = this.restoreOne(chunks[i], slab)
      this.granted = undefined
      for (const run of runsOf(reads)) this.read(run)
    }
  }

  /** Reads one chunk, into the beginning of `slab` unless that is -1; returns what is left of it. */
  private restoreOne(chunk: number, slab: number): number {
    const entry = this.core.store.get(chunk) as Entry
    if (entry.code === FAR_VALUE) {
      this.recall(chunk, entry, (found) => {
        if (!found) this.lose(chunk, WORKER_GONE)
      })
      return slab
    }
    if (entry.disk === undefined) {
      this.compute(chunk, entry)
      return slab
    }
    entry.moving = RESTORE
    const needed = roomOf(entry)
    if (slab >= 0) {
      const rest = this.core.store.arena.split(slab, needed)
      this.granted!.push({ chunk, entry, offsets: cut(this.core.store.arena, slab, lengthsOf(entry)) })
      return rest
    }
    this.rooms.ask(NOBODY, needed, needed, (offset) => {
      if (entry.released || offset < 0) {
        entry.moving = undefined
        if (offset >= 0) this.core.store.arena.release(offset)
        if (entry.released) this.discard(entry)
        else this.lose(chunk, `no room for its ${needed} bytes`)
        return
      }
      const read = { chunk, entry, offsets: cut(this.core.store.arena, offset, lengthsOf(entry)) }
      if (this.granted === undefined) this.read([read])
      else this.granted.push(read)
    })
    return -1
  }

  /** Has a value that only a worker has sent here; `done` is called in a later turn, with whether it is there now. */
  private recall(chunk: number, entry: Entry, done: (found: boolean) => void): void {
    const others = this.recalls.get(entry)
    if (others !== undefined) return void others.push(done)
    const { far } = entry
    // It has come since, or was released; or it is being computed anew, which is not to be forgotten.
    if (far === undefined || isRecomputation(entry.moving)) return this.later(() => done(far === undefined))
    const waiting = [done]
    this.recalls.set(entry, waiting)
    entry.moving = RESTORE
    far.fetch((held) =>
      this.later(() => {
        this.recalls.delete(entry)
        entry.moving = undefined
        if (entry.released) this.discard(entry)
        if (held !== undefined && this.core.store.get(chunk) === entry) {
          this.core.store.delete(chunk)
          const bytes = this.core.store.set(chunk, held)
          this.core.tell({ _tag: "chunk moved", chunk, place: placeOf(held), bytes })
        } else if (held !== undefined) this.core.store.evict(held)
        // Of what was released meanwhile nobody asks any more.
        for (const one of waiting) one(held !== undefined || entry.released)
      })
    )
  }

  /** Reads chunks that lie side by side on disk; where one of them cannot be read, each by itself. */
  private read(reads: ReadonlyArray<Read>): void {
    const { arena } = this.core.store
    const views = reads.map(({ entry, offsets }) =>
      lengthsOf(entry).map((length, i) => new Uint8Array(arena.buffer, offsets[i], length))
    )
    this.rooms.reads++
    forkMove(this, this.spills.read(reads.map(({ entry }) => entry.disk!), views), (exit) => {
      this.rooms.reads--
      if (Exit.isFailure(exit) && reads.length > 1) { for (const read of reads) this.read([read]) }
      else for (const read of reads) this.finishRead(read, exit)
    })
  }

  private finishRead({ chunk, entry, offsets }: Read, exit: Exit.Exit<void, SpillFailed>): void {
    const { arena } = this.core.store
    entry.moving = undefined
    if (Exit.isSuccess(exit) && !entry.released) {
      offsets.forEach((offset, i) => {
        entry.parts[2 * i] = offset
      })
      entry.bytes = offsets.reduce((sum, offset) => sum + arena.bytesOf(offset), 0)
      this.restoredBytes += entry.disk!.bytes
      this.core.tell({ _tag: "chunk moved", chunk, place: SHARED | DISK, bytes: entry.bytes })
      return
    }
    for (const offset of offsets) arena.release(offset)
    if (entry.released) this.discard(entry)
    else this.lose(chunk, Exit.isFailure(exit) ? reasonOf(exit.cause) : "its file could not be read")
  }

  /** A chunk cannot be read: it is computed anew, or lost. */
  private lose(chunk: number, why: string): void {
    this.trouble = why
    const entry = this.core.store.get(chunk) as Entry
    this.compute(chunk, entry, why)
  }

  /** Computes a chunk's value anew: that is how it comes, or its bytes are of no use. */
  private compute(chunk: number, entry: Entry, why?: string): void {
    const moving = this.lineage?.start(chunk, (problem, error) => {
      entry.moving = undefined
      if (entry.released) return this.discard(entry)
      if (why !== undefined) this.giveUp(chunk, `${why}; ${problem ?? ""}`)
      else this.giveUp(chunk, problem ?? "", error)
    })
    if (moving === undefined) return
    entry.moving = moving
    this.core.tell({ _tag: "chunk damaged", chunk })
  }

  private giveUp(chunk: number, why: string, error?: object): void {
    this.trouble = why
    const { chunks, edges } = this.core.state
    for (let edge = chunks.firstUse[chunk]; edge !== NONE; edge = edges.nextUse[edge]) {
      this.core.faults.set(edges.task[edge], { chunk, detail: why, error })
    }
    this.core.tell({ _tag: "chunk lost", chunk })
  }

  /** A chunk was released while, or after, it was on disk. */
  discard(entry: Entry): void {
    if (isRecomputation(entry.moving)) {
      entry.moving.stop()
      entry.moving = undefined
    }
    if (entry.moving !== undefined) return
    this.core.store.evict(entry)
    if (entry.disk !== undefined) this.spills.free(entry.disk)
    entry.disk = undefined
  }

  /** Waits until a value that only a worker has is here. */
  private recalled(chunk: number, entry: Entry): Effect.Effect<void, Error> {
    const { whenClosed } = this.core
    return Effect.callback((resume) => {
      if (this.core.closed !== undefined) return resume(Effect.die(new Error(this.core.closed)))
      const close = (): void => resume(Effect.die(new Error(this.core.closed)))
      whenClosed.add(close)
      const done = (found: boolean): void => {
        whenClosed.delete(close)
        resume(found ? Effect.void : Effect.fail(new Error(WORKER_GONE)))
      }
      this.later(() => this.recall(chunk, entry, done))
      return Effect.sync(() => void whenClosed.delete(close))
    })
  }

  /** The same, computed anew if it cannot be read, unless that is how it comes. */
  ownValue(chunk: number): Effect.Effect<unknown, unknown> {
    return Effect.catch(this.readOwn(chunk), (error) => {
      const held = this.core.store.get(chunk)
      const isComputed = held instanceof Entry && held.origin !== undefined
      return isComputed || this.lineage === undefined
        ? Effect.fail(error)
        : this.lineage.value(chunk, error as Error)
    })
  }

  /** The value of a chunk that was not in memory, as the caller's own copy, past the budget if it is on disk. */
  readonly readOwn = Effect.fnUntraced({ self: this as Mover }, function*(this: Mover, chunk: number) {
    const { store } = this.core
    const entry = store.get(chunk)
    if (entry instanceof Entry && entry.code === FAR_VALUE) yield* this.recalled(chunk, entry)
    if (!(entry instanceof Entry) || entry.parts[0] >= 0 || entry.code === FAR_VALUE) return store.copy(chunk)
    if (entry.origin !== undefined) return yield* this.lineage!.valueOf(entry.origin)
    const parts: Array<Uint8Array> = []
    for (let i = 1; i < entry.parts.length; i += 2) parts.push(new Uint8Array(entry.parts[i]))
    yield* this.spills.read([entry.disk!], [parts])
    return store.unpackOwn(entry, parts)
  })
}
