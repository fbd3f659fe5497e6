// A task becomes ready: into which queue it goes. Tasks with inputs go near the worker that made the most of their
// bytes (of equals, the one that has just finished one); tasks without are roots, and wait for whoever has room.
import type { Where } from "./Event.ts"
import type { State, Worker } from "./State.ts"
import { NONE, READY } from "./TaskTable.ts"

/** Inputs that are looked at to find the nearest worker. */
const LOOK_AT = 256

const canTake = (w: Worker | undefined, where: Where): w is Worker =>
  w !== undefined && !w.leaving && w.accepts.includes(where)

/** The worker that made the most bytes of a task's inputs, among those that could run it. */
const nearest = (s: State, task: number, where: Where, finisher: number): Worker | undefined => {
  const { chunks, edges } = s
  const first = s.tasks.firstInput[task]
  if (edges.nextInput[first] === NONE) {
    const w = s.workers.get(chunks.home[edges.chunk[first]])
    return canTake(w, where) ? w : undefined
  }
  let looked = 0
  for (let edge = first; edge !== NONE && looked < LOOK_AT; edge = edges.nextInput[edge], looked++) {
    const chunk = edges.chunk[edge]
    const w = s.workers.get(chunks.home[chunk])
    // Even an empty value is a reason to stay.
    if (w !== undefined) w.pull += chunks.bytes[chunk] + 1
  }
  let best: Worker | undefined
  for (const w of s.alive) {
    if (w.pull > 0 && canTake(w, where)) {
      if (best === undefined || w.pull > best.pull || (w.pull === best.pull && w.id === finisher)) best = w
    }
  }
  for (const w of s.alive) w.pull = 0
  return best
}

/** Whether no input of a task was made by another: it only adds bytes. */
export const isRoot = (s: State, task: number): boolean => {
  const { chunks, edges } = s
  let edge = s.tasks.firstInput[task]
  while (edge !== NONE && chunks.producer[edges.chunk[edge]] === NONE) edge = edges.nextInput[edge]
  return edge === NONE
}

/** Puts a task into the queue from which it will be placed; `finisher`: the worker whose report made it ready. */
export const makeReady = (s: State, task: number, finisher: number): void => {
  const { tasks } = s
  const { priority, where } = s.classes[tasks.taskClass[task]]
  tasks.become(task, READY)
  if (s.admitted.size > 0 && s.admitted.has(task)) s.fetched[where].push(task, priority)
  else if (isRoot(s, task)) s.roots[where].push(task, priority)
  else {
    const w = s.alive.length > 1 ? nearest(s, task, where, finisher) : undefined
    if (w === undefined) s.inner[where].push(task, priority)
    else w.near.push(task, priority)
  }
}
