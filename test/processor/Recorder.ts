// A host for one processor: knows tasks by their functions and arguments, and keeps what the processor tells, in order.
// It is no engine: it places nothing, repeats nothing, and every attempt has the number of its task and a thousand.
import { Cause, type Context, Effect } from "effect"
import { Crossing } from "../../src/chunk/codec.ts"
import { MemoryStore } from "../../src/chunk/MemoryStore.ts"
import { defaultOptions } from "../../src/graph/options.ts"
import { entryOf } from "../../src/graph/TaskFunction.ts"
import type { ArgumentVisitor, Failed, Finished, Host, Running, Source } from "../../src/processor/Processor.ts"

/** One thing that was told: what, of which task, and its values, error or exit. */
export type Told = readonly [what: string, task: number, of?: unknown]

/** An argument that is a chunk of the store. */
export class Held {
  readonly chunk: number
  constructor(chunk: number) {
    this.chunk = chunk
  }
}

interface Job {
  readonly fn: Function
  readonly args: ReadonlyArray<unknown>
  readonly outputs: number
}

const VAIN_MS = 10_000
const ENDS = ["finished", "failed", "retracted"]

const attemptOf = (task: number): number => task + 1000

const visitOne = (arg: unknown, visitor: ArgumentVisitor): void => {
  if (arg instanceof Held) return visitor.chunk(arg.chunk)
  if (!Array.isArray(arg)) return visitor.value(arg)
  visitor.list(arg.length)
  for (const member of arg) visitOne(member, visitor)
}

const never = (): never => {
  throw new Error("no task of the contract asks for this")
}

/** A host. */
export class Recorder {
  readonly store = new MemoryStore({ budget: 2 ** 24, crossing: new Crossing() })
  readonly told: Array<Told> = []
  /** set when the processor is up */
  running!: Running
  private readonly jobs: Array<Job> = []
  private readonly waiting = new Set<() => void>()
  private readonly context: Context.Context<never>

  constructor(context: Context.Context<never>) {
    this.context = context
  }

  private tell(...told: ReadonlyArray<Told>): void {
    this.told.push(...told)
    for (const look of this.waiting) look()
  }

  /** What was told of a kind. */
  all(what: string): Array<Told> {
    return this.told.filter(([kind]) => kind === what)
  }

  /** How each task was answered, by task: there is to be one answer each. */
  get answers(): Array<Array<string>> {
    return this.jobs.map((_, task) =>
      this.told.filter(([what, of]) => of === task && ENDS.includes(what)).map(([what]) => what)
    )
  }

  /** Waits until something holds; fails with what was told instead. */
  until(what: string, holds: () => boolean): Effect.Effect<void> {
    return Effect.callback((resume) => {
      const told = () => JSON.stringify(this.told.slice(-20))
      const timer = setTimeout(() => resume(Effect.die(new Error(`no ${what}, but ${told()}`))), VAIN_MS)
      const look = (): void => {
        if (holds()) resume(Effect.void)
      }
      this.waiting.add(look)
      look()
      return Effect.sync(() => {
        clearTimeout(timer)
        this.waiting.delete(look)
      })
    })
  }

  /** Waits until something was told of so many tasks. */
  tells(what: string, count = 1): Effect.Effect<void> {
    return this.until(`${count} ${what}`, () => this.all(what).length >= count)
  }

  /** Waits until every task is answered. */
  get answered(): Effect.Effect<void> {
    return this.until("answer to each", () => this.answers.every((list) => list.length > 0))
  }

  /** A new task. */
  task(fn: Function, args: ReadonlyArray<unknown>, outputs = 0): number {
    return this.jobs.push({ fn, args, outputs }) - 1
  }

  /** Sends tasks, as one batch. */
  run(...tasks: ReadonlyArray<number>): void {
    this.running.run(tasks, tasks.map(attemptOf))
  }

  interrupt(...tasks: ReadonlyArray<number>): void {
    this.running.interrupt(tasks, tasks.map(attemptOf))
  }

  retract(...tasks: ReadonlyArray<number>): void {
    this.running.retract(tasks, tasks.map(attemptOf))
  }

  /** The host, as the processor sees it. */
  get host(): Host {
    const { context, store } = this
    const each = (what: string) => (tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void =>
      this.tell(...tasks.map((task, i): Told => [what, attempts[i] === attemptOf(task) ? task : -1]))
    return {
      worker: 0,
      store,
      source: this.source,
      isCurrent: () => true,
      suspect: () => {},
      isSuspect: () => false,
      handleOf: never,
      solidified: () => {},
      ownChunk: () => undefined,
      bytesOf: () => 0,
      nameOf: (task) => `task ${task}`,
      load: never,
      contextOf: () => context,
      yielded: never,
      resumed: never,
      served: (_, effect) => effect,
      up: () => this.tell(["up", -1]),
      finished: (batch) => this.finished(batch),
      failed: (failed) => this.failed(failed),
      claimed: each("claimed"),
      retracted: each("retracted"),
      // Of one that has long ended a worker does not know any more whose it was.
      kept: (tasks, attempts) => this.tell(...tasks.map((_, i): Told => ["kept", attempts[i] - attemptOf(0)])),
      lost: (exit, claimed) => this.tell(["lost", -1, { ...exit, claimed: claimed.map((n) => n - 1000) }]),
      stray: (text) => this.tell(["stray", -1, text]),
      line: () => {},
      request: never,
      room: (bytes, ahead, grant) => {
        const offset = store.tryAlloc(Math.max(bytes, ahead))
        grant(offset, offset < 0 ? 0 : store.arena.bytesOf(offset))
      },
      lend: () => -1
    }
  }

  private get source(): Source {
    return {
      fn: (task) => entryOf(this.jobs[task].fn),
      // With a timeout it is announced that an attempt has begun.
      options: (task) => ({ ...defaultOptions, timeout: 1e9, outputs: this.jobs[task].outputs }),
      outputs: (task) => this.jobs[task].outputs,
      expected: () => 0,
      makerOf: () => -1,
      attemptOf,
      workerOf: () => 0,
      usesOf: () => 0,
      isLasting: () => true,
      isUsed: () => false,
      visit: (task, visitor) => {
        const { args } = this.jobs[task]
        for (const arg of args) visitOne(arg, visitor)
        return args.length
      },
      context: () => this.context
    }
  }

  /** Values are copied out of the store, and freed there. */
  private finished({ attempts, held, outputs, tasks, values }: Finished): void {
    let at = 0
    const chunk = 1e6
    tasks.forEach((task, i) => {
      const mine = values.slice(at, at += outputs === undefined ? 1 : outputs[i])
      const own = held ? mine.map((value) => (this.store.set(chunk, value), this.free(chunk))) : mine
      this.tell(["finished", attempts[i] === attemptOf(task) ? task : -1, own])
    })
  }

  private free(chunk: number): unknown {
    const value = this.store.copy(chunk)
    this.store.delete(chunk)
    return value
  }

  private failed({ attempt, cause, error, task, typed }: Failed): void {
    const why = cause === undefined ? error : Cause.squash(cause)
    this.tell(["failed", attempt === attemptOf(task) ? task : -1, { typed, why }])
  }
}
