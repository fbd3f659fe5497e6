// Values that stay on this worker's heap as they are, because all that use them were sent here behind their tasks: neither
// encoded nor decoded. What somebody else comes to need after all is encoded between two tasks. Not here: who decides
// that a value may stay (the engine, when it sends its readers).
import { check, type Crossing, isPlain } from "../chunk/codec.ts"
import { PACKED, rawCode } from "../chunk/Entry.ts"
import { freeze, isPlainObject } from "../chunk/freeze.ts"
import { sizeOf } from "../chunk/size.ts"
import { type Board, Stage } from "../transport/Board.ts"
import { FarChunk } from "./handle.ts"

/**
 * Bytes and number of the values that stay at most. What is made beyond that is encoded at once: of all it is what is
 * needed last, as its readers stand last in the backlog.
 */
const MOST_BYTES = 16 * 1024 * 1024
const MOST_VALUES = 1024

interface Held {
  readonly tag: number
  readonly value: unknown
  readonly bytes: number
}

/** The values of one worker. */
export class HeapValues {
  private readonly board: Board
  private readonly crossing: Crossing
  private readonly arena: SharedArrayBuffer | undefined
  /** whether they are frozen, so that a task that writes into its input throws */
  private readonly frozen: boolean
  private readonly bySlot = new Map<number, Held>()
  private bytes = 0

  constructor(board: Board, crossing: Crossing, arena: SharedArrayBuffer | undefined, frozen: boolean) {
    this.board = board
    this.crossing = crossing
    this.arena = arena
    this.frozen = frozen
  }

  /**
   * Keeps the value of an attempt; gives its bytes by the rule of sizeOf, or -1 if it does not stay. Throws Refused for what
   * could not be sent: whether a result is good does not depend on where its readers run.
   */
  keep(slot: number, tag: number, value: unknown): number {
    if (slot < 0 || !this.mayStay(value)) return -1
    let isFree = true
    check(value, this.crossing, "result", (o) => {
      // What lies in the arena is this attempt's only as long as it runs.
      if (this.arena !== undefined && (ArrayBuffer.isView(o) ? o.buffer : o) === this.arena) isFree = false
      // What cannot be frozen is read from a copy: nobody would hear of a task that writes into it.
      if (this.frozen && !isPlainObject(o)) isFree = false
      return false
    })
    const bytes = isFree ? sizeOf(value) : Infinity
    if (!this.fits(bytes)) this.forgetReleased()
    if (!this.fits(bytes)) return -1
    if (this.frozen) freeze(value)
    this.forget(slot)
    this.bySlot.set(slot, { tag, value, bytes })
    this.bytes += bytes
    return bytes
  }

  private fits(bytes: number): boolean {
    return this.bySlot.size < MOST_VALUES && this.bytes + bytes <= MOST_BYTES
  }

  private mayStay(value: unknown): boolean {
    if (typeof value === "string") return !isPlain(value)
    return typeof value === "object" && value !== null && !(value instanceof FarChunk) && rawCode(value) === PACKED
  }

  /** What an attempt has left, if it is here. */
  get(slot: number, tag: number): Held | undefined {
    if (this.bySlot.size === 0) return undefined
    const held = this.bySlot.get(slot)
    return held?.tag === tag ? held : undefined
  }

  private forget(slot: number): void {
    this.bytes -= this.bySlot.get(slot)?.bytes ?? 0
    this.bySlot.delete(slot)
  }

  /** Forgets what nobody will ask for any more, as the slots say. */
  forgetReleased(): void {
    for (const [slot, { tag }] of this.bySlot) {
      if (this.board.stage(slot, tag) !== Stage.kept) this.forget(slot)
    }
  }
}
