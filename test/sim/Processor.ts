// A processor of a simulated world: like a thread (one slot, a backlog, reports in batches) or like this thread's fibers
// (many slots, nothing ahead). Its tasks fail, hang, spawn tasks and wait for them; it refuses to give work back, leaves
// and dies. Commands and reports take time, and arrive in order.
import { isCurrent } from "../../src/scheduler/attempt.ts"
import type { Follows, Where } from "../../src/scheduler/Event.ts"
import { type Attempt, heapOf, newAttempt, storeValues } from "./Attempt.ts"
import type { Instance } from "./Node.ts"
import type { World } from "./World.ts"

/** One processor. */
export class Processor {
  readonly id: number
  readonly accepts: ReadonlyArray<Where>
  readonly slots: number
  readonly ahead: number
  readonly follows: Follows
  private readonly world: World
  /** what was sent and is not reported, as the engine sees it */
  private readonly sent = new Map<number, Instance>()
  private backlog: Array<Attempt> = []
  private readonly begun = new Set<Attempt>()
  private done: Array<Attempt> = []
  private nextIn = 0
  private nextOut = 0
  private leaving = false
  dead = false

  constructor(world: World, id: number, accepts: ReadonlyArray<Where>, slots: number, ahead: number, follows: Follows) {
    this.world = world
    this.follows = follows
    this.id = id
    this.accepts = accepts
    this.slots = slots
    this.ahead = ahead
  }

  private deliver(f: () => void): void {
    const { clock, random } = this.world
    this.nextIn = Math.max(this.nextIn, clock.now + random.delay(0.5))
    clock.at(this.nextIn, () => {
      if (!this.dead) f()
    })
  }

  private report(f: () => void): void {
    const { clock, random } = this.world
    this.nextOut = Math.max(this.nextOut, clock.now + random.delay(0.5))
    clock.at(this.nextOut, () =>
      this.world.later(() => {
        f()
        this.goIfDone()
      }))
  }

  /** Takes an attempt. */
  run(instance: Instance, number: number, awaited: ReadonlyArray<number>): void {
    this.sent.set(number, instance)
    this.deliver(() => {
      this.backlog.push(newAttempt(instance, number, awaited))
      this.pump()
    })
  }

  /** Begins what it can; what cannot have an input any more goes back. */
  pump(): void {
    if (this.dead) return
    const hopeless = this.backlog.filter((a) => this.inputsOf(a) === "void")
    this.backlog = this.backlog.filter((a) => !hopeless.includes(a))
    this.world.outcomes.givenBack += hopeless.length
    this.giveBack(hopeless)
    for (const a of this.backlog.slice()) {
      let busy = 0
      for (const other of this.begun) if (!other.suspended) busy++
      if (busy >= this.slots) return
      if (!this.backlog.includes(a) || this.inputsOf(a) !== "done") continue
      this.backlog = this.backlog.filter((other) => other !== a)
      this.begin(a)
    }
  }

  private inputsOf(a: Attempt): "done" | "void" | undefined {
    return this.world.outcomes.seen(a.awaited, this.id)
  }

  private begin(a: Attempt): void {
    const { clock, plan, random } = this.world
    const { instance, number } = a
    const { node, task } = instance
    this.begun.add(a)
    instance.tries++
    if (node.fn.taskClass.timeout >= 0) {
      this.report(() => this.world.apply({ _tag: "claimed", worker: this.id, tasks: [task], attempts: [number] }))
    }
    if (random.chance(plan.die)) clock.after(random.next() * node.duration * 2, () => this.die())
    const unlucky = instance.tries <= node.times
    if (node.behaviour === "hangs" && unlucky) return
    clock.after(node.duration, () => {
      if (a.over || this.dead) return
      if (node.behaviour === "fails") this.fail(a, -1)
      else if (node.behaviour === "flaky" && unlucky) this.fail(a, random.pick([0, 1, 5]))
      else if (node.behaviour === "nests") this.nest(a)
      else this.finish(a)
    })
  }

  private end(a: Attempt): void {
    a.over = true
    this.begun.delete(a)
    if (a.child !== undefined) this.world.drop(a.child)
    this.pump()
  }

  private finish(a: Attempt): void {
    const { clock, plan, random } = this.world
    this.done.push(a)
    this.world.outcomes.set(a.number, this.id, random.chance(Math.min(0.8, 1 - plan.far)) ? "done" : "kept")
    this.end(a)
    if (this.done.length === 1) clock.after(random.chance(0.5) ? 0 : random.delay(2), () => this.flush())
  }

  private flush(): void {
    if (this.dead) return
    const batch = this.done
    this.done = []
    this.report(() => this.reportFinished(batch))
  }

  private reportFinished(batch: ReadonlyArray<Attempt>): void {
    const { plan, state } = this.world
    const bytes: Array<number> = []
    const places: Array<number> = []
    for (const { instance, number } of batch) {
      this.sent.delete(number)
      const current = isCurrent(state, instance.task, number)
      if (current) {
        storeValues(instance, plan.bytes / 4, this.id, () => heapOf(this.world, this, instance, number))
      }
      instance.outputs.forEach((held) => {
        bytes.push(current ? held.bytes : 0)
        places.push(current ? held.memory : 0)
      })
    }
    this.world.apply({
      _tag: "finished",
      worker: this.id,
      tasks: batch.map(({ instance }) => instance.task),
      attempts: batch.map(({ number }) => number),
      outputs: batch.map(({ instance }) => instance.node.bytes.length),
      bytes,
      places,
      durations: batch.map(({ instance }) => instance.node.duration)
    })
  }

