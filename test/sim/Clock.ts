// Virtual time: things that happen later, in order of time and then of when they were asked for.

interface Entry {
  readonly at: number
  readonly order: number
  readonly happen: () => void
}

/** A clock that jumps from one thing to the next. */
export class Clock {
  now = 0
  private readonly heap: Array<Entry> = []
  private asked = 0

  /** Makes something happen `delay` ms from now. */
  after(delay: number, happen: () => void): void {
    this.at(this.now + delay, happen)
  }

  /** Makes something happen at a time, which is not in the past. */
  at(time: number, happen: () => void): void {
    const { heap } = this
    heap.push({ at: Math.max(time, this.now), order: this.asked++, happen })
    for (let i = heap.length - 1; i > 0;) {
      const up = (i - 1) >> 1
      if (isBefore(heap[up], heap[i])) break
      ;[heap[up], heap[i]] = [heap[i], heap[up]]
      i = up
    }
  }

  /** Lets the next thing happen; false if there is none. */
  tick(): boolean {
    const { heap } = this
    const next = heap[0]
    if (next === undefined) return false
    const last = heap.pop()!
    if (heap.length > 0) {
      heap[0] = last
      for (let i = 0;;) {
        let least = i
        for (const down of [2 * i + 1, 2 * i + 2]) {
          if (down < heap.length && isBefore(heap[down], heap[least])) least = down
        }
        if (least === i) break
        ;[heap[least], heap[i]] = [heap[i], heap[least]]
        i = least
      }
    }
    this.now = next.at
    next.happen()
    return true
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
