// The invariants of processors: what was sent to each, in its list, its counts and its resources. A part of check.ts.
import type { Complain } from "./checkTasks.ts"
import type { State, Worker } from "./State.ts"
import { RUNNING } from "./TaskTable.ts"

/** What is wrong with the processors. */
export const checkWorkers = (s: State, complain: Complain): void => {
  const { tasks } = s
  const seen = new Set<number>()
  let yielded = 0
  if (s.alive.length !== s.workers.size) complain(`workers: ${s.workers.size}, of which ${s.alive.length} are alive`)
  for (const w of s.alive) {
    const say: Complain = (what) => complain(`worker ${w.id}: ${what}`)
    if (s.workers.get(w.id) !== w) say("not in the table")
    yielded += checkList(s, w, seen, say)
  }
  if (yielded !== s.yielded.size) {
    complain(`${s.yielded.size} attempts have yielded, ${yielded} are in the workers' lists`)
  }
  for (let task = 0; task < tasks.capacity; task++) {
    if (tasks.status[task] === RUNNING && !seen.has(task)) complain(`task ${task}: running, but in no worker's list`)
  }
}

const checkList = (s: State, w: Worker, seen: Set<number>, say: Complain): number => {
  const { tasks } = s
  const used = w.capacity.map(() => 0)
  let sent = 0
  let suspended = 0
  let expected = 0
  let before = 0
  for (const task of w.list.all()) {
    if (seen.has(task)) {
      say(`task ${task} is in two lists, or twice in one`)
      break
    }
    seen.add(task)
    if (tasks.status[task] !== RUNNING) say(`has task ${task}, which does not run`)
    if (tasks.worker[task] !== w.id) say(`has task ${task} of worker ${tasks.worker[task]}`)
    if (!(tasks.attempt[task] > before)) say(`task ${task} was not sent after attempt ${before}`)
    before = tasks.attempt[task]
    const demand = s.classes[tasks.taskClass[task]].demand
    for (let r = 1; r < demand.length; r++) used[r] = (used[r] ?? 0) + demand[r]
    if (s.yielded.has(tasks.attempt[task])) suspended++
    else {
      sent++
      expected += tasks.expected[task]
    }
  }
  for (const ms of w.ghosts.values()) {
    sent++
    expected += ms
  }
  if (w.sent !== sent) say(`${w.sent} attempts counted as sent, ${sent} are`)
  if (w.suspended !== suspended) say(`${w.suspended} attempts counted as suspended, ${suspended} are`)
  if (Math.abs(w.expected - expected) > 1e-3 * (1 + expected)) say(`${w.expected} ms expected, not ${expected}`)
  for (let r = 1; r < used.length; r++) {
    if ((w.used[r] ?? 0) !== used[r]) say(`${w.used[r]} of resource ${r} in use, not ${used[r]}`)
    if (used[r] > (w.capacity[r] ?? 0)) say(`${used[r]} of resource ${r} in use, of ${w.capacity[r]}`)
  }
  return suspended
}
