// A worker's report of finished tasks: their values are stored, consumers have one input less to wait for, and
// inputs are let go.
import { exorcise, isCurrent, LEAST_MS, reported } from "./attempt.ts"
import { GIVEN_UP, LIVE, PERSISTED } from "./ChunkTable.ts"
import { FAR, type Finished, FIRST_CLASS, MOVABLE } from "./Event.ts"
import { makeReady } from "./ready.ts"
import { detach, sweep } from "./release.ts"
import type { State } from "./State.ts"
import { NONE, RUNNING, STORED, WAITING } from "./TaskTable.ts"

/** A duration counts for so many times the average at most. */
const OUTLIER = 8
/** Values smaller than this are not worth a reservation. */
const SMALL = 4096

/** One input of `task` is settled; a task that has them all is ready, a wish settles. */
export const satisfy = (s: State, task: number, finisher: number): void => {
  const { tasks } = s
  if (--tasks.missing[task] > 0 || tasks.status[task] !== WAITING) return
  if (tasks.taskClass[task] < FIRST_CLASS) {
    tasks.become(task, STORED)
    s.out.settled.push(task)
    if (s.evictable.size > 0) s.reading.add(task)
  } else makeReady(s, task, finisher)
}

/** A chunk has bytes now: counts them and tells its consumers. */
export const store = (s: State, chunk: number, bytes: number, place: number, worker: number): void => {
  const { chunks, edges, memory } = s
  chunks.bytes[chunk] = bytes
  chunks.place[chunk] = place
  chunks.home[chunk] = worker
  memory.resident += bytes
  if (place === FAR) memory.away++
  if ((place & MOVABLE) !== 0) s.evictable.add(chunk)
  for (let edge = chunks.firstUse[chunk]; edge !== NONE;) {
    const next = edges.nextUse[edge]
    satisfy(s, edges.task[edge], worker)
    edge = next
  }
}

const learn = (s: State, task: number, duration: number, bytes: number): void => {
  const learned = s.learned[s.tasks.taskClass[task]]
  learned.finished++
  // One that the machine kept waiting says little of the others.
  const told = Math.min(duration, OUTLIER * Math.max(learned.duration, LEAST_MS))
  learned.duration = learned.duration < 0 ? duration : learned.duration * 0.8 + told * 0.2
  const counted = bytes < SMALL ? 0 : bytes
  if (counted > learned.bytes) learned.bytes = counted
}

/** A task has finished, and its worker's report came before those of its inputs: these have finished too. */
const handOver = (s: State, task: number): void => {
  const { chunks, edges, tasks } = s
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const producer = chunks.producer[edges.chunk[edge]]
    if (producer !== NONE && tasks.status[producer] === RUNNING) s.handed.add(producer)
  }
}

/** The report of a batch. */
export const finished = (s: State, e: Finished): void => {
  const { chunks, tasks } = s
  const unused: Array<number> = []
  const w = s.workers.get(e.worker)
  if (w !== undefined) w.stubborn = false
  let value = 0
  for (let i = 0; i < e.tasks.length; i++) {
    const task = e.tasks[i]
    const first = value
    value += e.outputs[i]
    if (!isCurrent(s, task, e.attempts[i])) {
      exorcise(s, e.worker, e.attempts[i])
      continue
    }
    let bytes = 0
    for (let v = first; v < value; v++) bytes += e.bytes[v]
    reported(s, task)
    learn(s, task, e.durations[i], bytes)
    tasks.become(task, STORED)
    if (s.classes[tasks.taskClass[task]].persist === "when made") persist(s, task)
    let v = first
    for (let chunk = tasks.firstOutput[task]; chunk !== NONE; chunk = chunks.sibling[chunk]) {
      if ((chunks.flags[chunk] & LIVE) !== 0) {
        store(s, chunk, e.bytes[v], e.places[v], e.worker)
        if (chunks.uses[chunk] === 0) unused.push(chunk)
      }
      v++
    }
    if (tasks.missing[task] > 0) handOver(s, task)
    detach(s, task, unused)
  }
  if (unused.length > 0) sweep(s, unused)
}

/** Marks the outputs of a task as kept until they are released by name. */
export const persist = (s: State, task: number): void => {
  const { chunks } = s
  for (let chunk = s.tasks.firstOutput[task]; chunk !== NONE; chunk = chunks.sibling[chunk]) {
    if ((chunks.flags[chunk] & (LIVE | GIVEN_UP)) !== LIVE) continue
    chunks.flags[chunk] |= PERSISTED
    chunks.uses[chunk]++
  }
}
