// Runs attempts, one after the other, in the order in which they were sent: plain functions to their end, asynchronous
// ones while the event loop turns. Between attempts it looks at its port, so that what is taken back or cancelled is
// known at once; results are reported when the backlog is empty or a millisecond has passed.
import { RAW_BYTES } from "../chunk/sizes.ts"
import { setCurrentTask } from "../graph/CurrentTask.ts"
import { Flag, type ToWorker } from "../transport/Message.ts"
import { Claim, CLAIMS, Word } from "../transport/Transport.ts"
import { Reader } from "../transport/Words.ts"
import { type Attempt, makeAttempt } from "./Attempt.ts"
import { isEffect, isPromise, runEffect } from "./asynchronous.ts"
import type { Far } from "./Far.ts"
import { failureOf, missingFailure, outputsFailure } from "./failures.ts"

interface Batch {
  readonly heads: Float64Array
  readonly reader: Reader
  next: number
}

/** ms after which finished attempts are reported although there is more to do. */
const REPORT_MS = 1
/** ms after which the event loop gets a turn although there is more to do. */
const TURN_MS = 10
/** Finished attempts that are reported at once. */
const REPORT_COUNT = 1024

/** The runner of one worker. */
export class Runner {
  private readonly far: Far
  private readonly batches: Array<Batch> = []
  /** attempts that the engine took back by message */
  private readonly revoked = new Set<number>()
  private readonly running = new Map<number, Attempt>()
  /** asynchronous attempts that hold the slot */
  private active = 0
  /** the plain function that runs now */
  private current: Attempt | undefined = undefined
  private sequence = 0
  private loading = false
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
    if (message.heads.length > 0) {
      this.batches.push({ heads: message.heads, reader: new Reader(message.ints, message.values), next: 0 })
    }
    for (const attempt of message.retracts) {
      if (!this.retract(attempt)) this.far.report.gaveBack(this.running.get(attempt)?.task ?? -1, attempt, true)
    }
    for (const attempt of message.interrupts) this.interrupt(attempt)
    // A function that runs now may take long: what it gives back by asking whether it is cancelled goes at once.
    if (this.current !== undefined) this.flush()
    for (const answer of message.answers) this.far.answered(answer)
  }

  private find(attempt: number): number {
    for (const batch of this.batches) {
      for (let i = batch.next; i < batch.heads.length; i += 2) if (batch.heads[i + 1] === attempt) return batch.heads[i]
    }
    return -1
  }

  /** Gives an attempt back; false if it has begun. */
  private retract(attempt: number): boolean {
    const task = this.revoked.has(attempt) ? -1 : this.find(attempt)
    if (task < 0) return false
    this.revoked.add(attempt)
    this.far.report.gaveBack(task, attempt, false)
    return true
  }

  private interrupt(attempt: number): void {
    const running = this.current?.attempt === attempt ? this.current : this.running.get(attempt)
    if (running !== undefined) running.cancel()
    else this.retract(attempt)
  }

  /** The attempt with that number, while it runs. */
  attempt(attempt: number): Attempt | undefined {
    return this.running.get(attempt)
  }

  /** Works until the backlog is empty or something asynchronous holds the slot. */
  pump(): void {
    if (this.pumping) return
    this.pumping = true
    this.lastTurn = this.lastReport = performance.now()
    try {
      while (this.active === 0 && !this.loading) {
        this.far.port.drain((incoming) => this.far.receive(incoming))
        const batch = this.batches[0]
        if (batch === undefined) break
        this.step(batch)
        if (batch.next === batch.heads.length) this.batches.shift()
        const now = performance.now()
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
    if (this.batches.length === 0 && this.running.size === 0) this.far.idle()
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

  /** Reports what there is to report. */
  flush(): void {
    this.lastReport = performance.now()
    if (!this.far.report.empty) this.far.port.post(this.far.report.take(false))
  }

  private step(batch: Batch): void {
    const { functions } = this.far
    const { reader } = batch
    const id = reader.peek()
    if (functions.get(id) === undefined) {
      this.loading = true
      this.flush()
      functions.load(id, () => {
        this.loading = false
        this.pumpSoon()
      })
      return
    }
    const task = batch.heads[batch.next++]
    const number = batch.heads[batch.next++]
    reader.int()
    const flags = reader.int()
    const outputs = reader.int()
    const expected = reader.int() * RAW_BYTES
    const inputs: Array<number> = []
    const claim = Word.claims + this.sequence++ % CLAIMS
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
    if (this.isRevoked(number, claim)) return
    const attempt = makeAttempt(this.far, { task, attempt: number, claim, inputs, outputs, expected, many: (flags & Flag.many) !== 0 })
    if ((flags & Flag.announce) !== 0) {
      this.far.report.claimed(task, number)
      this.flush()
    }
    const known = functions.get(id)!
    if (known.fn === undefined) this.end(attempt, () => this.far.report.failed(missingFailure(attempt, known.missing!)))
    else if (problem !== undefined) this.fail(attempt, problem)
    else this.call(attempt, known.fn, known.url, args)
  }

  private isRevoked(attempt: number, claim: number): boolean {
    const { words } = this.far.port
    if (words === undefined) return this.revoked.size > 0 && this.revoked.delete(attempt)
    return Atomics.compareExchange(words, claim, Claim.free, Claim.claimed) !== Claim.free
  }

  private call(attempt: Attempt, fn: Function, url: string, args: Array<unknown>): void {
    this.far.guard?.before(attempt)
    let result: unknown
    setCurrentTask(attempt)
    this.current = attempt
    try {
      result = fn(...args)
    } catch (error) {
      return this.fail(attempt, error)
    } finally {
      setCurrentTask(undefined)
      this.current = undefined
    }
    if (typeof result !== "object" || result === null) return this.finish(attempt, result)
    if (isEffect(result)) this.suspend(attempt, () => runEffect(this.far, attempt, url, result))
    else if (isPromise(result)) {
      this.suspend(attempt, () => {
        result.then((value) => attempt.succeed(value), (error: unknown) => attempt.fail(error))
      })
    } else this.finish(attempt, result)
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
    attempt.ended = true
    for (const piece of attempt.pieces) this.far.report.piece(piece.offset, piece.bytes, piece.used)
    report()
  }
}
