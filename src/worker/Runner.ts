// Runs attempts, one after the other, in the order in which they were sent: plain functions to their end, asynchronous
// ones while the event loop turns. Between attempts it looks at its port, so that what is taken back or cancelled is
// known at once; results are reported when the backlog is empty or a millisecond has passed.
import { RAW_BYTES } from "../chunk/sizes.ts"
import { setCurrentTask } from "../graph/CurrentTask.ts"
import { Flag, type ToWorker } from "../transport/Message.ts"
import { Claim, CLAIMS, Word } from "../transport/Transport.ts"
import { isEffect, isPromise, runEffect } from "./asynchronous.ts"
import { type Attempt, attempts, makeAttempt } from "./Attempt.ts"
import { Backlog, type Batch } from "./Backlog.ts"
import { failureOf, interruptFailure, missingFailure, outputsFailure } from "./failures.ts"
import type { Far } from "./Far.ts"
import { exitedWhileLoading, type Known } from "./Functions.ts"

/** Finished attempts are reported after so many ms, or as soon as there are so many, although there is more to do. */
const REPORT_MS = 1
const REPORT_COUNT = 1024
/** ms after which the event loop gets a turn although there is more to do. */
const TURN_MS = 10

/** The runner of one worker. */
export class Runner {
  private readonly far: Far
  private readonly backlog = new Backlog()
  /** attempts that the engine took back by message */
  private readonly revoked = new Set<number>()
  private readonly running = new Map<number, Attempt>()
  /** asynchronous attempts that hold the slot */
  private active = 0
  /** the plain function that runs now */
  private current: Attempt | undefined = undefined
  private sequence = 0
  private loading = false
  /** the next attempt is claimed already, because its function had to be loaded; and nobody wants it any more */
  private ahead = false
  private unwanted = false
  /** the function that ran last */
  private last: Known | undefined = undefined
  private pumping = false
  private scheduled = false
  private lastReport = 0
  private lastTurn = 0
  constructor(far: Far) {
    this.far = far
  }

  /** A message of the engine. */
  take(message: ToWorker): void {
    for (const fn of message.functions) this.far.functions.introduce(fn)
    this.backlog.add(message)
    for (const attempt of message.retracts) {
      if (!this.retract(attempt)) this.far.report.gaveBack(this.running.get(attempt)?.task ?? -1, attempt, true)
    }
    for (const attempt of message.interrupts) this.interrupt(attempt)
    for (const answer of message.answers) this.far.answered(answer)
    if (this.current !== undefined) this.flush() // it may run for long
  }

  /** Gives an attempt back; false if it has begun. */
  private retract(attempt: number): boolean {
    const task = this.revoked.has(attempt) || this.isAhead(attempt) ? -1 : this.backlog.find(attempt)
    if (task < 0) return false
    this.revoked.add(attempt)
    this.far.report.gaveBack(task, attempt, false)
    return true
  }

