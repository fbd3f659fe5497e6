// What one worker was sent and has not reported: attempts by their slots, which of them have begun and which wait.
// Where memory is shared their words on the board say it exactly; over bytes only reports tell.
import { Stage } from "../transport/Board.ts"
import type { Host } from "./Processor.ts"
import type { SlotTable } from "./SlotTable.ts"

/** The attempts that are under way to one worker. */
export class UnderWay {
  private readonly host: Host
  private readonly table: SlotTable
  /** whether the board's words are the worker's too */
  private readonly shared: boolean
  /** suspects that have begun: these are announced, and reported when they end */
  private readonly announced = new Set<number>()
  /** questions to the engine that are not answered: attempts by request */
  private readonly asking = new Map<number, number>()
  /** How many there are. */
  size = 0

  constructor(host: Host, table: SlotTable, shared: boolean) {
    this.host = host
    this.table = table
    this.shared = shared
  }

  /** An attempt is sent; its slot, or -1 if there are no more. */
  add(task: number, attempt: number): number {
    const slot = this.table.send(task, attempt, this.host.worker)
    if (slot >= 0) this.size++
    return slot
  }

  /** The slot of an attempt that is not reported yet, or -1. */
  find(task: number, attempt: number): number {
    const slot = this.table.find(task, attempt)
    return slot >= 0 && this.table.isWith(slot, this.host.worker) ? slot : -1
  }

  /** An attempt is reported. */
  settle(task: number, attempt: number): void {
    const slot = this.find(task, attempt)
    if (slot < 0) return
    this.size--
    this.table.settle(slot)
    if (this.announced.size > 0) this.announced.delete(attempt)
  }

  /** An attempt will not be sent after all, or is not this worker's any more: who was sent behind it gives up. */
  giveUp(task: number, attempt: number): void {
    const slot = this.find(task, attempt)
    if (slot < 0) return
    this.table.void(slot)
    this.settle(task, attempt)
  }

  /** Takes an attempt back; false if it has begun, or if only the worker can say. */
  takeBack(task: number, attempt: number): boolean {
    const slot = this.find(task, attempt)
    if (slot < 0 || !this.shared || !this.table.move(slot, Stage.free, Stage.revoked)) return false
    this.table.board.wake(slot)
    this.settle(task, attempt)
    return true
  }

  /** Tells an attempt that has begun that nobody wants it; false if it has ended and its report is on its way. */
  cancel(slot: number): boolean {
    if (!this.shared) return true
    const { table } = this
    if (table.move(slot, Stage.claimed, Stage.cancelled) || table.move(slot, Stage.yielded, Stage.cancelled)) {
      table.board.wake(slot)
    }
    const stage = table.stage(slot)
    return stage !== Stage.done && stage !== Stage.kept
  }

  /** The worker says that these have begun. */
  begun(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    attempts.forEach((attempt, i) => {
      if (this.host.isSuspect(tasks[i])) this.announced.add(attempt)
    })
  }

  /** A question of an attempt, which waits for the answer. */
  asked(request: number, attempt: number): void {
    this.asking.set(request, attempt)
  }

  /** It is answered. */
  answered(request: number): void {
    this.asking.delete(request)
  }

  private waits(attempt: number): boolean {
    if (this.asking.size === 0) return false
    for (const asking of this.asking.values()) if (asking === attempt) return true
    return false
  }

  /** Whether a cancelled attempt is what its worker is busy with, and not another that is wanted. */
  occupies(task: number, attempt: number): boolean {
    const { table } = this
    const slot = this.find(task, attempt)
    for (const other of table.of(this.host.worker)) {
      if (this.waits(table.attemptOf(other))) continue
      if (!this.shared) return other === slot
      if (other !== slot && table.stage(other) === Stage.claimed) return false
    }
    return this.shared
  }

  /** The worker is gone: attempts that had begun. Where that is not known, all are suspects from now on. */
  lost(): Array<number> {
    const { table } = this
    const slots = table.of(this.host.worker)
    const attempts = slots.map((slot) => table.attemptOf(slot))
    if (this.shared) {
      const hadBegun = (_: number, i: number): boolean => {
        const stage = table.stage(slots[i])
        return stage === Stage.claimed || stage === Stage.cancelled || stage === Stage.yielded
      }
      return attempts.filter(hadBegun)
    }
    for (const slot of slots) this.host.suspect(table.taskOf(slot))
    const running = attempts.filter((attempt) => !this.waits(attempt))
    const known = running.filter((attempt) => this.announced.has(attempt))
    return [...attempts.filter((attempt) => this.waits(attempt)), ...(known.length > 0 ? known : running.slice(0, 1))]
  }

  /** Nothing is under way any more, and no value of it is good. */
  clear(): void {
    const { table } = this
    for (const slot of table.of(this.host.worker)) {
      table.void(slot)
      table.settle(slot)
    }
    table.forget(this.host.worker)
    this.size = 0
    this.announced.clear()
    this.asking.clear()
  }
}
