// A worker's end of its transport: posts messages, takes those that have come, and knows by its bell whether there are
// any. Over bytes every message is a frame, and only looking tells.
import { availableParallelism } from "node:os"
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads"
import type { Board } from "../transport/Board.ts"
import { fromFrame, toFrame } from "../transport/frame.ts"
import { Lookout } from "../transport/Lookout.ts"
import type { FromWorker, Notice, ToWorker } from "../transport/Message.ts"
import type { Tray } from "../transport/Tray.ts"

/** What may come. */
export type Incoming = ToWorker | "close"

/** ms that a worker looks at its bell before it sleeps; and where it slept for less than `SHORT_MS` last time. */
const SPIN_MS = 0.02
const LONG_SPIN_MS = 0.15
/** ms of a wait that a longer look may have spared: most of them is waking. */
const SHORT_MS = 0.5
/** ms that an idle one looks at it, where what came last came as soon. */
const LINGER_MS = 0.25
/** ms after which the event loop gets a turn all the same. */
const TURN_MS = 10
/** So many idle workers may linger at once: whoever sends work needs a core, too. */
const MOST_LINGER = Math.max(1, availableParallelism() - 2)

/** The port of one worker. */
export class Port {
  private readonly port: MessagePort
  private readonly board: Board
  private readonly worker: number
  /** whether memory is shared with the engine and its other workers */
  readonly shared: boolean
  private seen = 0
  /** how many messages had been posted when it last looked for them */
  private received = 0
  private readonly lookout: Lookout
  private waitedShortly = false
  private readonly tray: Tray | undefined
  /** reports posted */
  private posted = 0
  /** a notice was posted since: it comes before any report */
  private notified = false

  constructor(port: MessagePort, board: Board, worker: number, shared: boolean, tray: Tray | undefined) {
    this.port = port
    this.tray = tray
    this.board = board
    this.worker = worker
    this.shared = shared
    this.lookout = new Lookout(LINGER_MS, () => this.rung)
  }

  /**
   * Calls `f`, which says whether the worker is idle then, with everything that comes while the event loop runs. One that
   * has become idle looks for what comes next itself, for a moment, where that pays.
   */
  listen(f: (incoming: Incoming) => boolean): void {
    let isIdle = false
    const take = (incoming: Incoming): void => {
      this.lookout.came()
      isIdle = f(incoming)
      this.lookout.wait()
    }
    this.port.on("message", (raw: unknown) => {
      const until = performance.now() + TURN_MS
      take(this.open(raw))
      while (isIdle && this.linger() && performance.now() < until) this.drain(take)
    })
  }

  /** Looks at the bell for a moment, if that pays and not too many do. Returns whether it has rung. */
  private linger(): boolean {
    if (!this.shared || !this.lookout.pays || !this.board.bells.mayLinger(this.worker, MOST_LINGER)) return false
    const rung = this.lookout.look()
    this.board.bells.endLinger(this.worker)
    return rung
  }

  private get rung(): boolean {
    return this.board.bells.bell(this.worker) !== this.seen
  }

  /** What has come and was not read, without waiting. Returns whether the bell has rung, for whatever reason. */
  drain(f: (incoming: Incoming) => void): boolean {
    const bell = this.board.bells.bell(this.worker)
    const rung = bell !== this.seen
    if (!rung && this.shared) return false
    this.seen = bell
    const messages = this.board.bells.messages(this.worker)
    if (this.shared && messages === this.received) return rung
    this.received = messages
    for (let got = receiveMessageOnPort(this.port); got !== undefined; got = receiveMessageOnPort(this.port)) {
      f(this.open(got.message))
    }
    return rung
  }

  /** Sleeps until the bell rings, or for `ms`; looks for a moment before, since what is short comes soon. */
  sleep(ms: number): void {
    const since = performance.now()
    const until = since + (this.waitedShortly ? LONG_SPIN_MS : SPIN_MS)
    while (performance.now() < until) if (this.rung) return
    this.board.bells.sleep(this.worker, this.seen, ms)
    this.waitedShortly = performance.now() - since < SHORT_MS
  }

  private open(raw: unknown): Incoming {
    return raw instanceof Uint8Array ? fromFrame(raw) as ToWorker : raw as Incoming
  }

  /** Posts a report. */
  post(message: FromWorker): void {
    this.port.postMessage(this.shared ? message : toFrame(message))
    this.board.bells.report(this.worker)
    this.posted++
    this.notified = false
  }

  /** Leaves a report where the engine finds it before long; or posts it, if the engine does not look or is waited for. */
  leave(message: FromWorker): void {
    const { bells } = this.board
    const may = this.tray !== undefined && !this.notified && bells.mayLeave
    if (!may || !this.tray.leave(message, this.posted)) this.post(message)
    else if (!bells.mayLeave) this.find()
  }

  /** Makes the engine find now what is left, if anything is. */
  find(): void {
    if (this.tray?.holds === true) this.post({})
  }

  /** Says whether this worker waits for the engine. */
  waits(does: boolean): void {
    this.board.bells.waitsForEngine(this.worker, does)
  }

  /** Posts a line of output or a stray error, at once. */
  notify(notice: Notice): void {
    const up = { notice }
    this.port.postMessage(this.shared ? up : toFrame(up))
    this.notified = true
  }

  /** Hears no more, so that the thread can end. */
  close(): void {
    this.port.close()
  }
}
