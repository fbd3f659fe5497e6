// What a worker has to say since it last said something, collected into one message.
import { type Failure, type FromWorker, type Request } from "../transport/Message.ts"
import { Writer } from "../transport/Words.ts"

const LOW = 2 ** 30

/** A report under way. */
export class Report {
  readonly out = new Writer()
  private heads: Array<number> = []
  private pieces: Array<number> = []
  private readonly failures: Array<Failure> = []
  private readonly claims: Array<number> = []
  private readonly retracted: Array<number> = []
  private readonly kept: Array<number> = []
  private readonly requests: Array<Request> = []
  private readonly recalled = new Writer()
  private recalledHeads: Array<number> = []
  private readonly forgotten: Array<number> = []
  /** there is more than finished attempts and pieces */
  private rare = false
  empty = true

  /** An attempt has finished; its values are in `out`. */
  finished(task: number, attempt: number, ms: number): void {
    this.heads.push(task, attempt, ms)
    this.empty = false
  }

  /** A place in the room is settled. */
  piece(offset: number, bytes: number, used: boolean): void {
    this.pieces.push(offset / 64, bytes % LOW, Math.floor(bytes / LOW), used ? 1 : 0)
    this.empty = false
  }

  /** An attempt has failed. */
  failed(failure: Failure): void {
    this.failures.push(failure)
    this.rare = true
    this.empty = false
  }

  /** An attempt has begun. */
  claimed(task: number, attempt: number): void {
    this.claims.push(task, attempt)
    this.rare = true
    this.empty = false
  }

  /** An attempt is given back, or was asked for too late. */
  gaveBack(task: number, attempt: number, kept: boolean): void {
    ;(kept ? this.kept : this.retracted).push(task, attempt)
    this.rare = true
    this.empty = false
  }

  /** A task asks for something. */
  asked(request: Request): void {
    this.requests.push(request)
    this.rare = true
    this.empty = false
  }

  /** A value that was recalled is written by `write`; false if it cannot be had. */
  recall(slot: number, tag: number, write: (out: Writer) => boolean): void {
    const mark = this.recalled.mark()
    if (write(this.recalled)) this.recalledHeads.push(slot, tag)
    else {
      this.recalled.rewind(mark)
      this.forgotten.push(slot)
    }
    this.rare = true
    this.empty = false
  }

  /** Attempts finished since the last message. */
  get count(): number {
    return this.heads.length / 3
  }

  /** A message that only asks for room and gives pieces back: it may be sent in the middle of writing a result. */
  askForRoom(bytes: number, ahead: number): FromWorker {
    const { pieces } = this
    this.pieces = []
    return { pieces, room: bytes, roomAhead: ahead }
  }

  /** The message; a new report begins. */
  take(): FromWorker {
    const message: { -readonly [K in keyof FromWorker]: FromWorker[K] } = {}
    const records = this.out.take(this.heads)
    if (records !== undefined) {
      message.records = records
      this.heads = []
    }
    if (this.pieces.length > 0) message.pieces = this.pieces.splice(0)
    if (this.rare) this.addRare(message)
    this.empty = true
    return message
  }

  private addRare(message: { -readonly [K in keyof FromWorker]: FromWorker[K] }): void {
    if (this.failures.length > 0) message.failures = this.failures.splice(0)
    if (this.claims.length > 0) message.claims = this.claims.splice(0)
    if (this.retracted.length > 0) message.retracted = this.retracted.splice(0)
    if (this.kept.length > 0) message.kept = this.kept.splice(0)
    const recalled = this.recalled.take(this.recalledHeads)
    if (recalled !== undefined) {
      message.recalled = recalled
      this.recalledHeads = []
    }
    if (this.forgotten.length > 0) message.forgotten = this.forgotten.splice(0)
    if (this.requests.length > 0) message.requests = this.requests.splice(0)
    this.rare = false
  }
}
