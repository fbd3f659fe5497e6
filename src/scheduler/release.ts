// Letting go: what nobody uses any more. A chunk without uses is released, a task whose outputs nobody wants is
// dropped or interrupted, and so on upwards through its inputs, with a list instead of recursion. Where much is let go
// at once it takes several steps, so that no step takes long.
import { interrupt, pin, unreserve } from "./attempt.ts"
import { GIVEN_UP, LIVE, PERSISTED, RECOMPUTING, RESTORING, SPILLING } from "./ChunkTable.ts"
import { DISK, IN_MEMORY } from "./Event.ts"
import type { State } from "./State.ts"
import { FAILED, FREE, NONE, READY, RUNNING, STORED, WAITING } from "./TaskTable.ts"

/** Takes a task off its inputs, or the first `most` of them; adds those that nobody uses now. Gives how many. */
export const detach = (s: State, task: number, unused: Array<number>, most = Infinity): number => {
  const { chunks, edges, tasks } = s
  let edge = tasks.firstInput[task]
  let done = 0
  while (edge !== NONE && done < most) {
    const next = edges.nextInput[edge]
    const chunk = edges.chunk[edge]
    edges.unlink(chunks, edge)
    if (chunks.uses[chunk] === 0) unused.push(chunk)
    edge = next
    done++
  }
  tasks.firstInput[task] = edge
  return done
}

const freeTask = (s: State, task: number): void => {
  s.tasks.become(task, FREE)
  s.out.releasedTasks.push(task)
}

/** Forgets a chunk's bytes in the accounts; the row stays. */
export const discount = (s: State, chunk: number): void => {
  const { chunks, memory } = s
  const bytes = chunks.bytes[chunk]
  const place = chunks.place[chunk]
  const flags = chunks.flags[chunk]
  if (place !== DISK) memory.resident -= bytes
  if ((place & IN_MEMORY) === 0) memory.away--
  if ((flags & SPILLING) !== 0) memory.spilling -= bytes
  if ((flags & RESTORING) !== 0) memory.restoring -= bytes
  s.evictable.delete(chunk)
}

/** Nothing is on its way from disk any more. */
export const stopRestoring = (s: State, chunk: number): void => {
  const { chunks, memory } = s
  if ((chunks.flags[chunk] & RESTORING) !== 0) memory.restoring -= chunks.bytes[chunk]
  chunks.flags[chunk] &= ~(RESTORING | RECOMPUTING)
}

const releaseChunk = (s: State, chunk: number): void => {
  const { chunks, tasks } = s
  if (chunks.place[chunk] !== 0) discount(s, chunk)
  const producer = chunks.producer[chunk]
  chunks.flags[chunk] = 0
  chunks.place[chunk] = 0
  chunks.count--
  s.out.releasedChunks.push(chunk)
  if (producer === NONE) return
  if (--tasks.live[producer] === 0) {
    const status = tasks.status[producer]
    if (status === STORED || status === FAILED) freeTask(s, producer)
  }
}

const stopAwaiting = (s: State, task: number): void => {
  const { edges } = s
  for (let edge = s.tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const waiting = s.restores.get(edges.chunk[edge])
    if (waiting === undefined) continue
    const others = waiting.filter((other) => other !== task)
    if (others.length > 0) s.restores.set(edges.chunk[edge], others)
    else s.restores.delete(edges.chunk[edge])
  }
}

/** A task that waited for restores, or whose restores are done, no longer needs its inputs in memory. */
export const stopFetching = (s: State, task: number): void => {
  const waits = s.fetching.delete(task)
  const had = s.admitted.delete(task)
  if (!waits && !had) return
  if (waits) stopAwaiting(s, task)
  pin(s, task, -1)
  unreserve(s, task)
}

/** Nobody wants any output of `task`: whatever state it is in, it ends here. */
const abandon = (s: State, task: number, unused: Array<number>): void => {
  const { chunks, tasks } = s
  const status = tasks.status[task]
  if (status === RUNNING) interrupt(s, task)
  if (status === WAITING || status === READY) stopFetching(s, task)
  detach(s, task, unused)
  tasks.become(task, STORED)
  for (let chunk = tasks.firstOutput[task]; chunk !== NONE;) {
    const next = chunks.sibling[chunk]
    if ((chunks.flags[chunk] & LIVE) !== 0) releaseChunk(s, chunk)
    chunk = next
  }
}

const isWanted = (s: State, task: number): boolean => {
  const { chunks, tasks } = s
  for (let chunk = tasks.firstOutput[task]; chunk !== NONE; chunk = chunks.sibling[chunk]) {
    if ((chunks.flags[chunk] & LIVE) !== 0 && chunks.uses[chunk] > 0) return true
  }
  return false
}

