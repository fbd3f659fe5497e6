// What goes to disk, and when: what is needed last first, as far as the scheduler knows who needs it; ahead of need while
// values hold more than 60 % of the budget, otherwise as much as a task lacks. Decides only: the engine writes, and tells when that is done.
// Order of need after Belady (1966); what is on disk already costs nothing to drop, so it goes before others like it.
import { SPILLING, STUCK } from "./ChunkTable.ts"
import { DISK, FIRST_CLASS } from "./Event.ts"
import { isRoot } from "./ready.ts"
import type { State } from "./State.ts"
import { NONE, READY, RUNNING } from "./TaskTable.ts"

/** Share of the budget that values may hold before some are written out ahead of need. */
export const EVICT_ABOVE = 0.6
/** Share of the budget by which use must grow before a search that found nothing to write out is repeated. */
const LOOK_AGAIN = 1 / 64
/** Chunks looked at for one eviction. */
const LOOK_AT = 4096

/** `after` for `evict`: whoever is about to read a chunk, it may go. */
export const EVERYTHING = -1
/** `after` for `evict`: what somebody is about to read stays. */
export const NOTHING_SOON = Infinity

/** Bytes in memory or on the way there, without those on the way out. */
export const usage = (s: State): number =>
  s.memory.resident + s.memory.reserved + s.memory.restoring - s.memory.spilling

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

/**
 * Whether somebody has just been told that a chunk is there. What needs no write would be gone before it is read, and what
 * is computed when it is asked for would be computed for ever.
 */
const isBeingRead = (s: State, chunk: number): boolean => {
  const { edges } = s
  let edge = s.reading.size === 0 ? NONE : s.chunks.firstUse[chunk]
  while (edge !== NONE && !s.reading.has(edges.task[edge])) edge = edges.nextUse[edge]
  return edge !== NONE
}

interface Candidate {
  readonly chunk: number
  readonly order: number
  /** on disk too */
  readonly clean: boolean
}

const candidates = (s: State, after: number): Array<Candidate> => {
  const { chunks } = s
  const found: Array<Candidate> = []
  let looked = 0
  for (const chunk of s.evictable) {
    if (++looked > LOOK_AT) break
    if (chunks.pins[chunk] > 0 || (chunks.flags[chunk] & (SPILLING | STUCK)) !== 0) continue
    const clean = (chunks.place[chunk] & DISK) !== 0
    if (clean && isBeingRead(s, chunk)) continue
    const { order, soon } = nextUse(s, chunk)
    if (!soon || order > after) found.push({ chunk, order, clean })
  }
  return found.sort((a, b) =>
    a.order !== b.order
      ? b.order - a.order
      : Number(b.clean) - Number(a.clean) || chunks.bytes[b.chunk] - chunks.bytes[a.chunk]
  )
}

/** Drops the memory copy of a chunk that is on disk too. */
export const leaveOnDisk = (s: State, chunk: number): void => {
  s.chunks.place[chunk] = DISK
  s.memory.resident -= s.chunks.bytes[chunk]
  s.memory.away++
  s.evictable.delete(chunk)
  s.out.moves.push(chunk)
}

/**
 * Sends at least `bytes` to disk, what is needed last first; of what is about to be read only what is read by tasks after
 * that order. False if there was nothing to send.
 */
export const evict = (s: State, bytes: number, after: number): boolean => {
  if (bytes <= 0 || s.evictable.size === 0) return false
  let left = bytes
  for (const { chunk } of candidates(s, after)) {
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

/** What is reserved for tasks that only add bytes. */
const added = (s: State): number => {
  let bytes = 0
  for (const [task, reserved] of s.reservations) if (isRoot(s, task)) bytes += reserved
  return bytes
}

/**
 * Writes out ahead of need while values, with those to come of tasks that only add some, hold more than EVICT_ABOVE of the
 * budget. Nothing else that is reserved counts, nor what is on its way back: it has its room already, and a task that reads
 * as much as it makes needs no more. Where nothing could be written out, it looks again only when there is a good deal
 * more: it looks at many chunks, and this is asked in every step.
 */
export const relieve = (s: State): void => {
  const { memory } = s
  const limit = memory.budget * EVICT_ABOVE
  let held = memory.resident - memory.spilling
  if (held + memory.reserved > limit) held += added(s)
  if (held <= limit) memory.vain = 0
  else if (held > memory.vain) {
    memory.vain = evict(s, held - limit, NOTHING_SOON) ? 0 : held + memory.budget * LOOK_AGAIN
  }
}
