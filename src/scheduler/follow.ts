// Tasks that are sent behind inputs which are not there yet: the worker has them under way, or another that shares its
// memory has, and goes on without a round trip. Only short work is sent so, with memory to spare: a worker that waits
// does nothing else. What cannot be had after all the worker gives back, and the task becomes ready in the usual way.
// After tako's prefilled tasks and the chains of DESIGN section 6.
import { FIRST_CLASS, IN_MEMORY, SHARED } from "./Event.ts"
import type { State, Worker } from "./State.ts"
import { NONE, RUNNING, WAITING } from "./TaskTable.ts"

/** Inputs that a task may await so: each is looked at whenever one of them is sent. */
export const MOST_AWAITED = 16
/** Share of the budget that may be in use for a task to be sent so. */
const CALM_BELOW = 0.6
/** Share of the budget that its output and those of its inputs that are there may take. */
const LIGHT = 1 / 512

/** The worker that makes `producer`'s value now, if it can be had from there; `by`: the one that wants it, if chosen. */
const maker = (s: State, producer: number, by: Worker | undefined): Worker | undefined => {
  const { tasks } = s
  if (producer === NONE || tasks.status[producer] !== RUNNING) return undefined
  const w = s.workers.get(tasks.worker[producer])
  if (w === undefined || w.follows === "none" || w.leaving || !s.classes[tasks.taskClass[producer]].handsOver) {
    return undefined
  }
  // What takes long is not waited for where other work could be done.
  if (tasks.expected[producer] >= w.ahead || (s.yielded.size > 0 && s.yielded.has(tasks.attempt[producer]))) {
    return undefined
  }
  return by === undefined || by === w || (by.follows === "shared" && w.follows === "shared") ? w : undefined
}

/** Whether `task` may be sent to `w` before its inputs are there. */
export const mayFollow = (s: State, w: Worker, task: number): boolean => {
  const { chunks, edges, tasks } = s
  if (tasks.status[task] !== WAITING || tasks.missing[task] === 0 || tasks.missing[task] > MOST_AWAITED) return false
  let awaited = 0
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    const place = chunks.place[chunk]
    if ((place & IN_MEMORY) !== 0) continue
    if (place !== 0) return false
    if (maker(s, chunks.producer[chunk], w) === undefined) return false
    awaited++
  }
  // It may also wait for its next try, or for a restore.
  return awaited === tasks.missing[task] && isCalm(s, task)
}

const isCalm = (s: State, task: number): boolean => {
  const { chunks, edges, memory, tasks } = s
  const bytes = Math.max(0, s.classes[tasks.taskClass[task]].bytes, s.learned[tasks.taskClass[task]].bytes)
  if (bytes === 0 && s.evictable.size === 0) return true
  if (memory.resident + memory.reserved + memory.restoring + bytes > memory.budget * CALM_BELOW) return false
  let held = bytes
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    if ((chunks.place[edges.chunk[edge]] & SHARED) !== 0) held += chunks.bytes[edges.chunk[edge]]
  }
  return held <= memory.budget * LIGHT
}

/** Counts for each worker how many of a task's inputs it has made or is making. */
export const pullOf = (s: State, task: number): void => {
  const { chunks, edges, tasks } = s
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    const w = s.workers.get(chunks.place[chunk] !== 0 ? chunks.home[chunk] : tasks.worker[chunks.producer[chunk]])
    if (w !== undefined) w.pull++
  }
}

/** The first worker to which an input of a task that is not there was sent; NONE if one was not. */
const sentTo = (s: State, task: number): number => {
  const { chunks, edges, tasks } = s
  let first = NONE
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    if (chunks.place[chunk] !== 0) continue
    const producer = chunks.producer[chunk]
    if (producer === NONE || tasks.status[producer] !== RUNNING) return NONE
    if (first === NONE) first = tasks.worker[producer]
  }
  return first
}

/** Offers a task that waits to the workers that make its inputs, if these are all in the making. */
export const offer = (s: State, task: number): void => {
  const { tasks } = s
  const spec = s.classes[tasks.taskClass[task]]
  if (!spec.early || tasks.missing[task] > MOST_AWAITED || tasks.status[task] !== WAITING) return
  // Of a function that never ran it is not known how long it takes, nor what it makes.
  if (s.learned[spec.id].duration < 0) return
  const w = s.workers.get(sentTo(s, task))
  // Whether it may be sent is looked at when its turn comes.
  if (w === undefined || w.follows === "none" || !w.accepts.includes(spec.where)) return
  w.behind.push(task, spec.priority)
  for (const other of s.alive) if (other.follows === "shared") other.closed = false
}

/** A task was sent to `w`: those that use its value may follow it. */
export const offerConsumers = (s: State, w: Worker, task: number): void => {
  const { chunks, edges, tasks } = s
  if (w.follows === "none" || !s.classes[tasks.taskClass[task]].handsOver) return
  for (let edge = chunks.firstUse[tasks.firstOutput[task]]; edge !== NONE; edge = edges.nextUse[edge]) {
    const consumer = edges.task[edge]
    if (tasks.taskClass[consumer] >= FIRST_CLASS) offer(s, consumer)
  }
}
