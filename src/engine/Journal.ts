// What happened, turn by turn: events with the commands that they caused. A ring bounded by weight, and whoever
// subscribes gets each turn as it ends. Plain data; writing it out is observe's.
import type { Command } from "../scheduler/Command.ts"
import type { Event } from "../scheduler/Event.ts"

/** One turn of the loop. */
export interface Turn {
  /** counts up from 1 */
  readonly turn: number
  /** ms since the engine started */
  readonly at: number
  readonly events: ReadonlyArray<Event>
  readonly commands: ReadonlyArray<Command>
}

/** Numbers that the ring may hold in all. */
const MOST_WEIGHT = 200_000

const weigh = (entries: ReadonlyArray<Event | Command>): number => {
  let weight = 0
  for (const entry of entries) weight += 4 + ("tasks" in entry ? entry.tasks.length * 4 : 0)
  return weight
}

/** The journal of one engine. */
export class Journal {
  private readonly ring: Array<Turn> = []
  private readonly weights: Array<number> = []
  private weight = 0
  private turns = 0
  private readonly subscribers = new Set<(turn: Turn) => void>()

  /** Records a turn. */
  record(at: number, events: ReadonlyArray<Event>, commands: ReadonlyArray<Command>): void {
    const turn = { turn: ++this.turns, at, events, commands }
    const weight = weigh(events) + weigh(commands)
    this.ring.push(turn)
    this.weights.push(weight)
    this.weight += weight
    let drop = 0
    while (this.weight > MOST_WEIGHT && drop < this.ring.length - 1) this.weight -= this.weights[drop++]
    if (drop > 0) {
      this.ring.splice(0, drop)
      this.weights.splice(0, drop)
    }
    for (const f of this.subscribers) f(turn)
  }

  /** The turns that the ring still has, oldest first. */
  recent(): ReadonlyArray<Turn> {
    return this.ring.slice()
  }

  /** Calls `f` with every turn from now on; the result ends that. */
  subscribe(f: (turn: Turn) => void): () => void {
    this.subscribers.add(f)
    return () => void this.subscribers.delete(f)
  }
}
