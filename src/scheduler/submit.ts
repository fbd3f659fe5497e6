// Submission: new tasks and wishes as columns. Tasks whose inputs are all there are ready at once, tasks on a failed
// input fail at once, and nothing of an open submission counts as unwanted before its last slice has come.
import { LIVE } from "./ChunkTable.ts"
import { DISK, FIRST_CLASS, MOVABLE, type Submitted, WISH_EXIT } from "./Event.ts"
import { fail } from "./fail.ts"
import { persist, satisfy } from "./finish.ts"
import { MOST_AWAITED, offer } from "./follow.ts"
import { makeReady } from "./ready.ts"
import { sweepAll } from "./release.ts"
import type { State } from "./State.ts"
import { FAILED, FREE, NONE, WAITING } from "./TaskTable.ts"

const storeGiven = (s: State, e: Submitted): void => {
  const { chunks, memory } = s
  for (let i = 0; i < e.stored.length; i += 3) {
    const chunk = e.stored[i]
    chunks.open(chunk, NONE)
    chunks.bytes[chunk] = e.stored[i + 1]
    chunks.place[chunk] = e.stored[i + 2]
    if (e.stored[i + 2] === DISK) memory.away++
    else memory.resident += e.stored[i + 1]
    if ((e.stored[i + 2] & MOVABLE) !== 0) s.evictable.add(chunk)
  }
}

/** Links the inputs of `task`; returns the task of a failed one, or NONE. */
const linkInputs = (s: State, e: Submitted, i: number, task: number): number => {
  const { chunks, edges, tasks } = s
  let last = NONE
  let missing = 0
  let failed = NONE
  for (let at = e.starts[i]; at < e.starts[i + 1]; at++) {
    const chunk = e.chunks[at]
    const edge = edges.link(chunks, task, chunk)
    if (last === NONE) tasks.firstInput[task] = edge
    else edges.nextInput[last] = edge
    last = edge
    if (chunks.place[chunk] !== 0) continue
    const producer = chunks.producer[chunk]
    if (producer === NONE || tasks.status[producer] !== FAILED) missing++
    else failed = producer
  }
  tasks.missing[task] = missing
  return failed
}

/** Links what a wish wants in this slice: it settles no sooner than its submission is complete. */
const linkWish = (s: State, e: Submitted, i: number, task: number): void => {
  const { chunks, edges, tasks } = s
  if (task >= tasks.capacity || tasks.status[task] === FREE) {
    open(s, task, e.classes[i])
    tasks.missing[task] = 1
    s.linking.add(task)
  } else if (!s.linking.has(task)) return // it has failed
  const exits = e.classes[i] === WISH_EXIT
  let failed = NONE
  for (let at = e.starts[i]; at < e.starts[i + 1]; at++) {
    const chunk = e.chunks[at]
    const edge = edges.link(chunks, task, chunk)
    edges.nextInput[edge] = tasks.firstInput[task]
    tasks.firstInput[task] = edge
    if (chunks.place[chunk] !== 0) continue
    const producer = chunks.producer[chunk]
    if (producer === NONE || tasks.status[producer] !== FAILED) tasks.missing[task]++
    else if (!exits) failed = producer
  }
  if (failed !== NONE) return fail(s, task, failed, "error")
  if (e.part === "more") return
  s.linking.delete(task)
  satisfy(s, task, NONE)
}

const open = (s: State, task: number, taskClass: number): void => {
  const { tasks } = s
  tasks.ensure(task + 1)
  tasks.become(task, WAITING)
  tasks.taskClass[task] = taskClass
  tasks.order[task] = s.nextOrder++
  tasks.firstInput[task] = NONE
  tasks.firstOutput[task] = NONE
  tasks.attempt[task] = 0
  tasks.worker[task] = NONE
  tasks.tries[task] = 0
  tasks.live[task] = 0
}

/** Takes in a slice of a submission. */
export const submitted = (s: State, e: Submitted): void => {
  const { chunks, tasks } = s
  for (const defined of e.defined) {
    s.classes[defined.id] = defined
    s.learned[defined.id] = { duration: -1, bytes: -1, finished: 0 }
  }
  // A whole submission is open too until its wish is linked: a task that fails at once has nobody to want it before.
  if (!s.open.has(e.submission)) {
    s.open.set(e.submission, s.nextOrder)
    s.openSince = Math.min(s.openSince, s.nextOrder)
  }
  s.submitting = true
  storeGiven(s, e)
  let output = 0
  for (let i = 0; i < e.tasks.length; i++) {
    const task = e.tasks[i]
    const taskClass = e.classes[i]
    if (taskClass < FIRST_CLASS) {
      linkWish(s, e, i, task)
      continue
    }
    const spec = s.classes[taskClass]
    open(s, task, taskClass)
    let last = NONE
    for (let n = 0; n < spec.outputs; n++) {
      const chunk = e.outputs[output++]
      chunks.open(chunk, task)
      if (last === NONE) tasks.firstOutput[task] = chunk
      else chunks.sibling[last] = chunk
      last = chunk
    }
    tasks.live[task] = spec.outputs
    const failed = linkInputs(s, e, i, task)
    if (spec.persist === true) persist(s, task)
    if (failed !== NONE) fail(s, task, failed, "error")
    else if (tasks.missing[task] === 0) makeReady(s, task, NONE)
    else if (tasks.missing[task] <= MOST_AWAITED) offer(s, task)
  }
  s.submitting = false
  sweepAll(s, s.doubtful)
  if (e.part !== "more") closeSubmission(s, e.submission)
}

const closeSubmission = (s: State, submission: number): void => {
  const before = s.openSince
  s.open.delete(submission)
  s.openSince = Infinity
  for (const since of s.open.values()) s.openSince = Math.min(s.openSince, since)
  if (s.openSince > before) sweepAll(s, s.orphans)
}

/** Whether a chunk id is in use. */
export const isLive = (s: State, chunk: number): boolean =>
  chunk < s.chunks.capacity && (s.chunks.flags[chunk] & LIVE) !== 0
