// The budget: whether a task may be sent now (admission), what must go to disk for it (eviction), and what must come
// back first (restore). Decides only; bytes are moved by the engine, which tells what became of it.
// Limits after Dask's spilling thresholds: above 60 % what is needed last is written out, above 85 % producers wait.
import { pin, reserve } from "./attempt.ts"
import { LIVE, RECOMPUTING, RESTORING, SPILLING, STUCK } from "./ChunkTable.ts"
import { DISK, FIRST_CLASS, SHARED } from "./Event.ts"
import { fail } from "./fail.ts"
import { isRoot, makeReady } from "./ready.ts"
import { IN_MEMORY, stopRestoring } from "./release.ts"
import type { State } from "./State.ts"
import { NONE, READY, RUNNING, WAITING } from "./TaskTable.ts"

/** Share of the budget over which chunks are written out ahead of need. */
export const EVICT_ABOVE = 0.6
/** Share of the budget over which tasks that only add bytes wait. */
export const PRODUCERS_BELOW = 0.85
/** Share of the budget that a task may take, inputs and output, and still be sent ahead. */
const HEAVY = 1 / 32
/** Share of the budget by which use must grow before a search that found nothing to write out is repeated. */
const LOOK_AGAIN = 1 / 64
/** Chunks looked at for one eviction. */
const LOOK_AT = 4096

/** The answer to "may this task be sent now?" */
export type Admission = "yes" | "fetching" | "no" | "failed"

/** Bytes in memory or on the way there, without those on the way out. */
export const usage = (s: State): number =>
  s.memory.resident + s.memory.reserved + s.memory.restoring - s.memory.spilling

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
  const over = taken + bytes + inputs.away - limit
  if (over > 0 && !overdraft) {
    // What it reads itself is not what makes room for it.
    pin(s, task, 1)
    evict(s, over - memory.spilling, true)
    pin(s, task, -1)
    if (memory.resident + memory.reserved + memory.restoring + bytes + inputs.away > limit) return "no"
  }
  return inputs.absent && fetch(s, task, bytes) ? "fetching" : "yes"
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

/** The order of the first task that will read a chunk, or Infinity. `soon`: that task only waits for room. */
const nextUse = (s: State, chunk: number): { readonly order: number; readonly soon: boolean } => {
  const { edges, tasks } = s
  let looked = 0
  for (let edge = s.chunks.firstUse[chunk]; edge !== NONE && looked < 8; edge = edges.nextUse[edge], looked++) {
    const task = edges.task[edge]
    if (tasks.taskClass[task] < FIRST_CLASS) continue
    const status = tasks.status[task]
    return { order: tasks.order[task], soon: status === READY || status === RUNNING || s.fetching.has(task) }
  }
  return { order: Infinity, soon: false }
}

const candidates = (s: State, hard: boolean): Array<{ readonly chunk: number; readonly order: number }> => {
  const { chunks } = s
  const found: Array<{ readonly chunk: number; readonly order: number }> = []
  let looked = 0
  for (const chunk of s.evictable) {
    if (++looked > LOOK_AT) break
    if (chunks.pins[chunk] > 0 || (chunks.flags[chunk] & (SPILLING | STUCK)) !== 0) continue
    const { order, soon } = nextUse(s, chunk)
    if (hard || !soon) found.push({ chunk, order })
  }
  return found.sort((a, b) => b.order - a.order || s.chunks.bytes[b.chunk] - s.chunks.bytes[a.chunk])
}

/** Drops the memory copy of a chunk that is on disk too. */
const leaveOnDisk = (s: State, chunk: number): void => {
  s.chunks.place[chunk] = DISK
  s.memory.resident -= s.chunks.bytes[chunk]
  s.memory.away++
  s.evictable.delete(chunk)
  s.out.moves.push(chunk)
}

/**
 * Sends at least `bytes` to disk, what is needed last first; `hard`: also what will be needed soon. False if there was
 * nothing to send.
 */
export const evict = (s: State, bytes: number, hard: boolean): boolean => {
  if (bytes <= 0 || s.evictable.size === 0) return false
  let left = bytes
  for (const { chunk } of candidates(s, hard)) {
    if (left <= 0) return true
    left -= s.chunks.bytes[chunk]
    if ((s.chunks.place[chunk] & DISK) !== 0) leaveOnDisk(s, chunk)
    else {
      s.chunks.flags[chunk] |= SPILLING
      s.memory.spilling += s.chunks.bytes[chunk]
      s.out.spills.push(chunk)
    }
  }
  return left < bytes
}

/**
 * Writes out ahead of need while more than EVICT_ABOVE of the budget is in use. Where nothing could be written out, it
 * looks again only when there is a good deal more: it looks at many chunks, and this is asked in every step.
 */
export const relieve = (s: State): void => {
  const { memory } = s
  const used = usage(s)
  const over = used - memory.budget * EVICT_ABOVE
  if (over <= 0) memory.vain = 0
  else if (used > memory.vain) memory.vain = evict(s, over, false) ? 0 : used + memory.budget * LOOK_AGAIN
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
    chunks.place[chunk] = place
    if ((place & SHARED) !== 0 && chunks.pins[chunk] === 0) leaveOnDisk(s, chunk)
    return
  }
  stopRestoring(s, chunk)
  if ((before & IN_MEMORY) === 0 && (place & IN_MEMORY) !== 0) {
    memory.away--
    memory.resident += bytes
  } else if ((before & IN_MEMORY) !== 0) memory.resident += bytes - chunks.bytes[chunk]
  chunks.bytes[chunk] = bytes
  chunks.place[chunk] = place
  if ((place & SHARED) !== 0) s.evictable.add(chunk)
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
