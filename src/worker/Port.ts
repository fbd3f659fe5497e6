// A worker's end of its transport: posts messages, takes those that have come, and knows by its bell whether there are
// any. Over bytes every message is a frame, and only looking tells.
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads"
import type { Board } from "../transport/Board.ts"
import { fromFrame, toFrame } from "../transport/frame.ts"
import type { FromWorker, Notice, ToWorker } from "../transport/Message.ts"

/** What may come. */
export type Incoming = ToWorker | "close"

/** ms that a worker looks at its bell before it sleeps. */
const SPIN_MS = 0.02

/** The port of one worker. */
export class Port {
  private readonly port: MessagePort
  private readonly board: Board
  private readonly worker: number
  /** whether memory is shared with the engine and its other workers */
  readonly shared: boolean
  private seen = 0

  constructor(port: MessagePort, board: Board, worker: number, shared: boolean) {
    this.port = port
    this.board = board
    this.worker = worker
    this.shared = shared
  }

  /** Calls `f` with everything that comes while the event loop runs. */
  listen(f: (incoming: Incoming) => void): void {
    this.port.on("message", (raw: unknown) => {
      f(this.open(raw))
    })
  }

  /** What has come and was not read, without waiting. Returns whether the bell has rung, for whatever reason. */
  drain(f: (incoming: Incoming) => void): boolean {
    const bell = this.board.bell(this.worker)
    const rung = bell !== this.seen
    if (!rung && this.shared) return false
    this.seen = bell
    for (let got = receiveMessageOnPort(this.port); got !== undefined; got = receiveMessageOnPort(this.port)) {
      f(this.open(got.message))
    }
    return rung
  }

  /** Sleeps until the bell rings, or for `ms`; looks for a moment before, since what is short comes soon. */
  sleep(ms: number): void {
    const until = performance.now() + SPIN_MS
    while (performance.now() < until) if (this.board.bell(this.worker) !== this.seen) return
    this.board.sleep(this.worker, this.seen, ms)
  }

  private open(raw: unknown): Incoming {
    return raw instanceof Uint8Array ? fromFrame(raw) as ToWorker : raw as Incoming
  }

  /** Posts a report. */
  post(message: FromWorker): void {
    this.port.postMessage(this.shared ? message : toFrame(message))
  }

  /** Posts a line of output or a stray error, at once. */
  notify(notice: Notice): void {
    const up = { notice }
    this.port.postMessage(this.shared ? up : toFrame(up))
  }

  /** Hears no more, so that the thread can end. */
  close(): void {
    this.port.close()
  }
}
