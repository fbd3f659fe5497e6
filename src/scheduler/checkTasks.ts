// The invariants of tasks: what each state promises about inputs, outputs and queues. A part of check.ts.
import { LIVE } from "./ChunkTable.ts"
import { FAR, FIRST_CLASS, IN_MEMORY, WISH_EXIT } from "./Event.ts"
import type { State } from "./State.ts"
import { FAILED, FREE, NONE, READY, RELEASED, RUNNING, stateNames, STORED, WAITING } from "./TaskTable.ts"

/** Takes note of what is wrong. */
export type Complain = (what: string) => void

/** Each task's list of inputs. `edges`: those in the chunks' lists of uses. */
export const checkInputs = (s: State, edges: ReadonlySet<number>, complain: Complain): void => {
  const { tasks } = s
  let inputs = 0
  for (let task = 0; task < tasks.capacity; task++) {
    if (tasks.status[task] === FREE) continue
    let count = 0
    for (let edge = tasks.firstInput[task]; edge !== NONE; edge = s.edges.nextInput[edge]) {
      if (++count > s.edges.count) {
        complain(`task ${task}: its list of inputs has no end`)
        break
      }
      const chunk = s.edges.chunk[edge]
      if (s.edges.task[edge] !== task) complain(`task ${task}: input edge ${edge} is of task ${s.edges.task[edge]}`)
      if ((s.chunks.flags[chunk] & LIVE) === 0) complain(`task ${task}: uses chunk ${chunk}, which is free`)
      else if (!edges.has(edge)) complain(`task ${task}: edge ${edge} is not among the uses of chunk ${chunk}`)
    }
    inputs += count
  }
  if (inputs !== edges.size) complain(`edges: ${edges.size} in the lists of uses, ${inputs} in those of inputs`)
}

/** What is wrong with the tasks, their lists being sound. */
export const checkTasks = (s: State, complain: Complain): void => {
  const { tasks } = s
  const counts = [0, 0, 0, 0, 0, 0, 0]
  const queued = queuedTasks(s)
  const outputs = countOutputs(s)
  const retries = new Set<number>()
  const unswept = new Set(s.unswept)
  for (const timer of s.timers.values()) {
    if (timer.purpose === "retry" && tasks.order[timer.task] === timer.attempt) retries.add(timer.task)
  }
  for (let task = 0; task < tasks.capacity; task++) {
    const status = tasks.status[task]
    counts[status]++
    if (status === FREE) continue
    const say: Complain = (what) => complain(`task ${task} (${stateNames[status]}): ${what}`)
    const live = outputs.get(task) ?? 0
    if (live !== tasks.live[task]) say(`${tasks.live[task]} outputs counted as live, ${live} are`)
    if (tasks.taskClass[task] < FIRST_CLASS) checkWish(s, task, say)
    else checkState(s, task, queued, retries, unswept, say)
    if (status !== RUNNING && (tasks.attempt[task] !== 0 || tasks.worker[task] !== NONE)) say("has an attempt")
    if (s.fetching.has(task) && status !== WAITING) say("fetches its inputs")
    if (s.admitted.has(task) && status !== READY) say("was admitted")
  }
  for (let status = 0; status < counts.length; status++) {
    if (counts[status] !== tasks.counts[status]) {
      complain(`tasks: ${tasks.counts[status]} counted as ${stateNames[status]}, ${counts[status]} are`)
    }
  }
}

/** Ready tasks that some queue holds. */
const queuedTasks = (s: State): Set<number> => {
  const found = new Set<number>()
  const queues = [s.fetched, s.inner, s.distant, s.roots].flatMap((queue) => Object.values(queue))
  queues.push(...s.alive.map((w) => w.near))
  for (const queue of queues) for (const task of queue.all()) found.add(task)
  return found
}

/** Chunks in use by the task that makes them. */
const countOutputs = (s: State): Map<number, number> => {
  const { chunks } = s
  const live = new Map<number, number>()
  for (let chunk = 0; chunk < chunks.capacity; chunk++) {
    const producer = chunks.producer[chunk]
    if ((chunks.flags[chunk] & LIVE) !== 0) live.set(producer, (live.get(producer) ?? 0) + 1)
  }
  return live
}

