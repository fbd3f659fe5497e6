// The tasks as columns, indexed by task id. Ids are given out by the engine and come back by the command `release`.
// Wishes are rows too: nodes that never run.
import { capacityFor, grown } from "./columns.ts"

/** No such row. */
export const NONE = -1

/** Task states. FREE is a row without a task. */
export const FREE = 0
/** Some input is missing, or a retry or a restore is awaited. */
export const WAITING = 1
/** Could run now. */
export const READY = 2
/** Sent to a processor. */
export const RUNNING = 3
/** Its values are stored. */
export const STORED = 4
/** Its values are gone, its recipe is kept. */
export const RELEASED = 5
/** It or an input of it failed. */
export const FAILED = 6

/** Names of the states, by number. */
export const stateNames = ["free", "waiting", "ready", "running", "stored", "released", "failed"] as const

/** Columns of all tasks. */
export class TaskTable {
  capacity = 0
  /** rows by state */
  readonly counts = [0, 0, 0, 0, 0, 0, 0]
  status = new Uint8Array(0)
  taskClass = new Int32Array(0)
  /** submission order: lower runs first; depth first within a submission */
  order = new Float64Array(0)
  /** inputs that are not there yet */
  missing = new Int32Array(0)
  firstInput = new Int32Array(0)
  firstOutput = new Int32Array(0)
  /** the current attempt, or 0 */
  attempt = new Float64Array(0)
  worker = new Int32Array(0)
  /** attempts lost with their workers */
  tries = new Uint8Array(0)
  /** outputs whose chunks are not released */
  live = new Int32Array(0)
  /** ms that the current attempt is expected to take, as it was counted for its worker */
  expected = new Float32Array(0)

  /** Makes room for ids below `needed`. */
  ensure(needed: number): void {
    if (needed <= this.capacity) return
    const capacity = capacityFor(this.capacity, needed)
    this.status = grown(this.status, capacity)
    this.taskClass = grown(this.taskClass, capacity)
    this.order = grown(this.order, capacity)
    this.missing = grown(this.missing, capacity)
    this.firstInput = grown(this.firstInput, capacity)
    this.firstOutput = grown(this.firstOutput, capacity)
    this.attempt = grown(this.attempt, capacity)
    this.worker = grown(this.worker, capacity)
    this.tries = grown(this.tries, capacity)
    this.live = grown(this.live, capacity)
    this.expected = grown(this.expected, capacity)
    this.counts[FREE] += capacity - this.capacity
    this.capacity = capacity
  }

  /** Moves a task to another state. */
  become(task: number, state: number): void {
    this.counts[this.status[task]]--
    this.counts[state]++
    this.status[task] = state
  }
}
