// The processors of a simulated world, those that come in the place of others, and the engine's timers.
import type { Command } from "../../src/scheduler/Command.ts"
import type { Where } from "../../src/scheduler/Event.ts"
import { Processor } from "./Processor.ts"
import type { World } from "./World.ts"

/** ms of work that a thread is sent ahead. */
const AHEAD = 8

/** The processors of a world. */
export class Pool {
  readonly processors = new Map<number, Processor>()
  /** what nobody runs any more */
  readonly stranded = new Set<Where>()
  private readonly world: World
  /** processors that run or will, by what they accept */
  private readonly live: Array<ReadonlyArray<Where>> = []
  private next = 0

  constructor(world: World) {
    this.world = world
  }

  /** Starts the processors of the plan. */
  open(): void {
    const { fibers, slots, threads } = this.world.plan
    for (let i = 0; i < fibers; i++) this.start(threads > 0 ? ["here"] : ["here", "module"], slots, 0)
    for (let i = 0; i < threads; i++) this.start(["module"], 1, AHEAD)
  }

  private start(accepts: ReadonlyArray<Where>, slots: number, ahead: number): void {
    const { clock, plan, random } = this.world
    this.live.push(accepts)
    clock.after(random.delay(10), () =>
      this.world.later(() => {
        const follows = ahead === 0 ? "none" : random.pick(["none", "own", "shared", "shared"] as const)
        const processor = new Processor(this.world, this.next++, accepts, slots, ahead, follows)
        this.processors.set(processor.id, processor)
        const capacity = plan.resources > 0 ? [slots, 2] : [slots]
        const kind = ahead > 0 ? "thread" : "fiber"
        this.world.apply({ _tag: "processor up", worker: processor.id, kind, accepts, capacity, ahead, follows })
        if (random.chance(plan.leave)) clock.after(random.next() * 100, () => processor.leave())
      }))
  }

  /** A processor leaves: another comes in its place at once, because what it waits for may have to run there. */
  relieve(leaving: Processor): void {
    this.live.splice(this.live.indexOf(leaving.accepts), 1)
    this.start(leaving.accepts, leaving.slots, leaving.ahead)
  }

  /** A processor is gone: another may come, unless it has already. Returns what nobody will run any more. */
  replace(gone: Processor, replaced: boolean): ReadonlyArray<Where> {
    const { plan, random } = this.world
    this.processors.delete(gone.id)
    if (replaced) return []
    this.live.splice(this.live.indexOf(gone.accepts), 1)
    if (!random.chance(plan.strand)) {
      this.start(gone.accepts, gone.slots, gone.ahead)
      return []
    }
    const stranded = gone.accepts.filter((where) => !this.live.some((accepts) => accepts.includes(where)))
    for (const where of stranded) this.stranded.add(where)
    return stranded
  }

  /** Starts a timer, as engine/timers.ts does. */
  after({ ms, purpose, task, token }: Extract<Command, { readonly _tag: "after" }>): void {
    const { clock, state } = this.world
    clock.after(ms, () =>
      this.world.later(() => {
        const timer = state.timers.get(token)
        if (timer === undefined) return
        let retryAfter = -1
        if (purpose === "timeout" && state.tasks.attempt[task] === timer.attempt) {
          const instance = this.world.attempts.get(timer.attempt)!
          if (instance.tries <= 3 && instance.node.id % 2 === 0) retryAfter = instance.node.id % 3
          else instance.reasons.add("timeout")
        }
        this.world.apply({ _tag: "elapsed", token, retryAfter })
      }))
  }
}
