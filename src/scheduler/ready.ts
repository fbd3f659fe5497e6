// A task becomes ready: into which queue it goes. Tasks with inputs go near the worker that made the most of their
// bytes (of equals, the one that has just finished one); tasks without are roots, and wait for whoever has room.
import type { State, Worker } from "./State.ts"
import { NONE, READY } from "./TaskTable.ts"

const nearest = (s: State, task: number, finisher: number): Worker | undefined => {
  const { chunks, edges } = s
  let best = -1
  let home = NONE
  for (let edge = s.tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    const bytes = chunks.bytes[chunk]
    if (bytes > best || (bytes === best && chunks.home[chunk] === finisher)) {
      if (chunks.home[chunk] === NONE) continue
      best = bytes
      home = chunks.home[chunk]
    }
  }
  return home === NONE ? undefined : s.workers.get(home)
}

/** Puts a task into the queue from which it will be placed; `finisher`: the worker whose report made it ready. */
export const makeReady = (s: State, task: number, finisher: number): void => {
  const { tasks } = s
  const { priority, where } = s.classes[tasks.taskClass[task]]
  tasks.become(task, READY)
  if (tasks.firstInput[task] === NONE) s.roots[where].push(task, priority)
  else {
    const w = s.alive.length > 1 ? nearest(s, task, finisher) : undefined
    if (w === undefined || w.leaving || !w.accepts.includes(where)) s.inner[where].push(task, priority)
    else w.near.push(task, priority)
  }
}
