// Runs attempts, one after the other, in the order in which they were sent: plain functions to their end, asynchronous
// ones while the event loop turns. Between attempts it looks at its port, so that what is taken back or cancelled is
// known at once; results are reported when the backlog is empty, or left for the engine to find every millisecond.
import { RAW_BYTES } from "../chunk/sizes.ts"
import { Stage, tagOf } from "../transport/Board.ts"
import { Flag, type ToWorker } from "../transport/Message.ts"
import type { Reader } from "../transport/Words.ts"
import { type Attempt, attempts, makeAttempt } from "./Attempt.ts"
import { Backlog, type Batch } from "./Backlog.ts"
import { Calls } from "./Calls.ts"
import { missingFailure } from "./failures.ts"
import type { Far } from "./Far.ts"
import { exitedWhileLoading, type Known } from "./Functions.ts"
import { Unreachable } from "./Handover.ts"
import { recall } from "./recall.ts"
import { MOST_PARKED, Parked, Waiting } from "./Waiting.ts"

/** Finished attempts are reported after so many ms, or as soon as there are so many, although there is more to do. */
const REPORT_MS = 1
const REPORT_COUNT = 1024
/** ms after which the event loop gets a turn although there is more to do. */
const TURN_MS = 10
/** ms that it sleeps at most for inputs that others make. */
const SLEEP_MS = 5
/** ms that it does nothing but wait for them: after that what it waits for goes back, since others have work perhaps. */
const PATIENCE_MS = 20

/** The runner of one worker. */
export class Runner {
  private readonly far: Far
  private readonly backlog = new Backlog()
  /** attempts that the engine took back by message */
  private readonly revoked = new Set<number>()
  private readonly calls: Calls
  readonly waiting: Waiting
  private loading = false
  /** what waits is to be looked at */
  private rung = false
  /** the next attempt is claimed already, because its function had to be loaded; and nobody wants it any more */
  private ahead = false
  private unwanted = false
  /** the function that ran last */
  private last: Known | undefined = undefined
  private pumping = false
  private scheduled = false
  private lastReport = 0
  private lastTurn = 0
  /** when it began to do nothing but wait, or 0 */
  private waitsSince = 0

  constructor(far: Far) {
    this.far = far
    this.waiting = new Waiting(far.handover)
    this.calls = new Calls(far, { flush: () => this.flush(), pumpSoon: () => this.pumpSoon() })
  }

  /** A message of the engine. */
  take({ answers, functions, interrupts, recalls, records, retracts, rooms }: ToWorker): void {
    if (rooms !== undefined) this.far.room?.lend(rooms)
    if (functions !== undefined) { for (const fn of functions) this.far.functions.introduce(fn) }
    if (records !== undefined) this.backlog.add(records)
    if (retracts !== undefined) { for (const attempt of retracts) this.retractOrKeep(attempt) }
    if (interrupts !== undefined) { for (const attempt of interrupts) this.interrupt(attempt) }
    if (recalls !== undefined) recall(this.far, recalls)
    if (answers !== undefined) { for (const answer of answers) this.far.answered(answer) }
    if (this.calls.current !== undefined) this.flush() // it may run for long
  }

  private retractOrKeep(attempt: number): void {
    if (!this.retract(attempt)) this.far.report.gaveBack(this.calls.find(attempt)?.task ?? -1, attempt, true)
  }

  /** Gives an attempt back; false if it has begun. */
  private retract(attempt: number): boolean {
    const parked = this.waiting.take(attempt)
    if (parked !== undefined) {
      this.far.report.gaveBack(parked.task, attempt, false)
      return true
    }
    const task = this.revoked.has(attempt) || this.isAhead(attempt) ? -1 : this.backlog.find(attempt)
    if (task < 0) return false
    this.revoked.add(attempt)
    this.far.report.gaveBack(task, attempt, false)
    return true
  }

  private interrupt(attempt: number): void {
    const running = this.calls.find(attempt)
    if (running !== undefined) running.cancel()
    else if (this.isAhead(attempt)) this.unwanted = true
    else this.retract(attempt)
  }

