// The budget: whether a task may be sent now (admission), and what must come back first for it (restore); what goes to disk
// is chosen by evict.ts. Decides only; bytes are moved by the engine, which tells what became of it.
// Limits after Dask's spilling thresholds: above 60 % what is needed last is written out, above 85 % producers wait.
import { pin, reserve } from "./attempt.ts"
import { LIVE, RECOMPUTING, RESTORING, SPILLING, STUCK } from "./ChunkTable.ts"
import { DISK, FAR, IN_MEMORY, MOVABLE, SHARED } from "./Event.ts"
import { EVERYTHING, evict, leaveOnDisk } from "./evict.ts"
import { fail } from "./fail.ts"
import { isRoot, makeReady } from "./ready.ts"
import { stopRestoring } from "./release.ts"
import type { State } from "./State.ts"
import { NONE, WAITING } from "./TaskTable.ts"

/** Share of the budget over which tasks that only add bytes wait. */
export const PRODUCERS_BELOW = 0.85
/** Share of the budget that a task may take, inputs and output, and still be sent ahead. */
const HEAVY = 1 / 32
/** Share of the budget that inputs which are read ahead of need may take. */
const READ_AHEAD = 1 / 8
/** Tasks that were read for and wait for a worker, beyond which nothing more is read ahead. */
const MOST_READ = 16

/** The answer to "may this task be sent now?" */
export type Admission = "yes" | "fetching" | "no" | "failed"

/** Bytes that the output of a task will probably take. */
export const estimate = (s: State, task: number): number => {
  const taskClass = s.tasks.taskClass[task]
  const declared = s.classes[taskClass].bytes
  if (declared >= 0) return declared
  const seen = s.learned[taskClass].bytes
  if (seen >= 0) return seen
  let sum = 0
  const { chunks, edges } = s
  for (let edge = s.tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    if ((chunks.place[edges.chunk[edge]] & (SHARED | DISK)) !== 0) sum += chunks.bytes[edges.chunk[edge]]
  }
  return sum
}

interface InputBytes {
  readonly all: number
  /** of inputs that are on disk only and not on their way back */
  readonly away: number
  /** some input is not in memory */
  readonly absent: boolean
}

/** `counted`: chunks that are counted already, for a task that may use one more than once. */
const inputBytes = (s: State, task: number, counted: Set<number> | undefined): InputBytes => {
  const { chunks, edges } = s
  let all = 0
  let away = 0
  let absent = false
  for (let edge = s.tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    if (counted !== undefined) {
      if (counted.has(chunk)) continue
      counted.add(chunk)
    }
    all += chunks.bytes[chunk]
    if ((chunks.place[chunk] & IN_MEMORY) !== 0) continue
    absent = true
    if ((chunks.flags[chunk] & RESTORING) === 0) away += chunks.bytes[chunk]
  }
  return { all, away, absent }
}

/** Orders the restore of what `task` reads from disk; it waits, with its inputs pinned. False if nothing is to be read. */
const fetch = (s: State, task: number, bytes: number): boolean => {
  const { chunks, edges, tasks } = s
  let missing = 0
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    if ((chunks.place[chunk] & IN_MEMORY) !== 0) continue
    missing++
    if ((chunks.flags[chunk] & (RESTORING | RECOMPUTING)) === 0) {
      chunks.flags[chunk] |= RESTORING
      s.memory.restoring += chunks.bytes[chunk]
      s.out.restores.push(chunk)
    }
    const waiting = s.restores.get(chunk)
    if (waiting === undefined) s.restores.set(chunk, [task])
    else waiting.push(task)
  }
  if (missing === 0) return false
  pin(s, task, 1)
  reserve(s, task, bytes)
  tasks.become(task, WAITING)
  tasks.missing[task] = missing
  s.fetching.add(task)
  return true
}

/** Whether `task` may be sent now; makes room and fetches inputs where that is what it takes. */
export const admit = (s: State, task: number, overdraft: boolean): Admission => {
  const bytes = estimate(s, task)
  const { memory } = s
  if (s.admitted.has(task)) return "yes"
  const root = isRoot(s, task)
  const taken = memory.resident + memory.reserved + memory.restoring
  const limit = root ? memory.budget * PRODUCERS_BELOW : memory.budget
  // What nothing is known of waits for room like those that are known to need it.
  const nothing = bytes === 0 && !(root && taken > limit && isUnknown(s, task))
  if (nothing && memory.away === 0) return "yes"
  let inputs = inputBytes(s, task, undefined)
  if (nothing && !inputs.absent) return "yes"
  if (taken + bytes + inputs.all > limit) inputs = inputBytes(s, task, new Set())
  if (inputs.all > memory.budget) {
    s.needs.set(task, inputs.all)
    fail(s, task, NONE, "full")
    return "failed"
  }
  if (inputs.absent && !overdraft && !mayReadAhead(s, inputs.away)) return "no"
  const over = taken + bytes + inputs.away - limit
  if (over > 0) {
    // What it reads itself is not what makes room for it; nor is what others read before it, while anything goes on.
    pin(s, task, 1)
    evict(s, over - memory.spilling, overdraft ? EVERYTHING : s.tasks.order[task])
    pin(s, task, -1)
    const full = memory.resident + memory.reserved + memory.restoring + bytes + inputs.away > limit
    if (full && (!overdraft || memory.spilling > 0)) return "no"
  }
  return inputs.absent && fetch(s, task, bytes) ? "fetching" : "yes"
}