  private interrupt(attempt: number): void {
    const running = this.current?.attempt === attempt ? this.current : this.running.get(attempt)
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
    this.lastTurn = this.lastReport = performance.now()
    let stepped = this.lastTurn
    try {
      while (this.active === 0 && !this.loading) {
        this.far.port.drain((incoming) => this.far.receive(incoming))
        const batch = this.backlog.first()
        if (batch === undefined) break
        this.step(batch)
        this.backlog.trim()
        const now = performance.now()
        if (this.last !== undefined) this.last.slow = now - stepped >= REPORT_MS
        stepped = now
        if (now - this.lastReport >= REPORT_MS || this.far.report.count >= REPORT_COUNT) this.flush()
        if (now - this.lastTurn >= TURN_MS) {
          this.pumpSoon()
          break
        }
      }
    } finally {
      this.pumping = false
    }
    this.flush()
    if (this.backlog.empty && this.running.size === 0) this.far.idle()
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

  /** Reports what there is to report. */
  flush(): void {
    this.lastReport = performance.now()
    if (!this.far.report.empty) this.far.port.post(this.far.report.take(false))
  }

  private step(batch: Batch): void {
    const { functions } = this.far
    const { heads, reader } = batch
    const id = reader.peek()
    const claim = Word.claims + this.sequence % CLAIMS
    const isMine = this.ahead || !this.isRevoked(heads[batch.next + 1], claim)
    const known = functions.get(id)
    this.last = undefined
    if (isMine && known === undefined) return this.load(id)
    this.sequence++
    this.ahead = false
    const task = heads[batch.next++]
    const number = heads[batch.next++]
    reader.int()
    const flags = reader.int()
    const outputs = reader.int()
    const expected = reader.int() * RAW_BYTES
    const inputs: Array<number> = []
    const args: Array<unknown> = []
    let problem: unknown
    const count = reader.int()
    for (let i = 0; i < count; i++) {
      try {
        args.push(this.far.reader.read(reader, inputs))
      } catch (error) {
        problem ??= error
      }
    }
    if (!isMine || known === undefined) return
    const attempt = makeAttempt(this.far, { task, attempt: number, claim, inputs, outputs, expected, flags })
    if (this.unwanted) {
      this.unwanted = false
      return this.end(attempt, () => this.far.report.failed(interruptFailure(attempt)))
    }
    const isAnnounced = (flags & Flag.announce) !== 0
    if (isAnnounced) this.far.report.claimed(task, number)
    // What may run long, or for ever, must not keep to itself what has finished.
    if (isAnnounced || known.slow) this.flush()
    this.last = known
    if (known.fn === undefined) this.end(attempt, () => this.far.report.failed(missingFailure(attempt, known.missing!)))
    else if (problem !== undefined) this.fail(attempt, problem)
    else this.call(attempt, known.fn, known.url, args)
  }

  /** Loads the function of the next attempt, which is claimed before: a module may take for ever, or end the thread. */
  private load(id: number): void {
    this.ahead = true
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

  private isRevoked(attempt: number, claim: number): boolean {
    const { words } = this.far.port
    if (words === undefined) return this.revoked.size > 0 && this.revoked.delete(attempt)
    return Atomics.compareExchange(words, claim, Claim.free, Claim.claimed) !== Claim.free
  }

  private call(attempt: Attempt, fn: Function, url: string, args: Array<unknown>): void {
    this.far.guard?.before(attempt, args)
    let result: unknown
    let kind: "plain" | "effect" | "promise" = "plain"
    setCurrentTask(attempt)
    this.current = attempt
    attempts.enterWith(attempt)
    try {
      result = fn(...args)
      if (typeof result === "object" && result !== null) {
        kind = isEffect(result) ? "effect" : isPromise(result) ? "promise" : "plain"
      }
    } catch (error) {
      return this.fail(attempt, error)
    } finally {
      setCurrentTask(undefined)
      this.current = undefined
    }
    if (kind === "effect") this.suspend(attempt, () => runEffect(this.far, attempt, url, result as object))
    else if (kind === "plain") this.finish(attempt, result)
    else {
      const promise = result as PromiseLike<unknown>
      this.suspend(
        attempt,
        () => void promise.then((value) => attempt.succeed(value), (error: unknown) => attempt.fail(error))
      )
    }
  }

  /** An asynchronous attempt: it holds the slot until it ends, or while it does not wait for another task. */
  private suspend(attempt: Attempt, start: () => void): void {
    this.active++
    this.running.set(attempt.attempt, attempt)
    attempt.begin({
      succeed: (value) => this.resume(attempt, () => this.finish(attempt, value)),
      fail: (error) => this.resume(attempt, () => this.fail(attempt, error)),
      failed: (failure) => this.resume(attempt, () => this.end(attempt, () => this.far.report.failed(failure))),
      yield: () => {
        this.active--
        this.pumpSoon()
      },
      proceed: () => {
        this.active++
      }
    })
    try {
      start()
    } catch (error) {
      attempt.fail(error)
    }
  }

  private resume(attempt: Attempt, f: () => void): void {
    if (!this.running.delete(attempt.attempt)) return
    if (!attempt.yielded) this.active--
    f()
    this.pumpSoon()
  }

  private finish(attempt: Attempt, value: unknown): void {
    const { report, writer } = this.far
    const mark = report.out.mark()
    try {
      const mutated = this.far.guard?.after(attempt)
      if (mutated !== undefined) return this.end(attempt, () => report.failed(mutated))
      if (!attempt.many) {
        report.out.int(1)
        writer.write(report.out, value, attempt, "result")
      } else {
        const wrong = outputsFailure(attempt, value)
        if (wrong !== undefined) return this.end(attempt, () => report.failed(wrong))
        report.out.int(attempt.outputs)
        const items = value as ReadonlyArray<unknown>
        for (let i = 0; i < attempt.outputs; i++) writer.write(report.out, items[i], attempt, `result[${i}]`)
      }
    } catch (error) {
      report.out.rewind(mark)
      for (const piece of attempt.pieces) piece.used = false
      return this.fail(attempt, error)
    }
    this.end(attempt, () => report.finished(attempt.task, attempt.attempt, performance.now() - attempt.started))
  }

  private fail(attempt: Attempt, error: unknown): void {
    this.end(attempt, () => this.far.report.failed(failureOf(this.far.crossing, attempt, error)))
  }

  /** Every attempt ends here, once: its pieces are settled, and it is reported. */
  private end(attempt: Attempt, report: () => void): void {
    attempt.end()
    for (const piece of attempt.pieces) this.far.report.piece(piece.offset, piece.bytes, piece.used)
    report()
    if (attempt.alone) this.flush()
  }
}
