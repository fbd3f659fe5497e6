// Attempts that were sent behind others and whose inputs are not there yet: set aside, so that the backlog goes on.
// They are looked at again when the worker's bell has rung.
import type { Reader } from "../transport/Words.ts"
import type { Availability, Handover } from "./Handover.ts"

/** One of them: its record can be read from `reader`. */
export interface Parked {
  readonly task: number
  readonly attempt: number
  readonly slot: number
  readonly reader: Reader
  /** slot and tag of the attempts that it waits for */
  readonly awaited: ReadonlyArray<number>
}

/** With so many the backlog waits too: each is looked at whenever something changes. */
export const MOST_PARKED = 64

/** The attempts that wait. */
export class Waiting {
  private readonly handover: Handover
  private parked: Array<Parked> = []

  constructor(handover: Handover) {
    this.handover = handover
  }

  /** How many there are. */
  get size(): number {
    return this.parked.length
  }

  /** Sets an attempt aside; or says that it can run or never will, if that has changed meanwhile. */
  park(parked: Parked): Availability {
    const now = this.look(parked)
    if (now === "pending") this.parked.push(parked)
    return now
  }

  private look({ awaited }: Parked): Availability {
    this.handover.await(awaited)
    return this.handover.look(awaited)
  }

  /** Takes out the first whose inputs are there, or never will be. */
  next(): { readonly parked: Parked; readonly there: boolean } | undefined {
    for (let i = 0; i < this.parked.length; i++) {
      const parked = this.parked[i]
      const now = this.look(parked)
      if (now === "pending") continue
      this.parked.splice(i, 1)
      return { parked, there: now === "there" }
    }
    return undefined
  }

  /** Takes one out by its attempt. */
  take(attempt: number): Parked | undefined {
    const at = this.parked.findIndex((parked) => parked.attempt === attempt)
    return at < 0 ? undefined : this.parked.splice(at, 1)[0]
  }

  /** Takes all out. */
  takeAll(): Array<Parked> {
    return this.parked.splice(0)
  }
}

/** Slot and tag of what a record waits for, as it says itself, and how long it is. */
export const tailOf = (
  reader: Reader,
  tail: number
): { readonly awaited: Array<number>; readonly ints: number; readonly literals: number } => {
  const literals = reader.look(tail)
  const count = reader.look(tail + 1)
  const awaited: Array<number> = []
  for (let i = 0; i < count * 2; i++) awaited.push(reader.look(tail + 2 + i))
  return { awaited, ints: tail + 2 + count * 2, literals }
}
