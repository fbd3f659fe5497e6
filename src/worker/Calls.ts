// Runs one attempt to its end: calls the function, follows what it returns if that is an Effect or a Promise, writes
// its result and reports it. What runs next is the Runner's.
import { setCurrentTask } from "../graph/CurrentTask.ts"
import { Stage } from "../transport/Board.ts"
import { Flag } from "../transport/Message.ts"
import { isEffect, isPromise, runEffect } from "./asynchronous.ts"
import { type Attempt, attempts } from "./Attempt.ts"
import { failureOf, interruptFailure, missingFailure, outputsFailure } from "./failures.ts"
import type { Far } from "./Far.ts"
import type { Missing } from "./Functions.ts"

/** What the Runner does for those that it runs. */
export interface Turns {
  /** goes on with the backlog after the event loop has had a turn */
  readonly pumpSoon: () => void
  readonly flush: () => void
}

/** The attempts that have begun. */
export class Calls {
  readonly running = new Map<number, Attempt>()
  /** asynchronous attempts that hold the slot */
  active = 0
  /** the plain function that runs now */
  current: Attempt | undefined = undefined
  private readonly far: Far
  private readonly turns: Turns

  constructor(far: Far, turns: Turns) {
    this.far = far
    this.turns = turns
  }

  /** An attempt that has begun, by its number. */
  find(attempt: number): Attempt | undefined {
    return this.current?.attempt === attempt ? this.current : this.running.get(attempt)
  }

  /** Calls the function of an attempt. */
  call(attempt: Attempt, fn: Function, url: string, args: Array<unknown>): void {
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
        attempt.move(Stage.claimed, Stage.yielded)
        this.turns.pumpSoon()
      },
      proceed: () => {
        this.active++
        attempt.move(Stage.yielded, Stage.claimed)
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
    this.turns.pumpSoon()
  }

  private finish(attempt: Attempt, value: unknown): void {
    const { handover, report, writer } = this.far
    const mark = report.out.mark()
    try {
      const mutated = this.far.guard?.after(attempt)
      if (mutated !== undefined) return this.end(attempt, () => report.failed(mutated))
      if (!attempt.many) {
        report.out.int(1)
        if (attempt.apart) writer.write(report.out, value, attempt, "result")
        else if (!handover.publishArray(attempt, value, report.out) && !this.stays(attempt, value)) {
          const first = report.out.mark()
          writer.write(report.out, value, attempt, "result")
          handover.publish(attempt, value, report.out, first)
        }
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

  /** Leaves a value on the heap for those that were sent behind it; false if it has to be written. */
  private stays(attempt: Attempt, value: unknown): boolean {
    return (attempt.flags & Flag.stays) !== 0 && this.far.handover.publishLive(attempt, value, this.far.report.out)
  }

  /** It could not be begun after all: nobody wants it, or its function is missing. */
  refuse(attempt: Attempt, missing: Missing | undefined): void {
    const failure = missing === undefined ? interruptFailure(attempt) : missingFailure(attempt, missing)
    this.end(attempt, () => this.far.report.failed(failure))
  }

  /** Goes back to the engine: an input of it is not to be had here. */
  giveBack(attempt: Attempt): void {
    this.end(attempt, () => this.far.report.gaveBack(attempt.task, attempt.attempt, false))
  }

  /** It failed with this error. */
  fail(attempt: Attempt, error: unknown): void {
    this.end(attempt, () => this.far.report.failed(failureOf(this.far.crossing, attempt, error)))
  }

  /** Every attempt ends here, once: its pieces are settled, and it is reported. */
  private end(attempt: Attempt, report: () => void): void {
    attempt.end()
    for (const piece of attempt.pieces) this.far.report.piece(piece.offset, piece.bytes, piece.used)
    report()
    if (attempt.alone) this.turns.flush()
  }
}
