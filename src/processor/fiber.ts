// The processor of this thread: closures, and task functions when there are no threads. Effects run as fibers, with
// the services of whoever collects them; plain functions run to their end, one batch a turn of their own.
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { isA } from "../chunk/written.ts"
import { stackOf } from "../graph/causes.ts"
import { setCurrentTask } from "../graph/CurrentTask.ts"
import { InputMutated } from "../graph/errors.ts"
import { Arguments } from "./Arguments.ts"
import { callHere, callTask, isHere, valuesOf } from "./call.ts"
import type { Item } from "./chain.ts"
import { CurrentAttempt, lookUpFibers, taskOf } from "./CurrentAttempt.ts"
import type { Finished, Host, Processor, Running } from "./Processor.ts"
import { effectOf, isPromise } from "./returned.ts"
import { Unchanged } from "./Unchanged.ts"

/** Tasks that this thread runs at a time. */
export const FIBERS = 256

/** What has finished since the last report. */
class Batch {
  tasks: Array<number> = []
  attempts: Array<number> = []
  durations: Array<number> = []
  outputs: Array<number> = []
  values: Array<unknown> = []

  take(): Finished {
    const { attempts, durations, outputs, tasks, values } = this
    this.tasks = []
    this.attempts = []
    this.durations = []
    this.outputs = []
    this.values = []
    return { tasks, attempts, durations, outputs, values, held: false }
  }
}

class FiberRunner implements Running {
  private readonly host: Host
  private readonly inbox: Queue.Queue<Item>
  private readonly args: Arguments
  private readonly now: () => number
  private readonly batch = new Batch()
  private readonly fibers = new Map<number, Fiber.Fiber<unknown, unknown>>()
  /** attempts that wait in the inbox or begin just now, and those of them that are not wanted any more */
  private readonly beginning = new Set<number>()
  private readonly dropped = new Set<number>()
  private flushing = false
  private closed = false

  constructor(host: Host, inbox: Queue.Queue<Item>, now: () => number) {
    this.host = host
    this.inbox = inbox
    this.now = now
    this.args = new Arguments(host)
  }

  run(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    for (let i = 0; i < tasks.length; i++) {
      this.beginning.add(attempts[i])
      Queue.offerUnsafe(this.inbox, { task: tasks[i], attempt: attempts[i], member: -1 })
    }
  }

  interrupt(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    for (let i = 0; i < tasks.length; i++) {
      const fiber = this.fibers.get(attempts[i])
      if (fiber !== undefined) fiber.interruptUnsafe()
      else if (this.beginning.has(attempts[i])) this.dropped.add(attempts[i])
    }
  }

  retract(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    this.host.kept(tasks, attempts)
  }

  /** Runs a batch: plain functions to their end, Effects and Promises until they suspend. */
  work(items: ReadonlyArray<Item>): void {
    for (const item of items) {
      if (this.dropped.delete(item.attempt)) this.host.retracted([item.task], [item.attempt])
      else this.begin(item)
      this.beginning.delete(item.attempt)
      this.dropped.delete(item.attempt)
    }
    this.flush()
  }

  private flush(): void {
    if (this.batch.tasks.length > 0) this.host.finished(this.batch.take())
  }

  /** What ends between two batches is reported together with what ends in the same job. */
  private flushSoon(): void {
    if (this.flushing) return
    this.flushing = true
    queueMicrotask(() => {
      this.flushing = false
      this.flush()
    })
  }

  private begin(item: Item): void {
    const { host } = this
    const { timeout } = host.source.options(item.task)
    if (timeout >= 0) host.claimed([item.task], [item.attempt])
    const started = this.now()
    const fn = host.source.fn(item.task)
    if (!isHere(fn)) return this.fork(item, callTask(host, this.args, item), started)
    let result: unknown
    let effect: Effect.Effect<unknown, unknown, unknown> | undefined
    try {
      const args = this.args.take(item.task)
      const unchanged = Unchanged.of(host, item, this.args)
      setCurrentTask(taskOf(host, item.task, item.attempt, undefined))
      result = callHere(host, item, fn, args)
      if (Effect.isEffect(result) || isPromise(result)) {
        effect = host.served(fn, effectOf(result))
        if (unchanged !== undefined) effect = unchanged.after(effect)
      } else {
        const problem = unchanged?.problem()
        if (problem !== undefined) return this.failed(item, Cause.fail(problem), true)
      }
    } catch (error) {
      return this.failed(item, Cause.die(error), true)
    } finally {
      setCurrentTask(undefined)
    }
    if (effect === undefined) this.finish(item, result, started)
    else this.fork(item, effect, started)
  }

