// The invariants of the scheduler's state, as a list of what breaks them. Walks everything, so it is for tests, the
// simulation and a person with a doubt, never for a turn of the loop. After dask's `validate_state` and tako's
// `sanity_check`. Chunks and memory stand here; checkTasks.ts has the tasks, checkWorkers.ts the processors.
import { checkInputs, checkTasks, type Complain } from "./checkTasks.ts"
import { checkWorkers } from "./checkWorkers.ts"
import { LIVE, PERSISTED, RECOMPUTING, RESTORING, SPILLING, STUCK } from "./ChunkTable.ts"
import { DISK, FAR, HEAP, MOVABLE, SHARED } from "./Event.ts"
import type { State } from "./State.ts"
import { FAILED, FREE, NONE, RUNNING, STORED } from "./TaskTable.ts"

/** What breaks the invariants of a state between two steps; empty if it is sound. */
export const check = (s: State): ReadonlyArray<string> => {
  const wrong: Array<string> = []
  const complain: Complain = (what) => void wrong.push(what)
  const edges = checkUses(s, complain)
  checkInputs(s, edges, complain)
  // Lists that are not sound may have no end.
  if (wrong.length > 0) return wrong
  checkTasks(s, complain)
  checkWorkers(s, complain)
  checkChunks(s, complain)
  checkMemory(s, complain)
  checkOpen(s, complain)
  return wrong
}

/** Each chunk's list of uses. Returns the edges in them. */
const checkUses = (s: State, complain: Complain): Set<number> => {
  const { chunks, edges, tasks } = s
  const found = new Set<number>()
  for (let chunk = 0; chunk < chunks.capacity; chunk++) {
    if ((chunks.flags[chunk] & LIVE) === 0) continue
    let previous = NONE
    for (let edge = chunks.firstUse[chunk]; edge !== NONE; edge = edges.nextUse[edge]) {
      if (found.has(edge)) {
        complain(`chunk ${chunk}: edge ${edge} is in two places of the lists of uses`)
        break
      }
      found.add(edge)
      if (edges.chunk[edge] !== chunk) complain(`chunk ${chunk}: edge ${edge} is of chunk ${edges.chunk[edge]}`)
      if (edges.previousUse[edge] !== previous) {
        complain(`chunk ${chunk}: edge ${edge} does not point back at ${previous}`)
      }
      if (tasks.status[edges.task[edge]] === FREE) {
        complain(`chunk ${chunk}: used by task ${edges.task[edge]}, which is free`)
      }
      previous = edge
    }
    if (chunks.lastUse[chunk] !== previous) {
      complain(`chunk ${chunk}: last use is ${chunks.lastUse[chunk]}, not ${previous}`)
    }
  }
  if (edges.count !== found.size) complain(`edges: ${edges.count} counted, ${found.size} in the lists of uses`)
  return found
}

/** Uses of a chunk by tasks, and those of attempts that are sent or have been promised their inputs. */
const countUses = (s: State, chunk: number): { readonly uses: number; readonly pins: number } => {
  const { edges, tasks } = s
  let uses = 0
  let pins = 0
  for (let edge = s.chunks.firstUse[chunk]; edge !== NONE; edge = edges.nextUse[edge]) {
    const task = edges.task[edge]
    uses++
    if (tasks.status[task] === RUNNING || s.fetching.has(task) || s.admitted.has(task)) pins++
  }
  return { uses, pins }
}

const checkChunks = (s: State, complain: Complain): void => {
  const { chunks } = s
  const orphans = new Set([...s.orphans, ...s.unswept])
  let live = 0
  for (let chunk = 0; chunk < chunks.capacity; chunk++) {
    const flags = chunks.flags[chunk]
    if ((flags & LIVE) === 0) {
      if (flags !== 0 || chunks.place[chunk] !== 0) complain(`chunk ${chunk}: free, but has flags ${flags} or a place`)
      if (s.evictable.has(chunk) || s.restores.has(chunk)) complain(`chunk ${chunk}: free, but evictable or awaited`)
      continue
    }
    live++
    const { pins, uses } = countUses(s, chunk)
    const persisted = (flags & PERSISTED) === 0 ? 0 : 1
    // Whoever reads a chunk where it lies is counted both as a use and as a pin.
    const readers = chunks.pins[chunk] - pins
    if (readers < 0) complain(`chunk ${chunk}: ${chunks.pins[chunk]} pins, but ${pins} attempts need it`)
    if (chunks.uses[chunk] !== uses + persisted + readers) {
      complain(
        `chunk ${chunk}: ${chunks.uses[chunk]} uses, but ${uses} edges, ${persisted} keeps and ${readers} readers`
      )
    }
    checkPlace(s, chunk, complain)
    const evictable = (chunks.place[chunk] & MOVABLE) !== 0 && (flags & STUCK) === 0
    if (s.evictable.has(chunk) !== evictable) complain(`chunk ${chunk}: ${evictable ? "not " : ""}evictable`)
    if (chunks.uses[chunk] === 0 && !mayStay(s, chunk, orphans)) complain(`chunk ${chunk}: kept, but nobody wants it`)
  }
  if (live !== chunks.count) complain(`chunks: ${chunks.count} counted, ${live} rows in use`)
}

