// The processor of this thread: closures, and task functions when there are no threads. Effects run as fibers, with
// the services of whoever collects them; plain functions run to their end, one batch a turn of their own.
import { Cause, Context, Effect, Exit, type Fiber, Queue, type Scope } from "effect"
import { setCurrentTask } from "../graph/CurrentTask.ts"
import { CurrentAttempt, taskOf } from "./CurrentAttempt.ts"
import type { ArgumentVisitor, Finished, Host, Processor, Running } from "./Processor.ts"
import { decode } from "../chunk/codec.ts"

/** Tasks that this thread runs at a time. */
export const FIBERS = 256

interface Item {
  readonly task: number
  readonly attempt: number
}

/** Builds the arguments of a task as values of this thread. */
class Arguments implements ArgumentVisitor {
  private readonly host: Host
  private out: Array<unknown> = []
  private readonly open: Array<{ readonly list: Array<unknown>; readonly keys: ReadonlyArray<string> | undefined; left: number }> = []

  constructor(host: Host) {
    this.host = host
  }

  take(task: number): Array<unknown> {
    this.out = []
    this.host.source.visit(task, this)
    return this.out
  }

  private add(value: unknown): void {
    const group = this.open[this.open.length - 1]
    if (group === undefined) {
      this.out.push(value)
      return
    }
    group.list.push(value)
    if (--group.left > 0) return
    this.open.pop()
    this.add(group.keys === undefined ? group.list : Object.fromEntries(group.keys.map((key, i) => [key, group.list[i]])))
  }

  private group(left: number, keys: ReadonlyArray<string> | undefined): void {
    if (left === 0) this.add(keys === undefined ? [] : {})
    else this.open.push({ list: [], keys, left })
  }

  value(value: unknown): void {
    this.add(value)
  }

  snapshot(head: Uint8Array, buffers: ReadonlyArray<Uint8Array>): void {
    this.add(decode(head, buffers, this.host.store.crossing))
  }

  chunk(chunk: number): void {
    this.add(this.host.store.view(chunk))
  }

  handle(chunk: number): void {
    this.add(this.host.handleOf(chunk))
  }

  list(length: number): void {
    this.group(length, undefined)
  }

  record(keys: ReadonlyArray<string>): void {
    this.group(keys.length, keys)
  }
}

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
  private readonly dropped = new Set<number>()
  private flushing = false

  constructor(host: Host, inbox: Queue.Queue<Item>, now: () => number) {
    this.host = host
    this.inbox = inbox
    this.now = now
    this.args = new Arguments(host)
  }

  run(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    for (let i = 0; i < tasks.length; i++) Queue.offerUnsafe(this.inbox, { task: tasks[i], attempt: attempts[i] })
  }

  interrupt(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    for (let i = 0; i < tasks.length; i++) {
      const fiber = this.fibers.get(attempts[i])
      if (fiber === undefined) this.dropped.add(attempts[i])
      else fiber.interruptUnsafe()
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
    if (fn.call === undefined) return this.foreign(item, started)
    let result: unknown
    try {
      const args = this.args.take(item.task)
      setCurrentTask(taskOf(host, item.task, item.attempt, undefined))
      result = fn.call(...args)
    } catch (error) {
      return this.failed(item, Cause.die(error), true)
    } finally {
      setCurrentTask(undefined)
    }
    if (Effect.isEffect(result)) this.fork(item, result as Effect.Effect<unknown, unknown, unknown>, started)
    else if (isPromise(result)) this.fork(item, promised(result), started)
    else this.finish(item, result, started)
  }

  /** A function of a module that this thread has not imported. */
  private foreign(item: Item, started: number): void {
    const { host } = this
    const call = Effect.flatMap(host.load(item.task), (fn) =>
      Effect.suspend(() => {
        const result: unknown = fn(...this.args.take(item.task))
        return Effect.isEffect(result)
          ? result as Effect.Effect<unknown, unknown>
          : isPromise(result)
          ? promised(result)
          : Effect.succeed(result)
      }))
    this.fork(item, call, started)
  }

  private fork(item: Item, effect: Effect.Effect<unknown, unknown, unknown>, started: number): void {
    const { host } = this
    const attempt = { host, task: item.task, attempt: item.attempt, waits: 0 }
    const context = Context.add(host.contextOf(item.task), CurrentAttempt, attempt)
    const fiber = Effect.runForkWith(context)(Effect.scoped(effect as Effect.Effect<unknown, unknown, Scope.Scope>))
    this.fibers.set(item.attempt, fiber)
    fiber.addObserver((exit) => {
      this.fibers.delete(item.attempt)
      if (Exit.isSuccess(exit)) {
        this.finish(item, exit.value, started)
        this.flushSoon()
      } else this.failed(item, exit.cause, false)
    })
  }

  private finish(item: Item, result: unknown, started: number): void {
    const { batch, host } = this
    const outputs = host.source.outputs(item.task)
    if (outputs > 0) {
      if (!Array.isArray(result) || result.length !== outputs) return this.failed(item, Cause.die(wrongOutputs(outputs, result)), true)
      for (const value of result) batch.values.push(value)
      batch.outputs.push(outputs)
    } else {
      batch.values.push(result)
      batch.outputs.push(1)
    }
    batch.tasks.push(item.task)
    batch.attempts.push(item.attempt)
    batch.durations.push(this.now() - started)
  }

  private failed(item: Item, cause: Cause.Cause<unknown>, thrown: boolean): void {
    const { attempt, task } = item
    if (Cause.hasInterruptsOnly(cause) && !thrown) {
      const fault = Cause.die(new Error("the task's fiber was interrupted from inside"))
      this.host.failed({ task, attempt, cause: fault, error: undefined, typed: false, retryable: false, stack: "" })
      return
    }
    const typed = Cause.hasFails(cause) && !Cause.hasDies(cause)
    const squashed = Cause.squash(cause)
    const stack = squashed instanceof Error ? squashed.stack ?? "" : ""
    this.host.failed({ task, attempt, cause, error: undefined, typed, retryable: true, stack })
  }
}

/** What a function with `outputs: n` returned that is not a list of n. */
export const wrongOutputs = (outputs: number, result: unknown): Error =>
  new TypeError(
    `the option outputs is ${outputs}, so the function must return an array of ${outputs}; it returned ${
      Array.isArray(result) ? `an array of ${result.length}` : typeof result
    }`
  )

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function"

/** A rejection is a throw: its type is not known. */
const promised = (promise: PromiseLike<unknown>): Effect.Effect<unknown> =>
  Effect.callback((resume) => {
    promise.then((value) => resume(Effect.succeed(value)), (error: unknown) => resume(Effect.die(error)))
  })

/** The processor of this thread. `module`: it also runs the functions of task modules, because there are no threads. */
export const fiberProcessor = (options: { readonly module: boolean; readonly fibers?: number }): Processor => ({
  kind: "fiber",
  accepts: options.module ? ["here", "module"] : ["here"],
  capacity: [options.fibers ?? FIBERS],
  ahead: 0,
  start: Effect.fnUntraced(function*(host) {
    const inbox = yield* Queue.unbounded<Item>()
    const clock = yield* Effect.clockWith((c) => Effect.succeed(c))
    const runner = new FiberRunner(host, inbox, () => clock.currentTimeMillisUnsafe())
    const loop = Effect.map(Queue.takeAll(inbox), (items) => runner.work(items))
    yield* Effect.forkScoped(Effect.forever(loop, { disableYield: true }), { startImmediately: true })
    host.up()
    return runner
  })
})
