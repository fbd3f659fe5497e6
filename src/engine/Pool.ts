// Keeps the processors of an engine alive: each in a scope of its own; one that ends is replaced, after a pause if it
// did not even start, and given up after five such starts in a row.
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { Host, Processor } from "../processor/Processor.ts"
import type { Where } from "../scheduler/Event.ts"
import type { Exit as WorkerExit } from "../transport/Transport.ts"
import type { Core } from "./Core.ts"

/** Failed starts in a row after which a processor is given up. */
const MOST_STARTS = 5
/** Pause after the first failed start, in ms; doubled each time. */
const PAUSE_MS = 50

/** The processors of one engine. */
export class Pool {
  private readonly core: Core
  private readonly scope: Scope.Scope
  private readonly scopes = new Map<number, Scope.Closeable>()
  private readonly failures = new Map<Processor, number>()
  /** processors that run or will */
  private readonly live = new Map<Processor, number>()
  private hostOf: (worker: number) => Host
  private next = 0

  constructor(core: Core, scope: Scope.Scope, hostOf: (worker: number) => Host) {
    this.core = core
    this.scope = scope
    this.hostOf = hostOf
  }

  /** Starts a processor. */
  start(processor: Processor): Effect.Effect<void> {
    return Effect.suspend(() => {
      const worker = this.next++
      this.live.set(processor, (this.live.get(processor) ?? 0) + 1)
      this.core.processors.set(worker, processor)
      return this.run(processor, worker)
    })
  }

  private run(processor: Processor, worker: number): Effect.Effect<void> {
    return Effect.gen({ self: this as Pool }, function*() {
      const scope = yield* Scope.fork(this.scope)
      this.scopes.set(worker, scope)
      const host = this.hostOf(worker)
      let isUp: boolean | undefined
      // It may say that it is up before it can be given anything: that is passed on when it can.
      const up = (): void => isUp === undefined ? void (isUp = true) : host.up()
      const running = yield* processor.start({ ...host, up }).pipe(Effect.provideService(Scope.Scope, scope))
      this.core.running.set(worker, running)
      if (isUp === true) host.up()
      else isUp = false
    })
  }

  /** A processor has ended: starts another in its place. Returns what nobody will run any more. */
  replace(worker: number, exit: WorkerExit & { readonly started: boolean }): ReadonlyArray<Where> {
    const processor = this.core.processors.get(worker)!
    const scope = this.scopes.get(worker)
    this.scopes.delete(worker)
    if (scope !== undefined) Effect.runFork(Scope.close(scope, Exit.void))
    this.live.set(processor, this.live.get(processor)! - 1)
    const failures = exit.started ? 0 : (this.failures.get(processor) ?? 0) + 1
    this.failures.set(processor, failures)
    if (failures >= MOST_STARTS) return processor.accepts.filter((where) => !this.accepts(where))
    const again = failures === 0
      ? this.start(processor)
      : Effect.delay(this.start(processor), PAUSE_MS * 2 ** (failures - 1))
    this.live.set(processor, this.live.get(processor)! + 1)
    const counted = Effect.andThen(Effect.sync(() => this.live.set(processor, this.live.get(processor)! - 1)), again)
    Effect.runFork(Effect.forkIn(counted, this.scope))
    return []
  }

  private accepts(where: Where): boolean {
    for (const [processor, count] of this.live) if (count > 0 && processor.accepts.includes(where)) return true
    return false
  }
}
