// The worker's own room: stretches of the arena that the engine has given it, from which Task.alloc and results take
// their pieces without asking. Large ones come with the tasks that will need them. When all are used up the worker asks
// for more and sleeps until it has it.
import { Word } from "../transport/Transport.ts"

/** No memory was to be had. */
export class RoomRefused extends Error {
  readonly bytes: number
  constructor(bytes: number) {
    super(`no room for ${bytes} bytes`)
    this.bytes = bytes
  }
}

/** A part of the room that a task has taken: an offset in the arena and its bytes, rounded up to 64. */
export interface Piece {
  readonly offset: number
  readonly bytes: number
  used: boolean
}

const LOW = 2 ** 30

/** The room of one worker. */
export class Room {
  readonly arena: SharedArrayBuffer
  private readonly words: Int32Array
  private readonly ask: (bytes: number, ahead: number) => void
  private readonly giveBack: (offset: number, bytes: number) => void
  private cursor = 0
  private end = 0
  /** stretches that came with tasks and are not begun: offset and bytes of each */
  private readonly lent: Array<number> = []

  constructor(
    arena: SharedArrayBuffer,
    words: Int32Array,
    ask: (bytes: number, ahead: number) => void,
    giveBack: (offset: number, bytes: number) => void
  ) {
    this.arena = arena
    this.words = words
    this.ask = ask
    this.giveBack = giveBack
  }

  /** A piece of at least `bytes`; `ahead`: what the task will probably need in all. Throws RoomRefused. */
  take(bytes: number, ahead: number): Piece {
    const size = Math.max(64, Math.ceil(bytes / 64) * 64)
    if (this.cursor + size > this.end) this.renew(size, Math.ceil(ahead / 64) * 64)
    const piece = { offset: this.cursor, bytes: size, used: false }
    this.cursor += size
    return piece
  }

  /** Takes in stretches that came with tasks: offset / 64 and bytes of each. */
  lend(stretches: ReadonlyArray<number>): void {
    this.lent.push(...stretches)
  }

  private renew(size: number, ahead: number): void {
    if (this.end > this.cursor) this.giveBack(this.cursor, this.end - this.cursor)
    this.cursor = this.end = 0
    for (let i = 0; i < this.lent.length; i += 2) {
      if (this.lent[i + 1] < size) continue
      const [page, bytes] = this.lent.splice(i, 2)
      this.cursor = page * 64
      this.end = this.cursor + bytes
      return
    }
    const { words } = this
    Atomics.store(words, Word.room, 0)
    this.ask(size, Math.max(size, ahead))
    while (Atomics.load(words, Word.room) === 0) Atomics.wait(words, Word.room, 0)
    const page = Atomics.load(words, Word.roomOffset)
    if (page < 0) throw new RoomRefused(size)
    this.cursor = page * 64
    this.end = this.cursor + Atomics.load(words, Word.roomHigh) * LOW + Atomics.load(words, Word.roomLow)
  }

  /** Gives back what is left, where it is large: nothing needs it for now. */
  trim(atLeast: number): void {
    while (this.lent.length > 0) {
      const [page, bytes] = this.lent.splice(0, 2)
      this.giveBack(page * 64, bytes)
    }
    if (this.end - this.cursor < atLeast) return
    this.giveBack(this.cursor, this.end - this.cursor)
    this.cursor = this.end = 0
  }
}
