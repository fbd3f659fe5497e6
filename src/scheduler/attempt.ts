// The life of an attempt at its worker: sent, given back, or nobody's. Keeps the worker's list and counts, the pins on
// the inputs and the memory reserved for the output together, so that they can never disagree.
import { offerConsumers } from "./follow.ts"
import type { State, Worker } from "./State.ts"
import { NONE, RUNNING } from "./TaskTable.ts"

/** Pins (+1) or unpins (-1) the inputs of a task. */
export const pin = (s: State, task: number, by: 1 | -1): void => {
  const { chunks, edges } = s
  for (let edge = s.tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    chunks.pins[edges.chunk[edge]] += by
  }
}

const use = (s: State, w: Worker, task: number, by: 1 | -1): void => {
  const demand = s.classes[s.tasks.taskClass[task]].demand
  for (let r = 1; r < demand.length; r++) if (demand[r] > 0) w.used[r] += by * demand[r]
}

/** Whether a worker has the resources that a task needs, `slot` aside. */
export const fits = (s: State, w: Worker, task: number): boolean => {
  const demand = s.classes[s.tasks.taskClass[task]].demand
  for (let r = 1; r < demand.length; r++) if (demand[r] > 0 && !(w.used[r] + demand[r] <= w.capacity[r])) return false
  return true
}

/** Sets bytes aside for the output of a task, unless that has been done. */
export const reserve = (s: State, task: number, bytes: number): void => {
  if (bytes === 0 || s.reservations.has(task)) return
  s.reservations.set(task, bytes)
  s.memory.reserved += bytes
}

/** Gives back what was set aside. */
export const unreserve = (s: State, task: number): void => {
  if (s.reservations.size === 0) return
  const bytes = s.reservations.get(task)
  if (bytes === undefined) return
  s.memory.reserved -= bytes
  s.reservations.delete(task)
}

/**
 * When a worker could begin a task, by the clock of work sent: when it is done with what it has, and the task's inputs
 * are made. What has been reported does not count: it is old, and of each worker from another time.
 */
export const begins = (s: State, w: Worker, madeAt: number): number =>
  Math.max(w.clock, s.latest - Math.max(w.ahead, LEAST_MS), madeAt)

/** When the inputs of a task that are under way will be made. */
export const madeAt = (s: State, task: number): number => {
  const { chunks, edges, tasks } = s
  let latest = 0
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const producer = chunks.producer[edges.chunk[edge]]
    if (chunks.place[edges.chunk[edge]] !== 0 || producer === NONE) continue
    latest = Math.max(latest, s.ends[tasks.attempt[producer] % s.ends.length])
  }
  return latest
}

/** Sends a task to a worker as a new attempt, with `bytes` set aside for its output. */
export const send = (s: State, w: Worker, task: number, bytes: number): void => {
  const { tasks } = s
  const learned = s.learned[tasks.taskClass[task]]
  const attempt = s.nextAttempt++
  const expected = learned.duration < 0 ? UNKNOWN_MS : Math.max(learned.duration, LEAST_MS)
  tasks.become(task, RUNNING)
  tasks.attempt[task] = attempt
  tasks.worker[task] = w.id
  tasks.expected[task] = expected
  w.list.push(task, attempt)
  w.sent++
  w.expected += expected
  w.clock = begins(s, w, tasks.missing[task] > 0 && !s.tiny ? madeAt(s, task) : 0) + expected
  s.ends[attempt % s.ends.length] = w.clock
  if (w.clock > s.latest) s.latest = w.clock
  pin(s, task, 1)
  use(s, w, task, 1)
  reserve(s, task, bytes)
  offerConsumers(s, w, task)
  s.out.add("run", w.id, task, attempt)
}

/** What a task of unknown duration counts for in a worker's backlog. */
export const UNKNOWN_MS = 4
/** What the shortest task counts for: a message has its cost too. */
export const LEAST_MS = 0.002

const leave = (s: State, task: number): Worker | undefined => {
  const { tasks } = s
  const w = s.workers.get(tasks.worker[task])
  if (w !== undefined) {
    w.list.remove(tasks.attempt[task])
    use(s, w, task, -1)
  }
  pin(s, task, -1)
  unreserve(s, task)
  return w
}

/** The worker has reported the current attempt of a task: it is off its list. */
export const reported = (s: State, task: number): void => {
  const { tasks } = s
  const w = leave(s, task)
  if (w !== undefined) {
    if (s.yielded.size > 0 && s.yielded.delete(tasks.attempt[task])) w.suspended--
    else {
      w.sent--
      w.expected -= tasks.expected[task]
    }
    if (w.sent === 0) w.expected = 0
  }
  if (s.handed.size > 0) s.handed.delete(task)
  tasks.attempt[task] = 0
  tasks.worker[task] = NONE
}

/** The current attempt of a task is nobody's from now on; its worker still has it until it reports. */
export const ghost = (s: State, task: number): void => {
  const { tasks } = s
  const w = leave(s, task)
  const attempt = tasks.attempt[task]
  if (w !== undefined) {
    if (s.yielded.delete(attempt)) {
      w.suspended--
      w.sent++
      w.expected += tasks.expected[task]
    }
    w.ghosts.set(attempt, tasks.expected[task])
    if (s.handed.size > 0 && s.handed.delete(task)) w.ending.add(attempt)
  }
  tasks.attempt[task] = 0
  tasks.worker[task] = NONE
}

/** Ends the current attempt of a task, of which nobody wants to hear any more. */
export const interrupt = (s: State, task: number): void => {
  const attempt = s.tasks.attempt[task]
  const worker = s.tasks.worker[task]
  if (s.out.unsend(worker, attempt)) return reported(s, task)
  if (!s.handed.has(task)) s.out.add("interrupt", worker, task, attempt)
  ghost(s, task)
}

/** News of an attempt that is nobody's: its worker has one less to do. Returns false if the attempt is unknown. */
export const exorcise = (s: State, worker: number, attempt: number): boolean => {
  const w = s.workers.get(worker)
  const expected = w?.ghosts.get(attempt)
  if (w === undefined || expected === undefined) return false
  w.ghosts.delete(attempt)
  if (w.ending.size > 0) w.ending.delete(attempt)
  w.sent--
  w.expected = w.sent === 0 ? 0 : w.expected - expected
  return true
}

/** Whether `attempt` is the one that counts for `task`. */
export const isCurrent = (s: State, task: number, attempt: number): boolean =>
  task < s.tasks.capacity && s.tasks.status[task] === RUNNING && s.tasks.attempt[task] === attempt

/** The attempt waits for others: its slot is free for another. */
export const yielded = (s: State, worker: number, task: number, attempt: number): void => {
  const w = s.workers.get(worker)
  if (w === undefined || !isCurrent(s, task, attempt) || s.yielded.has(attempt)) return
  s.yielded.add(attempt)
  // However long it has taken, what comes after it can run now.
  if (w.stuck === attempt) w.stuck = 0
  w.suspended++
  w.sent--
  w.expected -= s.tasks.expected[task]
  if (w.sent === 0) w.expected = 0
}

/** It goes on, even if that is one too many for a moment. */
export const resumed = (s: State, worker: number, task: number, attempt: number): void => {
  const w = s.workers.get(worker)
  if (w === undefined || !isCurrent(s, task, attempt) || !s.yielded.delete(attempt)) return
  w.suspended--
  w.sent++
  w.expected += s.tasks.expected[task]
}
