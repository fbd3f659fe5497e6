// Values that are handed on without the engine: a finished attempt leaves its value in its slot of the board, or keeps
// it here if it is none that a slot can hold, and attempts that were sent behind it find it there.
import { rawCode, viewRaw } from "../chunk/Entry.ts"
import { type Board, Kind, Stage } from "../transport/Board.ts"
import { Code, Flag } from "../transport/Message.ts"
import { Reader, type Writer } from "../transport/Words.ts"
import type { Attempt } from "./Attempt.ts"
import type { HeapValues } from "./HeapValues.ts"

const LOW = 2 ** 30

/** Codes of a value of the codec without parts. */
const SMALL = Int32Array.of(Code.packed, 0)

/** The value of an input is not to be had here: the attempt goes back. */
export class Unreachable extends Error {}

/** What may be known of an input: it is there, will be perhaps, or never will. */
export type Availability = "there" | "pending" | "never"

type Mark = ReturnType<Writer["mark"]>

interface Kept {
  readonly tag: number
  readonly value: Reader
  readonly bytes: number
}

/** Who reads what was kept as it was written. */
export interface KeptReader {
  readonly read: (from: Reader, inputs: Array<number>) => unknown
}

/** Bytes of kept values beyond which the oldest are forgotten: what was sent behind them goes back. */
const MOST_KEPT = 8 * 1024 * 1024

/** Bytes that a kept value takes, about. */
const sizeOf = ({ ints, values }: Reader): number => {
  let bytes = ints.byteLength + 256
  for (const value of values) if (value instanceof Uint8Array) bytes += value.byteLength
  return bytes
}

/** The handover of one worker. */
export class Handover {
  private readonly board: Board
  private readonly worker: number
  private readonly arena: SharedArrayBuffer | undefined
  private readonly live: HeapValues
  /** by slot, the oldest first */
  private readonly kept = new Map<number, Kept>()
  private keptBytes = 0

  constructor(board: Board, worker: number, arena: SharedArrayBuffer | undefined, live: HeapValues) {
    this.live = live
    this.board = board
    this.worker = worker
    this.arena = arena
  }

  /** An attempt has finished with a value that stays here as it is, if it can. Throws Refused. */
  publishLive(attempt: Attempt, value: unknown, out: Writer): boolean {
    const { slot, tag } = attempt
    const bytes = this.live.keep(slot, tag, value)
    if (bytes < 0) return false
    out.heap(slot, tag, bytes)
    attempt.published = true
    attempt.move(Stage.claimed, Stage.kept)
    return true
  }

  /** An attempt has finished with a small typed array: written into its slot, where the engine reads it, too. */
  publishArray(attempt: Attempt, value: unknown, out: Writer): boolean {
    const { slot, tag } = attempt
    if (slot < 0 || this.arena === undefined || !ArrayBuffer.isView(value)) return false
    if (!this.board.writeArray(slot, this.worker, rawCode(value), value)) return false
    out.slot(slot, tag)
    attempt.published = true
    attempt.move(Stage.claimed, Stage.done)
    return true
  }

  /** An attempt has finished; what was written of its one value begins at `mark`. */
  publish(
    attempt: Attempt,
    value: unknown,
    out: Writer,
    mark: Mark
  ): void {
    const { slot, tag } = attempt
    if (slot < 0) return
    let stage: Stage = Stage.done
    if (!this.board.write(slot, this.worker, value)) {
      const code = out.look(mark.at)
      // A chunk that is handed on is its value for all others, and only the engine has that.
      if (code === Code.handle) return
      if (code === Code.raw || code === Code.alias) {
        this.board.writeRaw(slot, this.worker, [1, 2, 3, 4].map((i) => out.look(mark.at + i)))
      } else if (this.writeSmall(slot, code, out, mark)) {
        // The engine reads it there, too.
        out.rewind(mark)
        out.slot(slot, tag)
      } else {
        stage = Stage.kept
        if ((attempt.flags & Flag.wanted) !== 0) this.keep(slot, tag, out.since(mark))
      }
    }
    attempt.published = true
    attempt.move(Stage.claimed, stage)
  }

  private keep(slot: number, tag: number, value: Reader): void {
    this.forget(slot)
    const bytes = sizeOf(value)
    this.kept.set(slot, { tag, value, bytes })
    this.keptBytes += bytes
    for (const oldest of this.kept.keys()) {
      if (this.keptBytes <= MOST_KEPT) break
      this.forget(oldest)
    }
  }

  private forget(slot: number): void {
    this.keptBytes -= this.kept.get(slot)?.bytes ?? 0
    this.kept.delete(slot)
  }

  private writeSmall(slot: number, code: number, out: Writer, mark: Mark): boolean {
    if (code !== Code.packed || out.look(mark.at + 1) > 0) return false
    const head = out.values[mark.literals] as Uint8Array | undefined
    return head !== undefined && this.board.writePacked(slot, this.worker, head)
  }

  /** Whether the value of an attempt can be had. */
  look(slot: number, tag: number): Availability {
    const stage = this.board.stage(slot, tag)
    if (stage === Stage.done || (stage === Stage.kept && this.has(slot, tag))) return "there"
    return stage === Stage.free || stage === Stage.claimed ? "pending" : "never"
  }

  private has(slot: number, tag: number): boolean {
    return this.kept.get(slot)?.tag === tag || this.live.get(slot, tag) !== undefined
  }

  /** Rings for this worker when that changes. To be followed by another look. */
  await(slot: number): void {
    if (slot >= 0) this.board.await(slot, this.worker)
  }

  /** The value of an attempt; places of its bytes are pushed onto `inputs`. `values` reads what was kept here. */
  read(slot: number, tag: number, inputs: Array<number>, values: KeptReader): unknown {
    const { board } = this
    const stage = board.stage(slot, tag)
    const kept = stage === Stage.kept ? this.kept.get(slot) : undefined
    if (kept !== undefined && kept.tag === tag) return values.read(kept.value.fork(), inputs)
    const live = stage === Stage.kept ? this.live.get(slot, tag) : undefined
    if (live !== undefined) return live.value
    if (stage !== Stage.done || this.arena === undefined && board.kind(slot) === Kind.raw) throw new Unreachable()
    const kind = board.kind(slot)
    if (kind === Kind.array) return board.array(slot)
    if (kind === Kind.packed) return values.read(new Reader(SMALL, [board.packed(slot)]), inputs)
    if (kind !== Kind.raw) return board.read(slot)
    const [code, page, low, high] = board.codes(slot)
    const offset = page * 64
    const bytes = high * LOW + low
    // Another's report may not have come yet: what is returned as it is must be the engine's before it can be shared.
    if (board.maker(slot) === this.worker) inputs.push(offset, bytes)
    else if (bytes > 0) inputs.push(offset, -bytes)
    return viewRaw(code, this.arena!, offset, bytes)
  }
}