/** Inputs that are not there yet, as `missing` counts them. */
const countMissing = (s: State, task: number): number => {
  const { chunks, edges, tasks } = s
  const exits = tasks.taskClass[task] === WISH_EXIT
  const fetching = s.fetching.has(task)
  let missing = 0
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    const producer = chunks.producer[chunk]
    if (fetching) missing += (chunks.place[chunk] & IN_MEMORY) === 0 ? 1 : 0
    else if (chunks.place[chunk] === 0 && !(exits && tasks.status[producer] === FAILED)) missing++
  }
  return missing
}

const checkWish = (s: State, task: number, say: Complain): void => {
  const { tasks } = s
  const missing = countMissing(s, task) + (s.linking.has(task) ? 1 : 0)
  switch (tasks.status[task]) {
    case WAITING:
      if (missing === 0 || missing !== tasks.missing[task]) say(`${tasks.missing[task]} inputs missing, not ${missing}`)
      return
    case STORED:
      if (missing > 0) say(`${missing} inputs missing`)
      return
    case FAILED:
      return
    default:
      say("a wish cannot be that")
  }
}

const checkState = (
  s: State,
  task: number,
  queued: ReadonlySet<number>,
  retries: ReadonlySet<number>,
  unswept: ReadonlySet<number>,
  say: Complain
): void => {
  const { tasks } = s
  const status = tasks.status[task]
  // The time until the next try counts as one more.
  const missing = countMissing(s, task) + (status === WAITING && retries.has(task) ? 1 : 0)
  if (status === STORED || status === FAILED) {
    if (tasks.firstInput[task] !== NONE) say("has not let go of its inputs")
    if (tasks.live[task] === 0) say("has no output left, but was not released")
    return
  }
  if (!isWanted(s, task, unswept)) say("nobody wants it")
  checkProducers(s, task, say)
  if (status === WAITING) {
    if (missing !== tasks.missing[task]) say(`${tasks.missing[task]} inputs missing, not ${missing}`)
    if (missing === 0) say("waits for nothing")
    if (s.fetching.has(task)) checkFetching(s, task, say)
  } else if (status === RUNNING && s.classes[tasks.taskClass[task]].early) {
    if (missing !== tasks.missing[task]) say(`${tasks.missing[task]} inputs missing, not ${missing}`)
  } else if (missing > 0) say(`${missing} inputs missing`)
  if (status === READY && !queued.has(task)) say("is in no queue")
  if (status === RELEASED) say("no recipe is kept yet")
  if (status === RUNNING || s.admitted.has(task)) checkThere(s, task, say)
}

const isWanted = (s: State, task: number, unswept: ReadonlySet<number>): boolean => {
  const { chunks, tasks } = s
  if (tasks.order[task] >= s.openSince) return true
  for (let chunk = tasks.firstOutput[task]; chunk !== NONE; chunk = chunks.sibling[chunk]) {
    if (chunks.uses[chunk] > 0 || unswept.has(chunk)) return true
  }
  return false
}

/** What a task waits for is being made by somebody. */
const checkProducers = (s: State, task: number, say: Complain): void => {
  const { chunks, edges, tasks } = s
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const producer = chunks.producer[edges.chunk[edge]]
    if (producer === NONE) continue
    const status = tasks.status[producer]
    if (status === FREE || status === FAILED) say(`its input from task ${producer}, which is ${stateNames[status]}`)
  }
}

const checkFetching = (s: State, task: number, say: Complain): void => {
  const { chunks, edges, tasks } = s
  const waits = new Map<number, number>()
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    if ((chunks.place[chunk] & IN_MEMORY) === 0) waits.set(chunk, (waits.get(chunk) ?? 0) + 1)
  }
  for (const [chunk, times] of waits) {
    const listed = (s.restores.get(chunk) ?? []).filter((other) => other === task).length
    if (listed !== times) say(`awaits the restore of chunk ${chunk} ${times} times, listed ${listed} times`)
  }
}

const checkThere = (s: State, task: number, say: Complain): void => {
  const { chunks, edges, tasks } = s
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    // One that was sent ahead of its inputs.
    if (chunks.place[chunk] === 0 && tasks.missing[task] > 0) continue
    // On the heap of the worker to which this was sent behind it; from another it will come back.
    if (chunks.place[chunk] === FAR && tasks.status[task] === RUNNING) continue
    if ((chunks.place[chunk] & IN_MEMORY) === 0) say(`its input, chunk ${chunk}, is not in memory`)
  }
}
