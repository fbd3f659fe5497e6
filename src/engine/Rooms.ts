// Room in the arena: for workers, whose Task.alloc and results go there before the engine has heard of them, and for
// chunks that are read back. A worker that needs more asks and sleeps; all are answered in turn, as soon as there is a
// hole, and over the budget only when nothing else could ever make one.
import type { Entry } from "../chunk/Entry.ts"
import { compact } from "./compact.ts"
import type { Core } from "./Core.ts"

interface Ask {
  readonly worker: number
  readonly bytes: number
  readonly ahead: number
  readonly grant: (offset: number, bytes: number) => void
}

/** The least that a worker is given at a time, in bytes, where the budget is large enough. */
const ROOM_BYTES = 1 << 20

/** Who asks for a chunk that is to be read back. */
export const NOBODY = -1

/** Requests for room of one engine. */
export class Rooms {
  private readonly core: Core
  private readonly waiting: Array<Ask> = []
  /** reads from disk under way */
  reads = 0
  /** bytes of spills that only a worker can begin: what it sends needs room itself before it frees any */
  far = 0
  /** grants over the budget */
  overdrafts = 0
  /** bytes in use when compaction was last tried in vain */
  private vain = -1

  constructor(core: Core) {
    this.core = core
  }

  /** Workers that wait. */
  get size(): number {
    return this.waiting.length
  }

  /** A worker asks for `bytes` in one piece, and would rather have `ahead`. */
  ask(worker: number, bytes: number, ahead: number, grant: (offset: number, bytes: number) => void): void {
    const ask = { worker, bytes, ahead, grant }
    if (!this.give(ask)) this.waiting.push(ask)
  }

  /**
   * Room for a task that is being sent, if it needs much and nobody waits for any; or -1. `movable`: pinned, but nobody
   * has been told yet where they lie.
   */
  lend(bytes: number, movable: ReadonlyArray<Entry> = []): number {
    return bytes > this.usual && this.waiting.length === 0 ? this.find(bytes, movable) : -1
  }

  /** Offset of a slab within the budget, or -1; where holes are too small, values are moved together. */
  private find(bytes: number, pinned: ReadonlyArray<Entry> = []): number {
    const { store } = this.core
    const offset = store.tryAlloc(bytes)
    if (offset >= 0 || bytes < this.usual / 4) return offset
    if (Math.abs(store.arena.used - this.vain) < bytes / 8 && pinned.length === 0) return offset
    if (compact(this.core, bytes, pinned)) return store.tryAlloc(bytes)
    this.vain = store.arena.used
    return -1
  }

  /** What a worker is given at a time if it needs no more. */
  private get usual(): number {
    return Math.min(ROOM_BYTES, Math.floor(this.core.store.budget / 64))
  }

  /** A worker that is gone waits no more. */
  forget(worker: number): void {
    for (let i = this.waiting.length - 1; i >= 0; i--) if (this.waiting[i].worker === worker) this.waiting.splice(i, 1)
  }

  private give(ask: Ask): boolean {
    const { store } = this.core
    const roomy = Math.max(ask.ahead, this.usual)
    if (ask.worker !== NOBODY && ask.bytes < roomy) {
      // or as much of it as there is in one piece, so that the worker need not ask again for every array
      const offset = store.tryAlloc(roomy)
      if (offset >= 0) return this.hand(ask, offset)
      const piece = Math.min(roomy, store.arena.largestFree)
      if (piece > ask.bytes) return this.hand(ask, store.tryAlloc(piece))
    }
    const offset = this.find(ask.bytes)
    return offset >= 0 && this.hand(ask, offset)
  }

  private hand(ask: Ask, offset: number): true {
    ask.grant(offset, this.core.store.arena.bytesOf(offset))
    return true
  }

  /** Before the scheduler decides: says how much is short, so that it evicts. */
  press(): void {
    if (this.waiting.length === 0) return
    const { store } = this.core
    let bytes = store.arena.used - store.limitFor(this.waiting[0].bytes)
    for (const ask of this.waiting) bytes += ask.bytes
    // Where there is enough in all, it is in pieces between what cannot be moved.
    this.core.tell({ _tag: "pressure", bytes: (bytes > 0 ? bytes : this.waiting[0].bytes) + this.far })
  }

  /** After a turn: answers who can be answered. When nothing is on its way to make room, the first goes over the budget. */
  settle(): void {
    while (this.waiting.length > 0 && this.give(this.waiting[0])) this.waiting.shift()
    if (this.waiting.length === 0 || this.mayFree()) return
    const ask = this.waiting.shift()!
    this.overdrafts++
    const offset = this.core.store.allocAnyway(ask.bytes)
    if (offset < 0) ask.grant(-1, 0)
    else this.hand(ask, offset)
  }

  /** Whether something under way can still free memory: a move, or an attempt on a worker that is not waiting itself. */
  private mayFree(): boolean {
    const { memory, workers } = this.core.state
    if (memory.spilling > this.far || this.reads > 0) return true
    for (const w of workers.values()) {
      if (w.sent > 0 && !this.waiting.some((ask) => ask.worker === w.id)) return true
    }
    return false
  }
}