  private fail(a: Attempt, retryAfter: number): void {
    const { instance, number } = a
    const { task } = instance
    this.world.outcomes.set(number, this.id, "void")
    this.end(a)
    this.report(() => {
      this.sent.delete(number)
      const current = isCurrent(this.world.state, task, number)
      if (current) {
        instance.attempt = 0
        if (retryAfter < 0) instance.reasons.add("error")
      }
      const event = { _tag: "failed", worker: this.id, task, attempt: number, reason: "error" } as const
      this.world.apply({ ...event, retryAfter: current ? retryAfter : -1 })
    })
  }

  /** The task spawns tasks and waits for them; its slot is free meanwhile. */
  private nest(a: Attempt): void {
    const { instance, number } = a
    const { task } = instance
    if (a.unwanted) {
      this.end(a)
      return this.giveBack([a])
    }
    const wish = this.world.users.child(instance.node.depth + 1)
    a.child = wish
    a.suspended = true
    // What waits behind it here may keep from running what it waits for.
    this.world.outcomes.set(number, this.id, "void")
    this.report(() => this.world.apply({ _tag: "yielded", worker: this.id, task, attempt: number }))
    this.world.submit(wish)
    this.pump()
    wish.watch(() =>
      this.deliver(() => {
        if (a.over) return
        this.resume(a)
        if (wish.status === "failed") this.fail(a, -1)
        else this.world.clock.after(instance.node.duration, () => !a.over && !this.dead && this.finish(a))
      })
    )
  }

  private resume(a: Attempt): void {
    const { instance: { task }, number } = a
    if (!a.suspended) return
    a.suspended = false
    this.report(() => this.world.apply({ _tag: "resumed", worker: this.id, task, attempt: number }))
  }

  private giveBack(attempts: ReadonlyArray<Attempt>): void {
    if (attempts.length === 0) return
    const tasks = attempts.map(({ instance }) => instance.task)
    const numbers = attempts.map(({ number }) => number)
    for (const number of numbers) this.world.outcomes.set(number, this.id, "void")
    this.report(() => {
      for (const { instance, number } of attempts) {
        this.sent.delete(number)
        if (isCurrent(this.world.state, instance.task, number)) instance.attempt = 0
      }
      this.world.apply({ _tag: "retracted", worker: this.id, tasks, attempts: numbers })
    })
  }

  /** Takes an attempt back of which nobody wants to hear: it ends soon, in its own time, or with the processor. */
  interrupt(number: number): void {
    const { clock, random } = this.world
    this.deliver(() => {
      const waiting = this.backlog.find((a) => a.number === number)
      if (waiting !== undefined) {
        this.backlog = this.backlog.filter((a) => a !== waiting)
        return this.giveBack([waiting])
      }
      const a = [...this.begun].find((other) => other.number === number)
      if (a === undefined) return
      a.unwanted = true
      const endless = a.instance.node.behaviour === "hangs" || a.suspended
      if (!endless && random.chance(0.3)) return
      if (random.chance(this.world.plan.die)) return clock.after(5, () => !a.over && this.die())
      clock.after(random.delay(1), () => {
        if (a.over || this.dead) return
        this.resume(a)
        this.end(a)
        this.giveBack([a])
      })
    })
  }

  /** Is asked to give attempts back that it has not begun. */
  retract(numbers: ReadonlyArray<number>): void {
    const refuses = this.world.random.chance(this.world.plan.refuse)
    const tasks = numbers.map((number) => this.world.attempts.get(number)!.task)
    this.deliver(() => {
      const back = refuses ? [] : this.backlog.filter((a) => numbers.includes(a.number))
      this.backlog = this.backlog.filter((a) => !back.includes(a))
      this.giveBack(back)
      const kept = numbers.filter((number) => !back.some((a) => a.number === number))
      if (kept.length === 0) return
      const keptTasks = kept.map((number) => tasks[numbers.indexOf(number)])
      this.report(() => this.world.apply({ _tag: "kept", worker: this.id, tasks: keptTasks, attempts: kept }))
    })
  }

  /** It dies, with all that it was doing. */
  die(): void {
    if (this.dead) return
    const claimed = [...this.begun, ...this.done].map(({ number }) => number)
    for (const a of this.begun) {
      a.over = true
      if (a.child !== undefined) this.world.drop(a.child)
    }
    this.dead = true
    for (const number of this.sent.keys()) this.world.outcomes.set(number, this.id, "void")
    this.report(() => this.lost(claimed))
  }

  /** It takes no more work, and goes when it has done what it has. */
  leave(): void {
    this.world.later(() => {
      if (this.dead || this.leaving) return
      this.leaving = true
      this.world.pool.relieve(this)
      this.world.apply({ _tag: "processor leaving", worker: this.id })
      this.goIfDone()
    })
  }

  private goIfDone(): void {
    if (!this.leaving || this.dead || this.sent.size > 0) return
    this.dead = true
    this.report(() => this.lost([]))
  }

  private lost(claimed: ReadonlyArray<number>): void {
    const { pool, state } = this.world
    for (const [number, instance] of this.sent) {
      this.world.outcomes.set(number, this.id, "void")
      if (!isCurrent(state, instance.task, number)) continue
      instance.attempt = 0
      if (claimed.includes(number)) instance.losses++
    }
    this.sent.clear()
    const stranded = pool.replace(this, this.leaving)
    this.world.apply({ _tag: "processor lost", worker: this.id, claimed, stranded })
  }
}
