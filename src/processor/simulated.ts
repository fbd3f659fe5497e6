// Simulated processors for tests: the functions themselves run, on this thread, but time is virtual and processors are
// lost when a seed says so. What a program does under load and failure becomes repeatable, and takes no time.
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { Arguments } from "./Arguments.ts"
import { callTask, valuesOf } from "./call.ts"
import type { Item } from "./chain.ts"
import { CurrentAttempt, lookUpFibers } from "./CurrentAttempt.ts"
import type { Host, Processor, Running } from "./Processor.ts"
import type { VirtualClock } from "./VirtualClock.ts"

/** What a simulation is made of. */
export interface Simulation {
  readonly clock: VirtualClock
  /** numbers in [0, 1), always the same for a seed */
  readonly random: () => number
  /** virtual ms that a task takes, besides what it sleeps */
  readonly duration: (name: string, random: () => number) => number
  /** probability that a processor is lost while it runs a task */
  readonly loss: number
}

/** The generator "mulberry32" (Tommy Ettinger, 2017): 32 bits of state, numbers in [0, 1). */
export const seeded = (seed: number): () => number => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

class SimulatedRunner implements Running {
  private readonly host: Host
  private readonly simulation: Simulation
  private readonly args: Arguments
  private readonly queue: Array<Item> = []
  private readonly fibers = new Map<number, Fiber.Fiber<unknown, unknown>>()
  /** attempts that hold the slot: at most one, but for those that wait */
  private busy: number | undefined = undefined
  private dead = false

  constructor(host: Host, simulation: Simulation) {
    this.host = host
    this.simulation = simulation
    this.args = new Arguments(host)
  }

  run(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    for (let i = 0; i < tasks.length; i++) this.queue.push({ task: tasks[i], attempt: attempts[i], member: -1 })
    this.next()
  }

  interrupt(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    for (let i = 0; i < tasks.length; i++) {
      const at = this.queue.findIndex((item) => item.attempt === attempts[i])
      if (at >= 0) {
        this.queue.splice(at, 1)
        this.host.retracted([tasks[i]], [attempts[i]])
      } else this.fibers.get(attempts[i])?.interruptUnsafe()
    }
  }

  retract(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    for (let i = 0; i < tasks.length; i++) {
      const at = this.queue.findIndex((item) => item.attempt === attempts[i])
      if (at < 0) this.host.kept([tasks[i]], [attempts[i]])
      else {
        this.queue.splice(at, 1)
        this.host.retracted([tasks[i]], [attempts[i]])
      }
    }
  }

  private next(): void {
    if (this.dead || this.busy !== undefined) return
    const item = this.queue.shift()
    if (item !== undefined) this.begin(item)
  }

  private begin(item: Item): void {
    const { host, simulation } = this
    const { attempt, task } = item
    const { clock, duration, loss, random } = simulation
    const ms = Math.max(0, duration(host.nameOf(task), random))
    const dies = random() < loss
    this.busy = attempt
    host.claimed([task], [attempt])
    const started = clock.currentTimeMillisUnsafe()
    const work = dies
      ? Effect.andThen(clock.sleep(Duration.millis(ms * random())), Effect.sync(() => this.die(attempt)))
      : Effect.andThen(
        clock.sleep(Duration.millis(ms)),
        Effect.flatMap(callTask(host, this.args, item), (result) => host.ownChunk(result) ?? Effect.succeed(result))
      )
    const context = Context.add(host.contextOf(task), CurrentAttempt, {
      host,
      task,
      attempt,
      waits: 0,
      suspended: () => {
        if (this.busy === attempt) this.busy = undefined
        this.next()
      }
    })
    const fiber = Effect.runForkWith(context)(Effect.scoped(work as Effect.Effect<unknown, unknown, Scope.Scope>))
    this.fibers.set(attempt, fiber)
    fiber.addObserver((exit) => {
      this.fibers.delete(attempt)
      if (this.busy === attempt) this.busy = undefined
      if (!this.dead) this.end(item, exit, clock.currentTimeMillisUnsafe() - started)
      this.next()
    })
  }

  private end({ attempt, member, task }: Item, exit: Exit.Exit<unknown, unknown>, ms: number): void {
    const { host } = this
    if (Exit.isFailure(exit)) {
      const { cause } = exit
      if (Cause.hasInterruptsOnly(cause)) return host.retracted([task], [attempt])
      const typed = Cause.hasFails(cause) && !Cause.hasDies(cause)
      return host.failed({ task, attempt, member, cause, error: undefined, typed, retryable: true, stack: "" })
    }
    try {
      const values = valuesOf(host.source.outputs(task), exit.value)
      host.finished({
        tasks: [task],
        attempts: [attempt],
        durations: [ms],
        outputs: [values.length],
        values,
        held: false
      })
    } catch (error) {
      host.failed({
        task,
        attempt,
        cause: Cause.die(error),
        error: undefined,
        typed: false,
        retryable: true,
        stack: ""
      })
    }
  }

  /** Ends what runs and waits for it; nobody hears of it any more. */
  close(): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.dead = true
      this.queue.length = 0
      return Fiber.interruptAll(this.fibers.values())
    })
  }

  private die(attempt: number): void {
    this.dead = true
    this.queue.length = 0
    for (const [other, fiber] of this.fibers) if (other !== attempt) fiber.interruptUnsafe()
    const claimed = [...this.fibers.keys()]
    this.host.lost({ exitCode: 1, reason: "lost by the simulation", expected: false, started: true }, claimed, [])
  }
}

/** A simulated processor. */
export const simulatedProcessor = (simulation: Simulation): Processor => ({
  kind: "simulated",
  accepts: ["here", "module"],
  capacity: [1],
  ahead: 8,
  follows: "none",
  start: (host) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        lookUpFibers()
        host.up()
        return new SimulatedRunner(host, simulation)
      }),
      (runner) => runner.close()
    )
})
