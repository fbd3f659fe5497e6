// Processors come, leave and are lost; attempts are given back. A lost worker's claimed attempts count against their
// tasks (the third loss fails them), unclaimed ones simply run elsewhere.
import { exorcise, isCurrent, reported } from "./attempt.ts"
import type { Event } from "./Event.ts"
import { fail, pullBack } from "./fail.ts"
import { makeReady } from "./ready.ts"
import { makeWorker, type State } from "./State.ts"
import { NONE, READY, WAITING } from "./TaskTable.ts"

/** Claimed attempts of one task that may be lost before it fails. */
export const MOST_LOSSES = 3

type Up = Extract<Event, { readonly _tag: "processor up" }>
type Lost = Extract<Event, { readonly _tag: "processor lost" }>

/** A processor can take work. */
export const processorUp = (s: State, e: Up): void => {
  const w = makeWorker(s, e.worker, e.kind, e.accepts, e.capacity, e.ahead, e.follows)
  s.workers.set(w.id, w)
  for (const where of e.accepts) s.stranded.delete(where)
  s.alive.push(w)
}

const forget = (s: State, worker: number): void => {
  s.workers.delete(worker)
  const at = s.alive.findIndex((w) => w.id === worker)
  if (at >= 0) s.alive.splice(at, 1)
}

const scatter = (s: State, worker: number): void => {
  const w = s.workers.get(worker)!
  for (let task = w.near.peek(); task !== NONE; task = w.near.peek()) {
    w.near.shift()
    s.inner[s.classes[s.tasks.taskClass[task]].where].push(task, s.classes[s.tasks.taskClass[task]].priority)
  }
}

/** A processor takes no more work; what it has, it finishes. */
export const processorLeaving = (s: State, worker: number): void => {
  const w = s.workers.get(worker)
  if (w === undefined) return
  w.leaving = true
  scatter(s, worker)
}

/** A task is with no worker any more: it can be placed again, unless it was sent before its inputs were there. */
const awaken = (s: State, task: number): void => {
  if (s.tasks.missing[task] === 0) makeReady(s, task, NONE)
}

/** A processor is gone. */
export const processorLost = (s: State, e: Lost): void => {
  const w = s.workers.get(e.worker)
  if (w !== undefined) {
    const claimed = new Set(Array.from(e.claimed))
    const tasks = w.list.all()
    const blamed = tasks.filter((task) => claimed.has(s.tasks.attempt[task]))
    scatter(s, e.worker)
    for (const task of tasks) reported(s, task)
    forget(s, e.worker)
    for (const task of tasks) s.tasks.become(task, WAITING)
    for (const task of tasks) pullBack(s, task)
    for (const task of blamed) {
      if (s.tasks.status[task] !== WAITING) continue
      const spec = s.classes[s.tasks.taskClass[task]]
      if (++s.tasks.tries[task] >= MOST_LOSSES || !spec.rerun) fail(s, task, NONE, "lost")
    }
    for (const task of tasks) if (s.tasks.status[task] === WAITING) awaken(s, task)
  }
  for (const where of e.stranded) s.stranded.add(where)
}

/** Fails ready tasks that no processor can ever run. */
export const strand = (s: State): void => {
  for (const where of s.stranded) {
    for (const queue of [s.fetched[where], s.inner[where], s.distant[where], s.roots[where]]) {
      for (let task = queue.peek(); task !== NONE; task = queue.peek()) {
        queue.shift()
        if (s.tasks.status[task] === READY) fail(s, task, NONE, "unplaceable")
      }
    }
  }
}

/** Attempts that a worker gave back, or that it stopped without a result. */
export const retracted = (s: State, worker: number, tasks: ArrayLike<number>, attempts: ArrayLike<number>): void => {
  const w = s.workers.get(worker)
  if (w !== undefined) w.retracting = false
  for (let i = 0; i < tasks.length; i++) {
    if (!isCurrent(s, tasks[i], attempts[i])) exorcise(s, worker, attempts[i])
    else {
      if (w !== undefined) w.clock -= s.tasks.expected[tasks[i]]
      reported(s, tasks[i])
      s.tasks.become(tasks[i], WAITING)
      awaken(s, tasks[i])
    }
  }
}

/** A worker keeps what it was asked for: it has begun it. */
export const retractionRefused = (s: State, worker: number): void => {
  const w = s.workers.get(worker)
  if (w === undefined) return
  if (w.retracting) w.stubborn = true
  w.retracting = false
}
