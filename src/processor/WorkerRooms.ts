// The engine's side of one worker's room: which stretches of the arena the worker holds, cut into slabs of their own as
// the worker settles its pieces, and given back whole when it dies.
import type { MemoryStore } from "../chunk/MemoryStore.ts"
import { Word } from "../transport/Transport.ts"

const LOW = 2 ** 30

interface Stretch {
  /** the slab's offset */
  start: number
  end: number
}

/** Stretches that a worker has been lent and not begun, as far as is known here, above which it is lent no more. */
const MOST_LENT = 2

/** What one worker holds. */
export class WorkerRooms {
  private readonly store: MemoryStore
  private readonly words: Int32Array | undefined
  private readonly stretches: Array<Stretch> = []
  private readonly lent = new Set<Stretch>()
  private gone = false

  constructor(store: MemoryStore, words: Int32Array | undefined) {
    this.store = store
    this.words = words
  }

  /** Whether the worker may be lent a stretch for the next large task: some are under way, more would lie idle. */
  get mayLend(): boolean {
    return this.words !== undefined && this.lent.size < MOST_LENT
  }

  /** The worker is sent a stretch along with the task that will need it; how it is written in the message. */
  lend(offset: number): readonly [page: number, bytes: number] {
    const bytes = this.store.arena.bytesOf(offset)
    const stretch = { start: offset, end: offset + bytes }
    this.stretches.push(stretch)
    this.lent.add(stretch)
    this.store.roomBytes += bytes
    return [offset / 64, bytes]
  }

  /** Answers a worker that sleeps for room; offset -1: there is none. */
  grant(offset: number, bytes: number): void {
    const words = this.words!
    if (this.gone) {
      if (offset >= 0) this.store.arena.release(offset)
      return
    }
    if (offset >= 0) {
      this.stretches.push({ start: offset, end: offset + bytes })
      this.store.roomBytes += bytes
    }
    Atomics.store(words, Word.roomOffset, offset < 0 ? -1 : offset / 64)
    Atomics.store(words, Word.roomLow, bytes % LOW)
    Atomics.store(words, Word.roomHigh, Math.floor(bytes / LOW))
    Atomics.store(words, Word.room, 1)
    Atomics.notify(words, Word.room)
  }

  /** Pieces that the worker has settled: those that are used become slabs of their own, the others are free. */
  settle(pieces: ReadonlyArray<number>): void {
    for (let i = 0; i < pieces.length; i += 4) {
      const offset = pieces[i] * 64
      this.carve(offset, pieces[i + 1] + pieces[i + 2] * LOW)
      if (pieces[i + 3] === 0) this.store.arena.release(offset)
    }
  }

  /** Cuts a piece out of the stretch that it lies in. */
  private carve(offset: number, bytes: number): void {
    const { arena } = this.store
    const at = this.stretches.findIndex(({ end, start }) => start <= offset && offset + bytes <= end)
    if (at < 0) throw new Error(`a worker settled ${bytes} bytes at ${offset}, which are not in its room`)
    const [stretch] = this.stretches.splice(at, 1)
    const { end, start } = stretch
    this.lent.delete(stretch)
    this.store.roomBytes -= bytes
    if (offset > start) {
      arena.split(start, offset - start)
      this.stretches.push({ start, end: offset })
    }
    if (offset + bytes < end) {
      arena.split(offset, bytes)
      this.stretches.push({ start: offset + bytes, end })
    }
  }

  /** Frees what a settled slab has more than `bytes`. */
  trim(offset: number, bytes: number): void {
    const rest = this.store.arena.split(offset, Math.max(1, bytes))
    if (rest >= 0) this.store.arena.release(rest)
  }

  /** The worker is gone: everything that it held is free. */
  free(): void {
    this.gone = true
    for (const { end, start } of this.stretches.splice(0)) {
      this.store.roomBytes -= end - start
      this.store.arena.release(start)
    }
  }
}
