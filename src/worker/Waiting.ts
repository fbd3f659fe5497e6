// Attempts that were sent behind others and whose inputs are not there yet: set aside, so that the backlog goes on.
// Each counts what it waits for. Of this worker's own attempts it is told when they end; at those of others it looks when
// the worker's bell has rung.
import type { Reader } from "../transport/Words.ts"
import type { Availability, Handover } from "./Handover.ts"

/** One of them. */
export class Parked {
  readonly task: number
  readonly attempt: number
  readonly slot: number
  /** its record can be read from it */
  readonly reader: Reader
  /** how many of its inputs are not there */
  missing = 0
  /** nothing that happens to these changes what becomes of it */
  isSettled = false
  /** whether it can run, once that is settled */
  there = false

  constructor(task: number, attempt: number, slot: number, reader: Reader) {
    this.task = task
    this.attempt = attempt
    this.slot = slot
    this.reader = reader
  }
}

/** With so many the backlog waits too. */
export const MOST_PARKED = 64

/** An attempt that others wait for. */
interface Maker {
  readonly slot: number
  readonly waiters: Array<Parked>
}

/** The attempts that wait. */
export class Waiting {
  private readonly handover: Handover
  private readonly held = new Map<number, Parked>()
  /** by tag */
  private readonly makers = new Map<number, Maker>()
  private readonly settled: Array<Parked> = []

  constructor(handover: Handover) {
    this.handover = handover
  }

  /** How many there are. */
  get size(): number {
    return this.held.size
  }

  /**
   * Sets an attempt aside; or says that it can run or never will, if that has changed meanwhile. What it waits for stands
   * in its record, `tail` ints from the start, after two others: slots and tags of so many attempts.
   */
  park(parked: Parked, tail: number, count: number): Availability {
    const { reader } = parked
    for (let at = tail + 2; at < tail + 2 + 2 * count; at += 2) {
      const [slot, tag] = [reader.look(at), reader.look(at + 1)]
      this.handover.await(slot)
      const now = this.handover.look(slot, tag)
      if (now === "there") continue
      if (now === "never") {
        parked.isSettled = true
        return "never"
      }
      parked.missing++
      const maker = this.makers.get(tag)
      if (maker === undefined) this.makers.set(tag, { slot, waiters: [parked] })
      else maker.waiters.push(parked)
    }
    if (parked.missing === 0) return "there"
    this.held.set(parked.attempt, parked)
    return "pending"
  }

  /** An attempt of this worker, told by its tag, has ended or goes on. */
  changed(tag: number): void {
    const maker = this.makers.get(tag)
    if (maker !== undefined) this.look(maker, tag)
  }

  /** Looks at all that is waited for. */
  lookAtAll(): void {
    this.makers.forEach(this.look)
  }

  private readonly look = ({ slot, waiters }: Maker, tag: number): void => {
    let now = this.handover.look(slot, tag)
    if (now === "pending") {
      // Who rang has taken this worker's bit.
      this.handover.await(slot)
      now = this.handover.look(slot, tag)
    }
    if (now === "pending") return
    this.makers.delete(tag)
    for (const parked of waiters) {
      if (parked.isSettled || (now === "there" && --parked.missing > 0)) continue
      parked.isSettled = true
      parked.there = now === "there"
      this.settled.push(parked)
    }
  }

  /** Takes out the first of those whose inputs are there, or never will be. */
  next(): Parked | undefined {
    const { settled } = this
    if (settled.length === 0) return undefined
    let first = 0
    for (let i = 1; i < settled.length; i++) if (settled[i].attempt < settled[first].attempt) first = i
    const parked = settled[first]
    settled[first] = settled[settled.length - 1]
    settled.pop()
    this.held.delete(parked.attempt)
    return parked
  }

  /** Takes one out by its attempt. */
  take(attempt: number): Parked | undefined {
    const parked = this.held.get(attempt)
    if (parked === undefined) return undefined
    this.held.delete(attempt)
    if (parked.isSettled) this.settled.splice(this.settled.indexOf(parked), 1)
    parked.isSettled = true
    return parked
  }

  /** Takes all out. */
  takeAll(): Array<Parked> {
    const all = [...this.held.values()]
    for (const parked of all) parked.isSettled = true
    this.held.clear()
    this.makers.clear()
    this.settled.length = 0
    return all
  }
}