  /** Whether an attempt has begun in so far as its function is being loaded. */
  private isAhead(attempt: number): boolean {
    return this.ahead && this.backlog.isNext(attempt)
  }

  /** The thread ends by process.exit: reports what has finished, and a module that ends it while it is loaded. */
  exiting(code: number): void {
    if (this.ahead && this.loading) {
      const { heads, next, reader } = this.backlog.first()!
      const missing = exitedWhileLoading(this.far.functions.urlOf(reader.peek()), code)
      this.far.report.failed(missingFailure({ task: heads[next], attempt: heads[next + 1] }, missing))
    }
    this.flush()
  }

  /** Works until the backlog is empty or something asynchronous holds the slot. */
  pump(): void {
    if (this.pumping) return
    this.pumping = true
    this.far.port.waits(false)
    let stepped = this.lastTurn = this.lastReport = performance.now()
    try {
      while (this.calls.active === 0 && !this.loading) {
        if (this.far.port.drain(this.far.receive)) this.rung = true
        if (!this.next()) break
        const now = performance.now()
        if (this.last !== undefined) this.last.slow = now - stepped >= REPORT_MS
        stepped = now
        if (now - this.lastReport >= REPORT_MS || this.far.report.count >= REPORT_COUNT) this.flush("leave")
        if (now - this.lastTurn >= TURN_MS) {
          this.pumpSoon()
          break
        }
      }
    } finally {
      this.pumping = false
    }
    this.far.port.waits(!this.scheduled)
    this.flush(this.scheduled ? "leave" : "post")
    if (this.backlog.empty && this.calls.active === 0) this.far.idle()
  }

  /** Does one thing: what waited for its inputs goes first. False if there is nothing to do. */
  private next(): boolean {
    this.last = undefined
    // What is claimed already comes before it.
    if (!this.ahead && this.waiting.size > 0) {
      if (this.rung) this.waiting.lookAtAll()
      this.rung = false
      const found = this.waiting.next()
      if (found !== undefined) {
        this.waitsSince = 0
        this.unpark(found, found.there)
        return true
      }
    }
    // What waits was sent before the rest of the backlog, so this will not be what it waits for.
    const batch = this.waiting.size < MOST_PARKED ? this.backlog.first() : undefined
    if (batch !== undefined) {
      this.waitsSince = 0
      this.step(batch)
      this.backlog.trim()
      return true
    }
    if (this.waiting.size === 0) return false
    const now = performance.now()
    if (this.waitsSince === 0) this.waitsSince = now
    // What is asynchronous needs the event loop, which no bell wakes.
    if (!this.far.port.shared || this.calls.running.size > 0 || now - this.waitsSince > PATIENCE_MS) {
      this.waitsSince = 0
      for (const parked of this.waiting.takeAll()) this.giveBack(parked)
      return !this.backlog.empty
    }
    // A report costs more than a short wait, and wakes a thread that needs a core.
    const left = this.lastReport + REPORT_MS - now
    this.far.port.sleep(left > 0 && !this.far.report.empty ? left : SLEEP_MS)
    return true
  }