/** Settles what becomes of chunks that have lost their last use. */
export const sweep = (s: State, unused: Array<number>): void => {
  const { chunks, tasks } = s
  for (let left = s.atOnce; unused.length > 0; left--) {
    if (left === 0) return leaveForLater(s, unused)
    const chunk = unused.pop()!
    if (chunks.uses[chunk] > 0 || (chunks.flags[chunk] & LIVE) === 0) continue
    const producer = chunks.producer[chunk]
    if (s.submitting) {
      s.doubtful.push(chunk)
      continue
    }
    if (producer !== NONE && tasks.order[producer] >= s.openSince) {
      s.orphans.push(chunk)
      continue
    }
    if (producer === NONE) {
      releaseChunk(s, chunk)
      continue
    }
    const status = tasks.status[producer]
    if (status === STORED || status === FAILED) releaseChunk(s, chunk)
    else if (!isWanted(s, producer)) abandon(s, producer, unused)
  }
}

const leaveForLater = (s: State, unused: Array<number>): void => {
  if (s.unswept.length === 0) s.unswept = unused
  else for (const chunk of unused) s.unswept.push(chunk)
}

/** Whether something is left to let go of, for the next step. */
export const hasLeft = (s: State): boolean => s.unswept.length > 0 || s.withdrawn.length > 0

/** Goes on where `sweep` and `drop` have stopped. */
export const letGoOfMore = (s: State): void => {
  if (s.unswept.length > 0) {
    const unused = s.unswept
    s.unswept = []
    return sweep(s, unused)
  }
  const unused: Array<number> = []
  for (let left = s.atOnce; left > 0 && s.withdrawn.length > 0;) {
    const wish = s.withdrawn[s.withdrawn.length - 1]
    left -= detach(s, wish, unused, left)
    if (s.tasks.firstInput[wish] !== NONE) break
    s.withdrawn.pop()
    freeTask(s, wish)
  }
  sweep(s, unused)
}

/** A task that has finished or failed lets go of its inputs. */
export const letGo = (s: State, task: number): void => {
  if (s.tasks.firstInput[task] === NONE) return
  const unused: Array<number> = []
  detach(s, task, unused)
  if (unused.length > 0) sweep(s, unused)
}

/** Sweeps a list of chunks that were kept until it was clear whether somebody comes to use them. */
export const sweepAll = (s: State, kept: Array<number>): void => {
  if (kept.length === 0) return
  const unused = kept.splice(0)
  sweep(s, unused)
}

/** Withdraws wishes; of tasks, those go whose outputs nobody uses. */
export const drop = (s: State, ids: ArrayLike<number>): void => {
  const { chunks, tasks } = s
  const unused: Array<number> = []
  for (let i = 0; i < ids.length; i++) {
    const task = ids[i]
    const status = tasks.status[task]
    if (status === FREE) continue
    if (tasks.firstOutput[task] === NONE) {
      s.linking.delete(task)
      detach(s, task, unused, s.atOnce)
      if (tasks.firstInput[task] === NONE) freeTask(s, task)
      else {
        tasks.become(task, FAILED)
        s.withdrawn.push(task)
      }
    } else {
      for (let chunk = tasks.firstOutput[task]; chunk !== NONE; chunk = chunks.sibling[chunk]) {
        if ((chunks.flags[chunk] & LIVE) !== 0 && chunks.uses[chunk] === 0) unused.push(chunk)
      }
    }
  }
  sweep(s, unused)
}

/** Gives up `persist`ed chunks. */
export const unpersist = (s: State, ids: ArrayLike<number>): void => {
  const unused: Array<number> = []
  for (let i = 0; i < ids.length; i++) {
    const chunk = ids[i]
    if ((s.chunks.flags[chunk] & PERSISTED) === 0) {
      if ((s.chunks.flags[chunk] & LIVE) !== 0 && s.chunks.place[chunk] === 0) s.chunks.flags[chunk] |= GIVEN_UP
      continue
    }
    s.chunks.flags[chunk] &= ~PERSISTED
    if (--s.chunks.uses[chunk] === 0) unused.push(chunk)
  }
  sweep(s, unused)
}

/** Somebody reads a chunk where it lies, or has done: until then it stays, in memory, even if nobody wants it any more. */
export const pinned = (s: State, chunk: number, by: 1 | -1): void => {
  s.chunks.pins[chunk] += by
  s.chunks.uses[chunk] += by
  if (s.chunks.uses[chunk] === 0) sweep(s, [chunk])
}
