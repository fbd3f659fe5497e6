// The tasks that were sent to one worker and are not reported, in the order in which they were sent. Places in it are
// numbers from `head` to `tail`; what is reported leaves a hole, until it is at an end. Knows nothing of why.
import { grown } from "./columns.ts"
import { NONE } from "./TaskTable.ts"

/** The list of one worker. */
export class SentList {
  /** The place of the first task, and the place behind the last; equal if there are none. */
  head = 0
  tail = 0
  private tasks = new Int32Array(16)
  private attempts = new Float64Array(16)

  /** Appends a task; attempts only ever grow. */
  push(task: number, attempt: number): void {
    if (this.tail === this.tasks.length) this.makeRoom()
    this.tasks[this.tail] = task
    this.attempts[this.tail++] = attempt
  }

  private makeRoom(): void {
    const { attempts, head, tail, tasks } = this
    if (head > tail >> 1) {
      tasks.copyWithin(0, head, tail)
      attempts.copyWithin(0, head, tail)
      this.tail -= head
      this.head = 0
    } else {
      this.tasks = grown(tasks, tail * 2)
      this.attempts = grown(attempts, tail * 2)
    }
  }

  /** Takes the task of an attempt out; false if it is not there. */
  remove(attempt: number): boolean {
    const at = this.find(attempt)
    if (at < 0 || this.tasks[at] === NONE) return false
    this.tasks[at] = NONE
    while (this.head < this.tail && this.tasks[this.head] === NONE) this.head++
    while (this.tail > this.head && this.tasks[this.tail - 1] === NONE) this.tail--
    if (this.head === this.tail) this.head = this.tail = 0
    return true
  }

  /** Reports come in order as a rule, and what is taken back comes from the end. */
  private find(attempt: number): number {
    const { attempts } = this
    let [from, until] = [this.head, this.tail]
    if (from === until) return -1
    if (attempts[from] === attempt) return from
    if (attempts[until - 1] === attempt) return until - 1
    while (from < until) {
      const middle = (from + until) >> 1
      if (attempts[middle] < attempt) from = middle + 1
      else until = middle
    }
    return from < this.tail && attempts[from] === attempt ? from : -1
  }

  /** The task at a place, or NONE: a hole. */
  at(place: number): number {
    return this.tasks[place]
  }

  /** The attempt that was sent first of those that are there, or 0. */
  get oldest(): number {
    return this.head === this.tail ? 0 : this.attempts[this.head]
  }

  /** The first and the last task, or NONE. */
  get first(): number {
    return this.head === this.tail ? NONE : this.tasks[this.head]
  }

  get last(): number {
    return this.head === this.tail ? NONE : this.tasks[this.tail - 1]
  }

  /** All tasks, in order. */
  all(): Array<number> {
    const found: Array<number> = []
    for (let at = this.head; at < this.tail; at++) if (this.tasks[at] !== NONE) found.push(this.tasks[at])
    return found
  }
}
