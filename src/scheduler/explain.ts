// Why a task is not running: read off the state, for people. Asked for rarely, so it may walk.
import { DISK, FIRST_CLASS } from "./Event.ts"
import { usage } from "./evict.ts"
import { estimate } from "./memory.ts"
import type { State } from "./State.ts"
import { FREE, NONE, READY, RUNNING, stateNames, WAITING } from "./TaskTable.ts"

/** How tasks are called. */
export type NameOf = (task: number) => string

const waitsFor = (s: State, task: number, nameOf: NameOf): Array<string> => {
  const { chunks, edges, tasks } = s
  const lines: Array<string> = []
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    if (chunks.place[chunk] !== 0) {
      if (chunks.place[chunk] === DISK && s.fetching.has(task)) lines.push(`chunk ${chunk} is being read from disk`)
      continue
    }
    const producer = chunks.producer[chunk]
    lines.push(
      producer === NONE
        ? `chunk ${chunk}`
        : `"${nameOf(producer)}" (task ${producer}), which is ${stateNames[tasks.status[producer]]}`
    )
    if (lines.length === 8) break
  }
  return lines
}

const whyReady = (s: State, task: number): Array<string> => {
  const { where } = s.classes[s.tasks.taskClass[task]]
  const able = s.alive.filter((w) => w.accepts.includes(where))
  if (able.length === 0) return [`no processor that runs ${where === "here" ? "closures" : "task modules"} is up`]
  const lines = able.map((w) =>
    `${w.kind} ${w.id} has ${w.sent} of ${
      w.ahead > 0 ? `about ${w.ahead} ms (${w.expected.toFixed(2)} ms)` : w.capacity[0]
    }`
    + (w.suspended > 0 ? `, ${w.suspended} more wait for others` : "")
  )
  const { memory } = s
  lines.push(
    `memory: ${usage(s)} of ${memory.budget} bytes in use (${memory.resident} held, ${memory.reserved} reserved, `
      + `${memory.spilling} being written, ${memory.restoring} being read); it needs about ${estimate(s, task)}`
  )
  return lines
}

/** Why a task is where it is, in lines. */
export const explain = (s: State, task: number, nameOf: NameOf): string => {
  const { tasks } = s
  const status = task < tasks.capacity ? tasks.status[task] : FREE
  const head = `"${nameOf(task)}" (task ${task}) is ${stateNames[status]}`
  switch (status) {
    case WAITING: {
      const lines = waitsFor(s, task, nameOf)
      return lines.length === 0 ? `${head}: it is tried again later` : `${head} for ${lines.join("; ")}`
    }
    case READY:
      return `${head}: ${whyReady(s, task).join("; ")}`
    case RUNNING:
      return `${head} on processor ${tasks.worker[task]} as attempt ${tasks.attempt[task]}`
        + (s.yielded.has(tasks.attempt[task]) ? ", waiting for another task" : "")
    default:
      return head
  }
}

/** Every task that is not settled, explained: what to print when a test hangs. At most `limit`. */
export const explainAll = (s: State, nameOf: NameOf, limit: number): string => {
  const lines: Array<string> = []
  for (let task = 0; task < s.tasks.capacity && lines.length < limit; task++) {
    const status = s.tasks.status[task]
    if ((status === WAITING || status === READY || status === RUNNING) && s.tasks.taskClass[task] >= FIRST_CLASS) {
      lines.push(explain(s, task, nameOf))
    }
  }
  return lines.length === 0 ? "nothing is waiting, ready or running" : lines.join("\n")
}