  /** Goes on after the event loop has had a turn. */
  pumpSoon(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      this.pump()
    })
  }

  /** Something may have come while no work was looked for. */
  wake(): void {
    if (!this.pumping) this.pumpSoon()
  }

  /** Whether nothing is to be done before the engine sends something. */
  get isIdle(): boolean {
    return this.backlog.empty && this.waiting.size === 0 && this.calls.running.size === 0
  }

  /** Reports what there is to report: at once, or as soon as the engine looks. */
  flush(how: "post" | "leave" = "post"): void {
    this.lastReport = performance.now()
    if (!this.far.report.empty) this.far.port[how](this.far.report.take())
    else if (how === "post") this.far.port.find()
  }

  /** The next record of the backlog: runs it, loads its function first, or sets it aside until its inputs are there. */
  private step(batch: Batch): void {
    const { heads, reader } = batch
    const [task, attempt] = [heads[batch.next], heads[batch.next + 1]]
    const slot = reader.look(4)
    const tail = reader.look(5)
    const known = this.far.functions.get(reader.peek())
    if (tail > 0) {
      if (known === undefined) return this.load(reader.peek(), false) // it is claimed when its inputs are there
      const parked = new Parked(task, attempt, slot, reader.fork())
      const count = reader.look(tail + 1)
      batch.next += 2
      reader.skip(tail + 2 + count * 2, reader.look(tail))
      const now = this.waiting.park(parked, tail, count)
      if (now !== "pending") return this.unpark(parked, now === "there")
      return
    }
    const isMine = this.ahead || this.claim(attempt, slot)
    if (isMine && known === undefined) return this.load(reader.peek(), true)
    this.ahead = false
    batch.next += 2
    this.begin(task, attempt, reader, isMine ? known : undefined)
  }

  /** One that was set aside: it runs now, or goes back. */
  private unpark(parked: Parked, there: boolean): void {
    const { attempt, reader, slot, task } = parked
    if (!there) return this.giveBack(parked)
    if (this.claim(attempt, slot)) this.begin(task, attempt, reader, this.far.functions.get(reader.peek()))
  }

  /** The engine is to run it when its inputs are there. */
  private giveBack({ attempt, slot, task }: Parked): void {
    if (!this.claim(attempt, slot)) return
    this.far.board.settle(slot, tagOf(attempt), Stage.void)
    this.waiting.changed(tagOf(attempt))
    this.far.report.gaveBack(task, attempt, false)
  }

  /** Reads a record and calls its function; without `known` it only reads. */
  private begin(task: number, attempt: number, reader: Reader, known: Known | undefined): void {
    reader.int()
    const flags = reader.int()
    const outputs = reader.int()
    const expected = reader.int() * RAW_BYTES
    const slot = reader.int()
    reader.int()
    const inputs: Array<number> = []
    let problem: unknown
    const args: Array<unknown> = new Array(reader.int())
    for (let i = 0; i < args.length; i++) {
      try {
        args[i] = this.far.reader.read(reader, inputs)
      } catch (error) {
        problem ??= error
      }
    }
    if (known === undefined) return
    this.start(makeAttempt(this.far, { task, attempt, slot, inputs, outputs, expected, flags }), known, args, problem)
  }

  private start(attempt: Attempt, known: Known, args: Array<unknown>, problem: unknown): void {
    const { calls } = this
    if (this.unwanted) {
      this.unwanted = false
      return calls.refuse(attempt, undefined)
    }
    const isAnnounced = (attempt.flags & Flag.announce) !== 0
    if (isAnnounced) this.far.report.claimed(attempt.task, attempt.attempt)
    if (isAnnounced || known.slow) this.flush(isAnnounced ? "post" : "leave") // it may run long, or for ever
    this.last = known
    if (known.fn === undefined) calls.refuse(attempt, known.missing)
    else if (problem instanceof Unreachable) calls.giveBack(attempt)
    else if (problem !== undefined) calls.fail(attempt, problem)
    else calls.call(attempt, known.fn, known.url, args)
  }

  /** Loads the function of the next attempt, which is claimed before: a module may take for ever, or end the thread. */
  private load(id: number, claimed: boolean): void {
    this.ahead = claimed
    this.loading = true
    this.flush()
    // What a module starts while it is loaded is not the last task's.
    attempts.exit(() =>
      this.far.functions.load(id, () => {
        this.loading = false
        this.pumpSoon()
      })
    )
  }

  /** Begins an attempt, so that it is taken back no more; false if it has been. */
  private claim(attempt: number, slot: number): boolean {
    const { board, port } = this.far
    if (!port.shared) {
      if (this.revoked.size > 0 && this.revoked.delete(attempt)) return false
      board.open(slot, tagOf(attempt))
    }
    return board.move(slot, tagOf(attempt), Stage.free, Stage.claimed)
  }
}
