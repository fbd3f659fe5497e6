// When uneven work is done on the scheduler's word: worker threads in virtual time, as they are on this machine
// (messages of 0.05 ms, reports when a batch ends or after 1 ms, backlog taken back by a word at once).
import type { Command } from "../../src/scheduler/Command.ts"
import type { Event } from "../../src/scheduler/Event.ts"
import { FIRST_CLASS, INLINE, WISH } from "../../src/scheduler/Event.ts"
import { makeState } from "../../src/scheduler/State.ts"
import { step } from "../../src/scheduler/step.ts"
import { Clock } from "./Clock.ts"

/** ms that a message takes. */
const MESSAGE_MS = 0.05
/** ms after which a worker reports what it has, though it goes on. */
const FLUSH_MS = 1

interface Sent {
  readonly task: number
  readonly attempt: number
}

class Thread {
  backlog: Array<Sent> = []
  busy = false
  done: Array<Sent & { readonly ms: number }> = []
  flushed = 0
  readonly slowness: number

  constructor(slowness: number) {
    this.slowness = slowness
  }
}

/** A thread: so many times slower than one that takes a task's duration for it, and there from `from` ms on. */
export interface ThreadPlan {
  readonly slowness: number
  readonly from: number
}

/** Runs independent tasks, of `durations` in ms, in their order; gives the ms after which each is known to be done. */
export const runUneven = (
  durations: ReadonlyArray<number>,
  plans: ReadonlyArray<ThreadPlan>
): ReadonlyArray<number> => {
  const clock = new Clock()
  const state = makeState({ budget: Infinity })
  const threads = plans.map(({ slowness }) => new Thread(slowness))
  const doneAt: Array<number> = durations.map(() => Infinity)
  let left = durations.length

  const tell = (...events: ReadonlyArray<Event>): void => {
    for (const command of step(state, events, clock.now)) perform(command)
  }
  const perform = (command: Command): void => {
    if (command._tag === "run") {
      const sent = command.tasks.map((task, i) => ({ task, attempt: command.attempts[i] }))
      clock.after(MESSAGE_MS, () => {
        threads[command.worker].backlog.push(...sent)
        begin(command.worker)
      })
    } else if (command._tag === "retract") retract(command.worker, command.attempts)
    else if (command._tag === "after") {
      clock.after(command.ms, () => tell({ _tag: "elapsed", token: command.token, retryAfter: -1 }))
    }
  }
  // A word is taken back whether its message has arrived or not, unless the attempt is claimed.
  const retract = (worker: number, attempts: ReadonlyArray<number>): void => {
    const thread = threads[worker]
    const back = thread.backlog.filter(({ attempt }) => attempts.includes(attempt))
    thread.backlog = thread.backlog.filter((sent) => !back.includes(sent))
    const kept = attempts.filter((attempt) => !back.some((sent) => sent.attempt === attempt))
    const columns = { tasks: back.map(({ task }) => task), attempts: back.map(({ attempt }) => attempt) }
    clock.after(0, () => {
      if (back.length > 0) tell({ _tag: "retracted", worker, ...columns })
      if (kept.length > 0) tell({ _tag: "kept", worker, tasks: kept, attempts: kept })
    })
  }
  const begin = (worker: number): void => {
    const thread = threads[worker]
    if (thread.busy) return
    const next = thread.backlog.shift()
    if (next === undefined || clock.now - thread.flushed >= FLUSH_MS) report(worker)
    if (next === undefined) return
    thread.busy = true
    const ms = durations[next.task] * thread.slowness
    clock.after(ms, () => {
      thread.busy = false
      thread.done.push({ ...next, ms })
      begin(worker)
    })
  }
  const report = (worker: number): void => {
    const thread = threads[worker]
    const { done } = thread
    thread.flushed = clock.now
    if (done.length === 0) return
    thread.done = []
    clock.after(MESSAGE_MS, () => {
      left -= done.length
      for (const { task } of done) doneAt[task] = clock.now
      tell({
        _tag: "finished",
        worker,
        tasks: done.map(({ task }) => task),
        attempts: done.map(({ attempt }) => attempt),
        outputs: done.map(() => 1),
        bytes: done.map(() => 8),
        places: done.map(() => INLINE),
        durations: done.map(({ ms }) => ms)
      })
    })
  }

  plans.forEach(({ from }, worker) =>
    clock.at(
      from,
      () =>
        tell({
          _tag: "processor up",
          worker,
          kind: "thread",
          accepts: ["module"],
          capacity: [1],
          ahead: 8,
          follows: "shared"
        })
    )
  )
  const tasks = durations.map((_, task) => task)
  const taskClass = {
    id: FIRST_CLASS,
    where: "module",
    priority: 0,
    outputs: 1,
    bytes: -1,
    timeout: -1,
    persist: false,
    rerun: true,
    early: true,
    handsOver: true,
    demand: [1]
  } as const
  const submit = (): void =>
    tell({
      _tag: "submitted",
      defined: [taskClass],
      tasks: [...tasks, tasks.length],
      classes: [...tasks.map(() => FIRST_CLASS), WISH],
      starts: [...tasks.map(() => 0), 0, tasks.length],
      chunks: tasks,
      outputs: tasks,
      stored: [],
      part: "whole",
      submission: 1
    })
  clock.at(0, submit)
  while (left > 0 && clock.tick()) continue
  if (left > 0) throw new Error(`${left} tasks never ran`)
  return doneAt
}
