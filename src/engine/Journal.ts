// What happened, turn by turn: events with the commands that they caused. A ring bounded by weight, and whoever
// subscribes gets each turn as it ends. Plain data; writing it out is observe's.
import type { Command } from "../scheduler/Command.ts"
import type { Event } from "../scheduler/Event.ts"

/** One turn of the engine's loop, as `Engine.events` gives it: plain data. */
export interface Turn {
  /** The turn's number, from 1. */
  readonly turn: number
  /** Milliseconds since the engine started. */
  readonly at: number
  /** What happened, in order. */
  readonly events: ReadonlyArray<Event>
  /** What the scheduler ordered because of it. */
  readonly commands: ReadonlyArray<Command>
}

/** Turns and numbers that the ring may hold in all. */
const MOST_TURNS = 1024
const MOST_WEIGHT = 200_000

const weigh = (entries: ReadonlyArray<Event | Command>): number => {
  let weight = 0
  for (const entry of entries) weight += 4 + ("tasks" in entry ? entry.tasks.length * 4 : 0)
  return weight
}

/** The journal of one engine. */
export class Journal {
  private readonly ring: Array<Turn | undefined> = []
  private readonly weights = new Float64Array(MOST_TURNS)
  /** the oldest turn that the ring has, and the number of the last one */
  private oldest = 1
  private last = 0
  private weight = 0
  private readonly subscribers = new Set<(turn: Turn) => void>()

  /** Records a turn. */
  record(at: number, events: ReadonlyArray<Event>, commands: ReadonlyArray<Command>): void {
    const turn = { turn: ++this.last, at, events, commands }
    if (this.last - this.oldest >= MOST_TURNS) this.drop()
    const weight = weigh(events) + weigh(commands)
    const slot = this.last % MOST_TURNS
    this.ring[slot] = turn
    this.weights[slot] = weight
    this.weight += weight
    while (this.weight > MOST_WEIGHT && this.oldest < this.last) this.drop()
    if (this.subscribers.size > 0) { for (const f of this.subscribers) f(turn) }
  }

  private drop(): void {
    const slot = this.oldest++ % MOST_TURNS
    this.weight -= this.weights[slot]
    this.ring[slot] = undefined
  }

  /** The turns that the ring still has, oldest first. */
  recent(): ReadonlyArray<Turn> {
    const turns: Array<Turn> = []
    for (let turn = this.oldest; turn <= this.last; turn++) turns.push(this.ring[turn % MOST_TURNS]!)
    return turns
  }

  /** Calls `f` with every turn from now on; the result ends that. */
  subscribe(f: (turn: Turn) => void): () => void {
    this.subscribers.add(f)
    return () => void this.subscribers.delete(f)
  }
}
