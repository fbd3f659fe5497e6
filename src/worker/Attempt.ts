// One attempt on a worker: what it holds, how it ends, and what its function may ask about itself.
import { AsyncLocalStorage } from "node:async_hooks"
import type { CurrentTask, Slab } from "../graph/CurrentTask.ts"
import { Stage, tagOf } from "../transport/Board.ts"
import { type Failure, Flag } from "../transport/Message.ts"
import type { Far } from "./Far.ts"
import type { Piece } from "./Room.ts"

/** The attempt that what runs now came from, also in its timers and after its awaits. */
export const attempts = new AsyncLocalStorage<Attempt>()

/** How an asynchronous attempt goes on. */
export interface Ending {
  readonly succeed: (value: unknown) => void
  readonly fail: (error: unknown) => void
  readonly failed: (failure: Failure) => void
  readonly yield: () => void
  readonly proceed: () => void
}

/** What is known of an attempt when it begins. */
export interface AttemptHead {
  readonly task: number
  readonly attempt: number
  /** its slot on the board */
  readonly slot: number
  readonly inputs: Array<number>
  readonly outputs: number
  readonly expected: number
  /** bits of Flag */
  readonly flags: number
}

/** An attempt that has begun. */
export class Attempt implements CurrentTask {
  readonly task: number
  readonly attempt: number
  readonly inputs: Array<number>
  readonly outputs: number
  readonly expected: number
  readonly many: boolean
  readonly apart: boolean
  readonly alone: boolean
  readonly flags: number
  readonly slot: number
  /** what tells it in its slot */
  readonly tag: number
  readonly pieces: Array<Piece> = []
  /** bytes of them */
  private taken = 0
  readonly started = performance.now()
  ended = false
  /** which member of its chain runs, or ran last; -1: none yet, or it is no chain */
  member = -1
  /** its value is on the board */
  published = false
  /** it waits for other tasks */
  yielded = false
  private waits = 0
  private cancelled = false
  private controller: AbortController | undefined = undefined
  private ending: Ending | undefined = undefined
  private onCancel: (() => void) | undefined = undefined
  readonly far: Far

  constructor(far: Far, head: AttemptHead) {
    this.far = far
    this.task = head.task
    this.attempt = head.attempt
    this.slot = head.slot
    this.tag = tagOf(head.attempt)
    this.flags = head.flags
    this.inputs = head.inputs
    this.outputs = head.outputs
    this.expected = head.expected
    this.many = (head.flags & Flag.many) !== 0
    this.apart = (head.flags & Flag.apart) !== 0
    this.alone = (head.flags & Flag.alone) !== 0
  }

  get id(): number {
    return this.task
  }

  get processor(): string {
    return `${this.far.port.shared ? "thread" : "bytes"} ${this.far.worker}`
  }

  isCancelled(): boolean {
    if (this.cancelled || this.ended) return true
    if (this.far.port.shared) return this.far.board.stage(this.slot, this.tag) === Stage.cancelled
    this.far.port.drain((incoming) => this.far.receive(incoming))
    return this.cancelled
  }

  signal(): AbortSignal {
    this.controller ??= new AbortController()
    if (this.isCancelled()) this.controller.abort()
    return this.controller.signal
  }

  allocate(bytes: number): Slab {
    const { room } = this.far
    if (room === undefined || this.ended) return { buffer: new SharedArrayBuffer(bytes), byteOffset: 0, zeroed: true }
    const piece = room.take(bytes, this.expected - this.taken)
    this.taken += piece.bytes
    this.pieces.push(piece)
    return { buffer: room.arena, byteOffset: piece.offset, zeroed: false }
  }

  /** It goes on asynchronously. */
  begin(ending: Ending): void {
    this.ending = ending
  }

  /** Calls `f` when it is cancelled. */
  whenCancelled(f: () => void): void {
    if (this.cancelled) f()
    else this.onCancel = f
  }

  /** Nobody wants its result any more. */
  cancel(): void {
    this.cancelled = true
    this.controller?.abort()
    this.onCancel?.()
  }

  /** Something that it began has thrown where nobody can catch it. False if it does not wait for anything. */
  crash(error: unknown): boolean {
    if (this.ended || this.ending === undefined) return false
    this.ending.fail(error)
    this.cancel()
    return true
  }

  /** It is over. */
  end(): void {
    this.ended = true
    if (this.published) return
    this.move(Stage.claimed, Stage.void)
    this.move(Stage.yielded, Stage.void)
  }

  /** Tells how far it is, and wakes who waits for it. */
  move(from: Stage, to: Stage): void {
    if (this.slot < 0 || !this.far.board.move(this.slot, this.tag, from, to)) return
    if (this.far.board.wake(this.slot, this.far.worker)) this.far.changed(this.tag)
  }

  succeed(value: unknown): void {
    this.ending?.succeed(value)
  }

  fail(error: unknown): void {
    this.ending?.fail(error)
  }

  failed(failure: Failure): void {
    this.ending?.failed(failure)
  }

  /** A fiber of it begins to wait for another task. */
  wait(): void {
    if (this.waits++ > 0 || this.ended) return
    this.yielded = true
    this.ending?.yield()
  }

  /** That fiber goes on. */
  goOn(): void {
    if (--this.waits > 0 || this.ended) return
    this.yielded = false
    this.ending?.proceed()
  }
}

/** An attempt that begins now. */
export const makeAttempt = (far: Far, head: AttemptHead): Attempt => new Attempt(far, head)
