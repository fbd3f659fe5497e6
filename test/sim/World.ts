// A simulated world over the real scheduler: its engine's loop (turns, ids, commands performed), with processors, a
// store and users made up from a seed. Virtual time; every choice is the seed's. What goes wrong is a Broken with the
// trace. What must hold is said in properties.ts.
import { Ids } from "../../src/engine/Ids.ts"
import type { Command } from "../../src/scheduler/Command.ts"
import type { Event } from "../../src/scheduler/Event.ts"
import { hasLeft, letGoOfMore } from "../../src/scheduler/release.ts"
import { makeState } from "../../src/scheduler/State.ts"
import { apply, decide } from "../../src/scheduler/step.ts"
import { Clock } from "./Clock.ts"
import { Held } from "./Node.ts"
import type { Instance, Output, SimWish } from "./Node.ts"
import { Outcomes } from "./Outcomes.ts"
import { perform } from "./perform.ts"
import type { Plan } from "./Plan.ts"
import { Pool } from "./Pool.ts"
import { afterTurn, atEnd, atRest, replay, told } from "./properties.ts"
import { Random } from "./Random.ts"
import { Store } from "./Store.ts"
import { Submitting } from "./Submitting.ts"
import { Users } from "./Users.ts"

/** A property of the world does not hold. */
export class Broken extends Error {}

/** Turns after which a world must have come to rest. */
const MOST_TURNS = 20_000

/** What happened in one turn, for the replay. */
export interface Turn {
  readonly now: number
  readonly events: ReadonlyArray<Event>
  readonly commands: ReadonlyArray<Command>
}

/** A world. */
export class World {
  readonly plan: Plan
  readonly random: Random
  readonly clock = new Clock()
  readonly state
  readonly taskIds = new Ids()
  readonly chunkIds = new Ids()
  /** by task id */
  readonly items: Array<Instance | SimWish | undefined> = []
  /** by chunk id */
  readonly held: Array<Held | undefined> = []
  /** every attempt that was sent, by its number */
  readonly attempts = new Map<number, Instance>()
  readonly outcomes = new Outcomes(this)
  readonly pool: Pool
  readonly store: Store
  readonly users: Users
  readonly turns: Array<Turn> = []
  readonly submissions: Array<Submitting> = []
  /** what there was to say about this world's course, the last of it */
  readonly trace: Array<string> = []
  private readonly inbox: Array<() => void> = []
  private events: Array<Event> = []
  private commands: Array<Command> = []
  private woken = false
  private serial = 0
  /** values of a heap that have got bytes of their own */
  encoded = 0
  /** values that processors have sent, and those that were gone with them */
  recalled = 0
  missed = 0

  constructor(plan: Plan) {
    this.plan = plan
    this.random = new Random(plan.seed)
    this.state = makeState({ budget: plan.budget, atOnce: plan.atOnce })
    this.pool = new Pool(this)
    this.store = new Store(this)
    this.users = new Users(this)
  }

  /** Lives it to its end. Throws Broken, or what the scheduler threw. */
  live(): void {
    this.pool.open()
    this.users.open()
    this.run()
    atRest(this)
    this.users.letGo()
    this.run()
    atEnd(this)
    replay(this)
  }

  /** Lets things happen until nothing does any more. */
  private run(): void {
    let ticks = 0
    while (this.clock.tick()) {
      if (this.turns.length > MOST_TURNS || ++ticks > MOST_TURNS * 20) this.broken("the world does not come to rest")
    }
  }

  /** Says that something is wrong. */
  broken(what: string): never {
    throw new Broken(what)
  }

  /** Does something in the next turn, which is soon. */
  later(f: () => void): void {
    this.inbox.push(f)
    if (this.woken) return
    this.woken = true
    const { random } = this
    this.clock.after(random.chance(0.5) ? 0 : random.delay(1), () => {
      this.woken = false
      this.takeTurn()
    })
  }

  /** Tells the scheduler what has happened. */
  apply(event: Event): void {
    this.log(() => `  ${JSON.stringify(event)}`)
    // Columns are copied: what the scheduler was told is what a replay will tell it.
    this.events.push(JSON.parse(JSON.stringify(event)) as Event)
    apply(this.state, event)
  }

  /** Adds a line to the trace. */
  log(line: () => string): void {
    if (this.plan.traced === true) this.trace.push(line())
  }

  /** A graph is wanted. */
  submit(wish: SimWish): void {
    this.later(() => this.submissions.push(new Submitting(this, wish, ++this.serial)))
  }

  /** A wish is wanted no more. */
  drop(wish: SimWish): void {
    this.later(() => {
      if (wish.status === "dropped") return
      const { task } = wish
      wish.become("dropped")
      if (task >= 0) this.apply({ _tag: "dropped", tasks: [task] })
    })
  }

  /** A row for a value of an instance, or of nobody's. */
  hold(owner: Instance | undefined): Held {
    const held = new Held(this.chunkIds.take(), owner)
    this.held[held.chunk] = held
    return held
  }

  /** Whether an output of a node is to be had of a task that is there. */
  isAlive({ index, node }: Output): boolean {
    const { instance } = node
    return instance !== undefined && this.items[instance.task] === instance && !instance.outputs[index].released
  }

  private takeTurn(): void {
    this.commands = []
    this.log(() => `turn ${this.turns.length + 1} at ${this.clock.now.toFixed(3)}`)
    for (const f of this.inbox.splice(0)) f()
    for (let i = 0; i < this.submissions.length;) {
      this.perform(this.state.out.takeEnded())
      if (this.submissions[i].advance()) this.submissions.splice(i, 1)
      else i++
    }
    letGoOfMore(this.state)
    const before = told(this.state)
    this.perform(decide(this.state))
    const turn = { now: this.clock.now, events: this.events, commands: this.commands }
    this.events = []
    this.turns.push(turn)
    afterTurn(this, before, turn)
    if (this.submissions.length > 0 || hasLeft(this.state)) this.later(() => {})
  }

  private perform(commands: ReadonlyArray<Command>): void {
    for (const command of commands) {
      this.log(() => `    ${JSON.stringify(command)}`)
      this.commands.push(command)
      perform(this, command)
    }
  }
}
