// Failure: a task that fails takes all that depends on it with it, at once and with the way it came; tasks that may
// be tried again wait for their turn; wishes that want exits only count what settled.
import { exorcise, interrupt, isCurrent, reported } from "./attempt.ts"
import { LIVE, PERSISTED } from "./ChunkTable.ts"
import { type Event, FIRST_CLASS, type Reason, WISH_EXIT } from "./Event.ts"
import { satisfy } from "./finish.ts"
import { makeReady } from "./ready.ts"
import { letGo, stopFetching, stopRestoring, sweep } from "./release.ts"
import type { State } from "./State.ts"
import { FAILED, FREE, NONE, READY, RUNNING, STORED, WAITING } from "./TaskTable.ts"

/** Fails one node for good; its consumers are pushed onto `pending`. */
const failOne = (s: State, task: number, via: number, reason: Reason, pending: Array<number>): void => {
  const { chunks, edges, tasks } = s
  const status = tasks.status[task]
  if (status === FAILED || status === FREE || status === STORED) return
  if (status === RUNNING) interrupt(s, task)
  else if (status === WAITING || status === READY) stopFetching(s, task)
  tasks.become(task, FAILED)
  s.linking.delete(task)
  s.out.failed.push(task)
  s.out.via.push(via)
  s.out.reasons.push(reason)
  for (let chunk = tasks.firstOutput[task]; chunk !== NONE; chunk = chunks.sibling[chunk]) {
    if ((chunks.flags[chunk] & PERSISTED) !== 0) {
      // There will be nothing to keep.
      chunks.flags[chunk] &= ~PERSISTED
      chunks.uses[chunk]--
    }
    for (let edge = chunks.firstUse[chunk]; edge !== NONE; edge = edges.nextUse[edge]) {
      pending.push(edges.task[edge], task)
    }
  }
}

/** Fails a task and everything that depends on it. `via` is the failed input's task, or NONE where it begins. */
export const fail = (s: State, task: number, via: number, reason: Reason): void => {
  const { chunks, tasks } = s
  const failed: Array<number> = []
  const pending: Array<number> = [task, via]
  while (pending.length > 0) {
    const from = pending.pop()!
    const next = pending.pop()!
    if (tasks.taskClass[next] === WISH_EXIT && from !== NONE) {
      satisfy(s, next, NONE)
      continue
    }
    const before = s.out.failed.length
    failOne(s, next, from, reason, pending)
    if (s.out.failed.length > before && tasks.taskClass[next] >= FIRST_CLASS) failed.push(next)
  }
  const unused: Array<number> = []
  for (let i = failed.length - 1; i >= 0; i--) {
    letGo(s, failed[i])
    for (let chunk = tasks.firstOutput[failed[i]]; chunk !== NONE; chunk = chunks.sibling[chunk]) {
      // There is no value to keep.
      if ((chunks.flags[chunk] & PERSISTED) !== 0) {
        chunks.flags[chunk] &= ~PERSISTED
        chunks.uses[chunk]--
      }
      if ((chunks.flags[chunk] & LIVE) !== 0 && chunks.uses[chunk] === 0) unused.push(chunk)
    }
  }
  sweep(s, unused)
}

/**
 * An attempt is over although it may have handed its value on, and nobody is to use that: what was sent behind it begins
 * again, and so does what was sent behind that.
 */
export const pullBack = (s: State, task: number): void => {
  const { chunks, edges, tasks } = s
  const pending: Array<number> = [task]
  while (pending.length > 0) {
    const chunk = tasks.firstOutput[pending.pop()!]
    if (chunk === NONE || chunks.place[chunk] !== 0) continue
    for (let edge = chunks.firstUse[chunk]; edge !== NONE; edge = edges.nextUse[edge]) {
      const follower = edges.task[edge]
      if (tasks.status[follower] !== RUNNING) continue
      interrupt(s, follower)
      tasks.become(follower, WAITING)
      pending.push(follower)
    }
  }
}

