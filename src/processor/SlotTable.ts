// The engine's side of the board: which slot is whose. A slot is an attempt's from when it is sent, or when another is
// sent behind it, until it is reported and nobody who was sent behind it is under way any more.
import type { MemoryStore } from "../chunk/MemoryStore.ts"
import { Board, Stage, tagOf } from "../transport/Board.ts"

const NONE = -1

/** Slots of a table: more than what is under way to 16 workers, or awaited by that, can need. Unused ones cost nothing. */
const SLOTS = 2 ** 16

const grown = <A extends Int32Array | Float64Array>(column: A, length: number): A => {
  const more = new (column.constructor as new(length: number) => A)(length)
  more.set(column as never)
  return more
}

/** The slots of one board. */
export class SlotTable {
  readonly board: Board
  private readonly capacity: number
  private readonly free: Array<number> = []
  private used = 0
  private task = new Float64Array(256)
  private attempt = new Float64Array(256)
  /** the attempt itself, until it is reported, and those that were sent behind it */
  private pins = new Int32Array(256)
  /** the worker to which the attempt is under way */
  private worker = new Int32Array(256)
  /** list of the slots behind which it was sent */
  private awaited = new Int32Array(256)
  private nextLink = new Int32Array(256)
  private linkSlot = new Int32Array(256)
  private freeLink = NONE
  private links = 0
  /** slot of a task's latest attempt */
  private slotOf = new Int32Array(256)
  /** slots whose attempts have left their value with the worker */
  private readonly holding = new Set<number>()
  /** the latest attempt that was sent to each worker */
  private readonly latest: Array<number | undefined> = []

  /** the board's, to be shared with workers */
  readonly memory: SharedArrayBuffer

  constructor(slots: number) {
    this.memory = new SharedArrayBuffer(Board.bytes(slots), { maxByteLength: Board.bytes(slots) })
    this.board = new Board(this.memory)
    this.capacity = slots
  }

  /** The slot of an attempt, or -1. */
  find(task: number, attempt: number): number {
    const slot = this.known(task, attempt)
    if (slot !== NONE) return slot
    // An attempt that nobody wants any more may have a successor.
    for (let other = 0; other < this.used; other++) {
      if (this.attempt[other] === attempt && this.pins[other] > 0) return other
    }
    return NONE
  }

  /** The slot of an attempt behind which another is sent to be; -1 if it has been reported, or there are no more. */
  refer(task: number, attempt: number, worker: number): number {
    const known = this.known(task, attempt)
    if (known !== NONE) return known
    // Both may be sent in this turn, this one to another worker and after the one that refers to it.
    return attempt > (this.latest[worker] ?? 0) ? this.open(task, attempt) : NONE
  }

  /** The slot of an attempt that is sent to a worker now; -1 if there are no more. */
  send(task: number, attempt: number, worker: number): number {
    const known = this.known(task, attempt)
    const slot = known === NONE ? this.open(task, attempt) : known
    if (slot === NONE) return NONE
    this.worker[slot] = worker
    this.latest[worker] = attempt
    return slot
  }

  private known(task: number, attempt: number): number {
    const slot = task < this.slotOf.length ? this.slotOf[task] : NONE
    const isIt = slot >= 0 && slot < this.used && this.pins[slot] > 0 && this.attempt[slot] === attempt
    return isIt ? slot : NONE
  }

  private open(task: number, attempt: number): number {
    if (task >= this.slotOf.length) this.slotOf = grown(this.slotOf, Math.max(task + 1, this.slotOf.length * 2))
    const slot = this.free.pop() ?? this.fresh()
    if (slot === NONE) return NONE
    this.slotOf[task] = slot
    this.task[slot] = task
    this.attempt[slot] = attempt
    this.pins[slot] = 1
    this.worker[slot] = NONE
    this.awaited[slot] = NONE
    this.board.open(slot, tagOf(attempt))
    return slot
  }

  private fresh(): number {
    if (this.used === this.capacity) return NONE
    if (this.used === this.task.length) {
      const length = this.used * 2
      this.task = grown(this.task, length)
      this.attempt = grown(this.attempt, length)
      this.pins = grown(this.pins, length)
      this.worker = grown(this.worker, length)
      this.awaited = grown(this.awaited, length)
    }
    return this.used++
  }

  /** An attempt was sent behind another. */
  link(slot: number, behind: number): void {
    let link = this.freeLink
    if (link === NONE) {
      link = this.links++
      if (link === this.nextLink.length) {
        this.nextLink = grown(this.nextLink, link * 2)
        this.linkSlot = grown(this.linkSlot, link * 2)
      }
    } else this.freeLink = this.nextLink[link]
    this.linkSlot[link] = behind
    this.nextLink[link] = this.awaited[slot]
    this.awaited[slot] = link
    this.pins[behind]++
  }

  /** An attempt is reported. */
  settle(slot: number): void {
    this.worker[slot] = NONE
    for (let link = this.awaited[slot]; link !== NONE;) {
      const next = this.nextLink[link]
      this.unpin(this.linkSlot[link])
      this.nextLink[link] = this.freeLink
      this.freeLink = link
      link = next
    }
    this.awaited[slot] = NONE
    this.unpin(slot)
  }

  /** The value of an attempt lies with its worker: the slot stays until that is released. */
  hold(slot: number): void {
    this.pins[slot]++
    this.holding.add(slot)
  }

  /** Nobody asks for that value any more. */
  release(slot: number): void {
    this.unpin(slot)
  }

  private unpin(slot: number): void {
    if (--this.pins[slot] > 0) return
    // Its worker forgets it when it sees that.
    if (this.holding.size > 0 && this.holding.delete(slot)) this.void(slot)
    this.free.push(slot)
  }

  /** Whether an attempt is under way to a worker. */
  isWith(slot: number, worker: number): boolean {
    return this.worker[slot] === worker
  }

  /** The attempts that are under way to a worker, oldest first: their slots. */
  of(worker: number): Array<number> {
    const found: Array<number> = []
    for (let slot = 0; slot < this.used; slot++) if (this.worker[slot] === worker) found.push(slot)
    return found.sort((a, b) => this.attempt[a] - this.attempt[b])
  }

  /** The task of a slot. */
  taskOf(slot: number): number {
    return this.task[slot]
  }

  /** The attempt of a slot. */
  attemptOf(slot: number): number {
    return this.attempt[slot]
  }

  /** Moves an attempt that has a slot from one stage to another. */
  move(slot: number, from: Stage, to: Stage): boolean {
    return this.board.move(slot, tagOf(this.attempt[slot]), from, to)
  }

  /** How far an attempt is. */
  stage(slot: number): Stage {
    return this.board.stage(slot, tagOf(this.attempt[slot]))
  }

  /** Nobody is to use a value of this attempt. */
  void(slot: number): void {
    this.board.settle(slot, tagOf(this.attempt[slot]), Stage.void)
  }

  /** Slots that somebody's attempt still has, or awaits. */
  get held(): number {
    return this.used - this.free.length
  }

  /** A worker is gone for good: it will be sent nothing more. */
  forget(worker: number): void {
    this.latest[worker] = Infinity
  }
}

const tables = new WeakMap<MemoryStore, SlotTable>()

/** The slots of an engine, of which all workers know that share its memory; another has its own. */
export const slotsOf = (store: MemoryStore, shared: boolean): SlotTable => {
  const known = shared ? tables.get(store) : undefined
  const table = known ?? new SlotTable(SLOTS)
  if (shared) tables.set(store, table)
  return table
}
