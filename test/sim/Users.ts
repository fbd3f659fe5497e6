// The users of a simulated world: they describe graphs, want outputs of them, lose interest, stop tasks, hold and read
// values. At the end they let go of everything.
import { FIRST_CLASS } from "../../src/scheduler/Event.ts"
import { Given, Instance, Node, SimWish } from "./Node.ts"
import type { Behaviour, Fn, Held, Output } from "./Node.ts"
import type { World } from "./World.ts"

/** The users of a world. */
export class Users {
  readonly wishes: Array<SimWish> = []
  private readonly world: World
  private readonly fns: Array<Fn> = []
  private readonly nodes: Array<Node> = []
  private readonly givens: Array<Given> = []
  private readonly readers = new Map<Held, number>()
  private readonly persisted = new Set<Held>()

  constructor(world: World) {
    this.world = world
    const { plan, random } = world
    for (let i = 0; i < plan.functions; i++) {
      const outputs = random.between(1, plan.outputs)
      const bytes = random.chance(plan.undeclared) ? -1 : plan.bytes * outputs
      this.fns.push({
        told: false,
        taskClass: {
          id: FIRST_CLASS + i,
          where: random.chance(0.3) ? "here" : "module",
          priority: random.int(plan.priorities),
          outputs,
          bytes,
          timeout: random.chance(plan.hang * 3) ? random.between(1, 40) : -1,
          persist: random.chance(plan.persist) && (i % 2 === 0 || "when made"),
          rerun: !random.chance(plan.once),
          early: random.chance(plan.early),
          handsOver: outputs === 1 && random.chance(0.9),
          demand: plan.resources > 0 ? [1, random.int(3)] : [1]
        }
      })
    }
  }

  /** Plans what they will do. */
  open(): void {
    const { clock, plan, random } = this.world
    for (let i = 0; i < plan.submissions; i++) {
      clock.after(random.next() * 40, () => this.want(Math.ceil(plan.nodes / plan.submissions)))
    }
    if (random.chance(plan.cancel)) { for (let i = 0; i < 4; i++) clock.after(random.next() * 60, () => this.cancel()) }
    if (random.chance(plan.read)) { for (let i = 0; i < 6; i++) clock.after(random.next() * 80, () => this.read()) }
    if (random.chance(plan.pressure)) {
      for (let i = 0; i < 4; i++) {
        const bytes = random.int(plan.bytes * 4)
        clock.after(random.next() * 80, () => this.world.later(() => this.world.apply({ _tag: "pressure", bytes })))
      }
    }
  }

  private behaviour(fn: Fn, depth: number): Behaviour {
    const { plan, random } = this.world
    if (random.chance(plan.fail)) return "fails"
    if (random.chance(plan.flaky)) return "flaky"
    if (fn.taskClass.timeout >= 0 && random.chance(0.5)) return "hangs"
    return depth < 2 && random.chance(plan.nest) ? "nests" : "good"
  }

  private describe(depth: number, from: number): Node {
    const { plan, random } = this.world
    const fn = random.pick(this.fns)
    const inputs: Array<Output | Given> = []
    const reach = Math.max(from, this.nodes.length - plan.reach)
    const count = this.nodes.length === reach ? 0 : random.int(plan.inputs + 1)
    for (let i = 0; i < count; i++) inputs.push(this.output(this.nodes[random.between(reach, this.nodes.length - 1)]))
    if (random.chance(plan.give)) inputs.push(this.give())
    const bytes = Array.from(
      { length: fn.taskClass.outputs },
      () => random.chance(0.3) ? 1 : 1 + random.int(plan.bytes)
    )
    const node = new Node({
      id: this.nodes.length,
      fn,
      inputs,
      behaviour: this.behaviour(fn, depth),
      times: random.between(1, 3),
      duration: random.chance(plan.quick > 0.5 ? 0.03 : 0.1)
        ? random.delay(50)
        : random.delay(random.chance(plan.quick) ? 0.1 : 3),
      bytes,
      depth
    })
    this.nodes.push(node)
    return node
  }