/** Whether a chunk that nobody uses has a reason to be there. */
const mayStay = (s: State, chunk: number, orphans: ReadonlySet<number>): boolean => {
  const { chunks, tasks } = s
  const producer = chunks.producer[chunk]
  // One that was given is used by whoever gave it, in an event of its own.
  if (producer === NONE || orphans.has(chunk)) return true
  if (tasks.order[producer] >= s.openSince) return tasks.status[producer] < STORED
  if (tasks.status[producer] >= STORED) return false
  for (let other = tasks.firstOutput[producer]; other !== NONE; other = chunks.sibling[other]) {
    if (chunks.uses[other] > 0 || orphans.has(other)) return true
  }
  return false
}

const checkPlace = (s: State, chunk: number, complain: Complain): void => {
  const { chunks, tasks } = s
  const flags = chunks.flags[chunk]
  const place = chunks.place[chunk]
  const producer = chunks.producer[chunk]
  const status = producer === NONE ? STORED : tasks.status[producer]
  if (place !== 0 && status !== STORED) complain(`chunk ${chunk}: has bytes, but task ${producer} is not stored`)
  if (place === 0 && (status === STORED || status === FREE)) {
    complain(`chunk ${chunk}: without bytes, and nobody makes them`)
  }
  if (place === 0 && status === FAILED && chunks.pins[chunk] > 0) complain(`chunk ${chunk}: pinned, but it failed`)
  if ((flags & SPILLING) !== 0 && place !== SHARED && place !== HEAP && place !== FAR) {
    complain(`chunk ${chunk}: spilled from ${place}`)
  }
  if ((flags & (RESTORING | RECOMPUTING)) !== 0 && place !== DISK && place !== FAR) {
    complain(`chunk ${chunk}: restored to ${place}`)
  }
  for (const task of s.restores.get(chunk) ?? []) {
    if ((flags & (RESTORING | RECOMPUTING)) === 0) {
      complain(`chunk ${chunk}: task ${task} awaits its restore, which was not ordered`)
    }
    if (!s.fetching.has(task)) complain(`chunk ${chunk}: task ${task} awaits its restore, but is not fetching`)
  }
}

const checkMemory = (s: State, complain: Complain): void => {
  const { chunks, memory } = s
  const sum = { resident: 0, spilling: 0, restoring: 0, away: 0, reserved: 0 }
  for (let chunk = 0; chunk < chunks.capacity; chunk++) {
    const flags = chunks.flags[chunk]
    if ((flags & LIVE) === 0) continue
    const bytes = chunks.bytes[chunk]
    const place = chunks.place[chunk]
    if (place !== 0 && place !== DISK) sum.resident += bytes
    if (place === DISK || place === FAR) sum.away++
    if ((flags & SPILLING) !== 0) sum.spilling += bytes
    if ((flags & RESTORING) !== 0) sum.restoring += bytes
  }
  for (const [task, bytes] of s.reservations) {
    sum.reserved += bytes
    if (s.tasks.status[task] !== RUNNING && !s.fetching.has(task) && !s.admitted.has(task)) {
      complain(`task ${task}: has ${bytes} bytes reserved, but does not run`)
    }
  }
  for (const key of Object.keys(sum) as Array<keyof typeof sum>) {
    if (Math.abs(memory[key] - sum[key]) > 1e-6 * (1 + sum[key])) {
      complain(`memory.${key}: ${memory[key]}, not ${sum[key]}`)
    }
  }
}

const checkOpen = (s: State, complain: Complain): void => {
  const since = Math.min(Infinity, ...s.open.values())
  if (since !== s.openSince) complain(`openSince: ${s.openSince}, but the oldest open submission began at ${since}`)
  if (s.open.size === 0 && s.orphans.length > 0) complain(`${s.orphans.length} orphans, but no submission is open`)
}