  private fork(item: Item, effect: Effect.Effect<unknown, unknown, unknown>, started: number): void {
    const { host } = this
    const attempt = { host, task: item.task, attempt: item.attempt, waits: 0, suspended: () => {} }
    const context = Context.add(host.contextOf(item.task), CurrentAttempt, attempt)
    const fiber = Effect.runForkWith(context)(
      // A chunk that the task made goes with its Scope: its value is taken before.
      Effect.scoped(
        Effect.flatMap(
          effect as Effect.Effect<unknown, unknown, Scope.Scope>,
          (result) => host.ownChunk(result) ?? Effect.succeed(result)
        )
      )
    )
    this.fibers.set(item.attempt, fiber)
    fiber.addObserver((exit) => {
      this.fibers.delete(item.attempt)
      if (this.closed) return
      if (Exit.isSuccess(exit)) {
        this.finish(item, exit.value, started)
        this.flushSoon()
      } else this.failed(item, exit.cause, false)
    })
    // What it did until its first wait may have let somebody drop it.
    if (this.dropped.has(item.attempt)) fiber.interruptUnsafe()
  }

  /** Ends what runs, unless it is what closes the processor, and waits for it; nobody hears of it any more. */
  close(): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.closed = true
      const self = Fiber.getCurrent()
      return Fiber.interruptAll([...this.fibers.values()].filter((fiber) => fiber !== self))
    })
  }

  private finish(item: Item, result: unknown, started: number): void {
    const { batch, host } = this
    let values: ReadonlyArray<unknown>
    try {
      values = valuesOf(host.source.outputs(item.task), result)
    } catch (error) {
      return this.failed(item, Cause.die(error), true)
    }
    for (const value of values) batch.values.push(value)
    batch.outputs.push(values.length)
    batch.tasks.push(item.task)
    batch.attempts.push(item.attempt)
    batch.durations.push(this.now() - started)
  }

  private failed(item: Item, cause: Cause.Cause<unknown>, thrown: boolean): void {
    const { attempt, member, task } = item
    if (Cause.hasInterruptsOnly(cause) && !thrown) {
      const fault = Cause.die(new Error("the task's fiber was interrupted from inside"))
      const failed = { task, attempt, member, cause: fault, error: undefined, typed: false }
      return this.host.failed({ ...failed, retryable: false, stack: "" })
    }
    const error = Cause.squash(cause)
    if (isA(error, InputMutated)) {
      return this.host.failed({
        task,
        attempt,
        member,
        cause: undefined,
        error,
        typed: true,
        retryable: false,
        stack: ""
      })
    }
    const typed = Cause.hasFails(cause) && !Cause.hasDies(cause)
    const stack = stackOf(error)
    this.host.failed({ task, attempt, member, cause, error: undefined, typed, retryable: true, stack })
  }
}

/** The processor of this thread. `module`: it also runs the functions of task modules, because there are no threads. */
export const fiberProcessor = (options: { readonly module: boolean; readonly fibers?: number }): Processor => ({
  kind: "fiber",
  accepts: options.module ? ["here", "module"] : ["here"],
  capacity: [options.fibers ?? FIBERS],
  ahead: 0,
  follows: "none",
  start: Effect.fnUntraced(function*(host) {
    lookUpFibers()
    const inbox = yield* Queue.unbounded<Item>()
    const clock = yield* Effect.clockWith((c) => Effect.succeed(c))
    const runner = new FiberRunner(host, inbox, () => clock.currentTimeMillisUnsafe())
    yield* Effect.addFinalizer(() => runner.close())
    const loop = Effect.map(Queue.takeAll(inbox), (items) => runner.work(items))
    yield* Effect.forkScoped(Effect.forever(loop, { disableYield: true }), { startImmediately: true })
    host.up()
    return runner
  })
})
