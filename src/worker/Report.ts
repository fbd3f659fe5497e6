// What a worker has to say since it last said something, collected into one message.
import { type Failure, type FromWorker, type Request } from "../transport/Message.ts"
import { Writer } from "../transport/Words.ts"

const LOW = 2 ** 30

const NOTHING: FromWorker = {
  heads: new Float64Array(0),
  ints: new Int32Array(0),
  values: [],
  pieces: new Int32Array(0),
  failures: [],
  claims: [],
  retracted: [],
  kept: [],
  requests: [],
  room: 0,
  roomAhead: 0,
  ready: false
}

/** A report under way. */
export class Report {
  readonly out = new Writer()
  private heads: Array<number> = []
  private pieces: Array<number> = []
  private failures: Array<Failure> = []
  private claims: Array<number> = []
  private retracted: Array<number> = []
  private kept: Array<number> = []
  private requests: Array<Request> = []
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
    this.empty = false
  }

  /** An attempt has begun. */
  claimed(task: number, attempt: number): void {
    this.claims.push(task, attempt)
    this.empty = false
  }

  /** An attempt is given back, or was asked for too late. */
  gaveBack(task: number, attempt: number, kept: boolean): void {
    ;(kept ? this.kept : this.retracted).push(task, attempt)
    this.empty = false
  }

  /** A task asks for something. */
  asked(request: Request): void {
    this.requests.push(request)
    this.empty = false
  }

  /** Attempts finished since the last message. */
  get count(): number {
    return this.heads.length / 3
  }

  /** A message that only asks for room and gives pieces back: it may be sent in the middle of writing a result. */
  askForRoom(bytes: number, ahead: number): FromWorker {
    const pieces = new Int32Array(this.pieces)
    this.pieces = []
    return { ...NOTHING, pieces, room: bytes, roomAhead: ahead }
  }

  /** The message; a new report begins. */
  take(ready: boolean): FromWorker {
    const { ints, values } = this.out.take()
    const message: FromWorker = {
      heads: new Float64Array(this.heads),
      ints,
      values,
      pieces: new Int32Array(this.pieces),
      failures: this.failures,
      claims: this.claims,
      retracted: this.retracted,
      kept: this.kept,
      requests: this.requests,
      room: 0,
      roomAhead: 0,
      ready
    }
    this.heads = []
    this.pieces = []
    this.failures = []
    this.claims = []
    this.retracted = []
    this.kept = []
    this.requests = []
    this.empty = true
    return message
  }
}