/** Whether `bytes` more may be read ahead of need: beside what is on its way, and what waits for a worker. */
const mayReadAhead = (s: State, bytes: number): boolean => {
  const { admitted, fetching, memory } = s
  if (admitted.size === 0 && fetching.size === 0) return true
  if (admitted.size > MOST_READ) return false
  let ahead = memory.restoring + bytes
  for (const task of admitted) ahead += inputBytes(s, task, undefined).all
  return ahead <= memory.budget * READ_AHEAD
}

/** Whether an input of a task is on disk only. */
export const isAway = (s: State, task: number): boolean => {
  const { chunks, edges } = s
  let edge = s.tasks.firstInput[task]
  while (edge !== NONE && (chunks.place[edges.chunk[edge]] & IN_MEMORY) !== 0) edge = edges.nextInput[edge]
  return edge !== NONE
}

const isUnknown = (s: State, task: number): boolean => {
  const taskClass = s.tasks.taskClass[task]
  return s.classes[taskClass].bytes < 0 && s.learned[taskClass].bytes < 0
}

/** Whether a task takes so much memory that none like it should be sent ahead of need: its inputs would be pinned. */
export const isHeavy = (s: State, task: number): boolean => {
  if (s.evictable.size === 0 && s.memory.away === 0) return false
  const heavy = s.memory.budget * HEAVY
  let bytes = estimate(s, task)
  const { chunks, edges } = s
  for (let edge = s.tasks.firstInput[task]; edge !== NONE && bytes <= heavy; edge = edges.nextInput[edge]) {
    if ((chunks.place[edges.chunk[edge]] & (SHARED | DISK)) !== 0) bytes += chunks.bytes[edges.chunk[edge]]
  }
  return bytes > heavy
}

/** The bytes on disk are of no use: the value is computed anew, and whoever waits for its restore waits for that. */
export const damaged = (s: State, chunk: number): void => {
  if ((s.chunks.flags[chunk] & LIVE) === 0) return
  stopRestoring(s, chunk)
  s.chunks.flags[chunk] |= RECOMPUTING
}

/** A spill, a restore or a new computation is complete: the chunk is in `place`. */
export const moved = (s: State, chunk: number, place: number, bytes: number): void => {
  const { chunks, memory } = s
  if ((chunks.flags[chunk] & LIVE) === 0) return
  const before = chunks.place[chunk]
  if ((chunks.flags[chunk] & SPILLING) !== 0) {
    chunks.flags[chunk] &= ~SPILLING
    memory.spilling -= chunks.bytes[chunk]
    if ((place & DISK) !== 0) {
      chunks.place[chunk] = place
      if ((place & SHARED) !== 0 && chunks.pins[chunk] === 0) leaveOnDisk(s, chunk)
      return
    }
    // It was a value of a heap, and has bytes now: from the arena it goes to disk if that is still needed.
  }
  stopRestoring(s, chunk)
  // What could not be had from a worker has bytes of its own now.
  if (before === FAR) chunks.flags[chunk] &= ~STUCK
  if ((before & IN_MEMORY) === 0 && (place & IN_MEMORY) !== 0) memory.away--
  if (before !== DISK) memory.resident += bytes - chunks.bytes[chunk]
  else if ((place & IN_MEMORY) !== 0) memory.resident += bytes
  chunks.bytes[chunk] = bytes
  chunks.place[chunk] = place
  if ((place & MOVABLE) !== 0 && (chunks.flags[chunk] & STUCK) === 0) s.evictable.add(chunk)
  else s.evictable.delete(chunk)
  const waiting = s.restores.get(chunk)
  if (waiting === undefined) return
  s.restores.delete(chunk)
  for (const task of waiting) {
    if (!s.fetching.has(task) || --s.tasks.missing[task] > 0) continue
    s.fetching.delete(task)
    s.admitted.add(task)
    makeReady(s, task, NONE)
  }
}

/** A spill did not come about: the chunk stays in memory. */
export const kept = (s: State, chunk: number, retry: boolean): void => {
  const { chunks, memory } = s
  if ((chunks.flags[chunk] & SPILLING) === 0) return
  chunks.flags[chunk] &= ~SPILLING
  memory.spilling -= chunks.bytes[chunk]
  if (!retry) {
    chunks.flags[chunk] |= STUCK
    s.evictable.delete(chunk)
  }
}