  private give(): Given {
    const { plan, random } = this.world
    if (this.givens.length > 0 && random.chance(0.5)) return random.pick(this.givens)
    const given = new Given(1 + random.int(plan.bytes))
    this.givens.push(given)
    return given
  }

  private output(node: Node): Output {
    return { node, index: this.world.random.int(node.fn.taskClass.outputs) }
  }

  /** Somebody describes tasks and wants some of them, or of those that were there before. */
  private want(count: number): void {
    const { clock, plan, random } = this.world
    const roots: Array<Output | Given> = []
    for (let i = 0; i < count; i++) this.describe(0, 0)
    roots.push(this.output(this.nodes[this.nodes.length - 1]))
    for (let i = random.int(4); i > 0; i--) roots.push(this.output(random.pick(this.nodes)))
    if (random.chance(plan.give)) roots.push(this.give())
    const wish = this.wish(roots, random.chance(plan.exits))
    this.world.submit(wish)
    if (random.chance(plan.drop)) clock.after(random.delay(60), () => this.world.drop(wish))
    else wish.watch(() => clock.after(random.delay(60), () => this.world.drop(wish)))
  }

  private wish(roots: ReadonlyArray<Output | Given>, exits: boolean): SimWish {
    const wish = new SimWish(roots, exits)
    this.wishes.push(wish)
    return wish
  }

  /** What a task spawns and waits for. */
  child(depth: number): SimWish {
    const { random } = this.world
    const from = this.nodes.length
    for (let i = random.between(0, 2); i >= 0; i--) this.describe(depth, from)
    return this.wish([this.output(this.nodes[this.nodes.length - 1])], false)
  }

  private cancel(): void {
    this.world.later(() => {
      const alive = this.world.items.filter((item) => item !== undefined)
      if (alive.length === 0) return
      const item = this.world.random.pick(alive)
      if (item instanceof Instance) item.reasons.add("cancelled")
      else item.cancelled = true
      this.world.apply({ _tag: "cancelled", tasks: [item.task] })
    })
  }

  /** Somebody reads a value where it lies, for a while: between two turns, when what is said of it holds. */
  private read(): void {
    const { clock, random } = this.world
    const kept = this.wishes.filter((wish) => wish.status === "settled").flatMap((wish) => wish.held)
    const there = kept.filter((held) => held.memory !== 0 && !held.released)
    if (there.length === 0) return
    const held = random.pick(there)
    this.readers.set(held, (this.readers.get(held) ?? 0) + 1)
    this.world.apply({ _tag: "pinned", chunk: held.chunk, by: 1 })
    clock.after(random.delay(30), () =>
      this.world.later(() => {
        this.readers.set(held, this.readers.get(held)! - 1)
        this.world.apply({ _tag: "pinned", chunk: held.chunk, by: -1 })
      }))
  }

  /** Whether somebody reads a value. */
  isRead(held: Held): boolean {
    return (this.readers.get(held) ?? 0) > 0
  }

  /** Whether somebody holds, reads or persists a value. */
  isKept(held: Held): boolean {
    if (this.isRead(held)) return true
    const { ended, node } = held.owner ?? {}
    if (node !== undefined && node.fn.taskClass.persist !== false && ended === "stored" && !this.persisted.has(held)) {
      return true
    }
    return this.wishes.some((wish) => wish.status !== "dropped" && wish.held.includes(held))
  }

  /** They let go of everything. */
  letGo(): void {
    for (const wish of this.wishes) this.world.drop(wish)
    this.world.later(() => {
      const chunks: Array<number> = []
      for (const held of this.world.held) {
        if (!held?.owner?.node.fn.taskClass.persist) continue
        this.persisted.add(held)
        chunks.push(held.chunk)
      }
      if (chunks.length > 0) this.world.apply({ _tag: "unpersisted", chunks })
    })
  }
}