/** The attempt is over without a result: the task waits `ms` and is tried again. */
const retry = (s: State, task: number, ms: number): void => {
  s.tasks.become(task, WAITING)
  if (ms <= 0) {
    if (s.tasks.missing[task] === 0) makeReady(s, task, NONE)
    return
  }
  // The time is one more thing that it waits for.
  s.tasks.missing[task]++
  const token = s.nextToken++
  s.timers.set(token, { task, attempt: s.tasks.order[task], purpose: "retry" })
  s.out.afters.push({ _tag: "after", token, ms, task, purpose: "retry" })
}

/** A worker reports that an attempt failed. */
export const attemptFailed = (s: State, e: Extract<Event, { readonly _tag: "failed" }>): void => {
  if (!isCurrent(s, e.task, e.attempt)) {
    exorcise(s, e.worker, e.attempt)
    return
  }
  const w = s.workers.get(e.worker)
  if (w !== undefined) w.stubborn = false
  reported(s, e.task)
  if (e.retryAfter >= 0) return retry(s, e.task, e.retryAfter)
  s.tasks.become(e.task, WAITING)
  fail(s, e.task, NONE, e.reason)
}

/** The user wants tasks stopped. */
export const cancelled = (s: State, ids: ArrayLike<number>): void => {
  for (let i = 0; i < ids.length; i++) {
    const status = s.tasks.status[ids[i]]
    if (status !== FREE && status !== STORED && status !== FAILED) fail(s, ids[i], NONE, "cancelled")
  }
}

/** A time has passed: a retry is due, or an attempt took too long. */
export const elapsed = (s: State, token: number, retryAfter: number): void => {
  const timer = s.timers.get(token)
  if (timer === undefined) return
  s.timers.delete(token)
  const { attempt, purpose, task } = timer
  if (purpose === "retry") {
    if (s.tasks.status[task] === WAITING && s.tasks.order[task] === attempt) satisfy(s, task, NONE)
    return
  }
  if (purpose === "watch") {
    s.watching = false
    const w = isCurrent(s, task, attempt) ? s.workers.get(s.tasks.worker[task]) : undefined
    if (w !== undefined && !s.yielded.has(attempt)) w.stuck = attempt
    return
  }
  if (!isCurrent(s, task, attempt)) return
  if (retryAfter < 0) return fail(s, task, NONE, "timeout")
  interrupt(s, task)
  pullBack(s, task)
  retry(s, task, retryAfter)
}

/** A worker has begun attempts: the clocks of those with a timeout start. */
export const claimed = (s: State, tasks: ArrayLike<number>, attempts: ArrayLike<number>): void => {
  for (let i = 0; i < tasks.length; i++) {
    const ms = s.classes[s.tasks.taskClass[tasks[i]]]?.timeout ?? -1
    if (ms < 0 || !isCurrent(s, tasks[i], attempts[i])) continue
    const token = s.nextToken++
    s.timers.set(token, { task: tasks[i], attempt: attempts[i], purpose: "timeout" })
    s.out.afters.push({ _tag: "after", token, ms, task: tasks[i], purpose: "timeout" })
  }
}

/**
 * A chunk's bytes are gone for good: whoever still needs them fails. A wish for exits does not, it will see. Where the
 * chunk was it still is, as far as anybody knows: a task that comes to need it tries again.
 */
export const chunkLost = (s: State, chunk: number): void => {
  const { chunks, edges, tasks } = s
  if ((chunks.flags[chunk] & LIVE) === 0) return
  stopRestoring(s, chunk)
  const consumers: Array<number> = []
  for (let edge = chunks.firstUse[chunk]; edge !== NONE; edge = edges.nextUse[edge]) consumers.push(edges.task[edge])
  for (const task of consumers) if (tasks.taskClass[task] !== WISH_EXIT) fail(s, task, NONE, "chunk lost")
}
