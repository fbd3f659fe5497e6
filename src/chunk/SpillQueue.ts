// Bounds how many spills and restores are with the kernel at once. Reads go first: somebody waits for them, while
// nobody waits for a write but the budget. It knows nothing of files.

import type { SpillFailed } from "./SpillFailed.ts"

/** Something that waits for a permit: one of the two is called, once. */
export interface Turn {
  readonly operation: "write" | "read"
  /** It has a permit. */
  readonly begin: () => void
  /** It will never have one. */
  readonly refuse: (failure: SpillFailed) => void
}

/** A first-in-first-out queue of turns behind a number of permits. */
export class SpillQueue {
  readonly #permits: number
  readonly #reads: Array<Turn> = []
  readonly #writes: Array<Turn> = []
  #active = 0
  #whenIdle: (() => void) | undefined

  constructor(permits: number) {
    this.#permits = permits
  }

  /** Begins the turn now or when its time comes. Whoever begins must call `ended` once. */
  enter(turn: Turn): void {
    if (this.#active < this.#permits) {
      this.#active++
      turn.begin()
    } else {
      this.#line(turn).push(turn)
    }
  }

  /** Takes back a turn that has not begun; false if it has. */
  withdraw(turn: Turn): boolean {
    const line = this.#line(turn)
    const place = line.indexOf(turn)
    if (place >= 0) line.splice(place, 1)
    return place >= 0
  }

  /** A turn is over: its permit goes to the next one. */
  ended(): void {
    const next = this.#reads.shift() ?? this.#writes.shift()
    if (next !== undefined) return next.begin()
    this.#active--
    if (this.#active === 0) this.#whenIdle?.()
  }

  /** Everything that waits, in order; it waits no longer. */
  drain(): Array<Turn> {
    return [...this.#reads.splice(0), ...this.#writes.splice(0)]
  }

  /** Calls back when no turn is under way: at once if that is so now. */
  whenIdle(then: () => void): void {
    if (this.#active === 0) then()
    else this.#whenIdle = then
  }

  #line(turn: Turn): Array<Turn> {
    return turn.operation === "read" ? this.#reads : this.#writes
  }
}
