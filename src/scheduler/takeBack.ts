// Taking back what was sent: for a worker that has nothing to do, the later half of the busiest one's backlog, unless it
// is hardly worth it. Tasks that were sent behind others come along with these or stay with them.
import { fits } from "./attempt.ts"
import { FAR } from "./Event.ts"
import type { State, Worker } from "./State.ts"
import { NONE, RUNNING } from "./TaskTable.ts"

/** ms that a task takes which takes longer to send. */
export const TINY_MS = 0.003
/** ms of work in a backlog up to which none is taken back: it is done before it would have come elsewhere. */
const STEAL_MS = 0.5
/** ms after which a backlog of tiny tasks that has not moved is shared out like any other. */
const WATCH_MS = 10
/** Users of a value that are looked at. */
const LOOK_AT = 64

/** Whether a worker can run what another can. */
export const sameKind = (a: Worker, b: Worker): boolean => a.accepts.every((where) => b.accepts.includes(where))

/**
 * Asks the busiest worker for the later half of its backlog on behalf of one that has nothing to do. `sentBefore`:
 * attempts with lower numbers.
 */
const takeBackFor = (s: State, idle: Worker, sentBefore: number): void => {
  let busiest: Worker | undefined
  for (const w of s.alive) {
    if (w.sent < 2 || w.retracting || w.stubborn || !sameKind(w, idle)) continue
    if (busiest === undefined || w.expected > busiest.expected) busiest = w
  }
  // All that it has may be nobody's any more, and only waits to be reported.
  if (busiest === undefined || busiest.list.last === NONE) return
  // What nobody wants, or takes longer than it should: all that waits behind it is better off elsewhere.
  const stuck = Math.max(busiest.ghosts.size - busiest.ending.size, isStuck(busiest) ? 1 : 0)
  const isAsked = stuck > 0
  if (!isAsked && (busiest.expected < STEAL_MS || isTiny(s, busiest.list.last))) return watch(s, busiest)
  const taken = new Set<number>()
  const { list } = busiest
  for (let at = laterPart(s, busiest, stuck); at < list.tail; at++) {
    const task = list.at(at)
    if (task === NONE) continue
    // What is sent in this very step is not there yet, and what the idle one lacks resources for would come back here.
    if (s.tasks.attempt[task] >= sentBefore || !fits(s, idle, task)) continue
    if (s.tasks.missing[task] > 0 && !comesAlong(s, task, taken)) continue
    taken.add(task)
  }
  if (!isAsked) leaveTied(s, taken)
  busiest.retracting = taken.size > 0
  // The last first: the worker comes from the other end.
  for (const task of [...taken].reverse()) s.out.add("retract", busiest.id, task, s.tasks.attempt[task])
}

/** Whether a task is, as far as is known now, one that is better left where it is: it would be sent there again. */
const isTiny = (s: State, task: number): boolean => {
  const { duration } = s.learned[s.tasks.taskClass[task]]
  return duration >= 0 && duration < TINY_MS
}

/** Whether a worker's first attempt was seen to take longer than it should. */
export const isStuck = (w: Worker): boolean => w.stuck > 0 && w.list.oldest === w.stuck

/** Tiny tasks are not worth taking back, unless the one before them takes longer than it should. */
const watch = (s: State, w: Worker): void => {
  if (s.watching || w.list.first === NONE) return
  s.watching = true
  const token = s.nextToken++
  const task = w.list.first
  s.timers.set(token, { task, attempt: s.tasks.attempt[task], purpose: "watch" })
  s.out.afters.push({ _tag: "after", token, ms: WATCH_MS, task, purpose: "watch" })
}

/** The place of the first task of the later half of a backlog; of all that waits, where what runs is not wanted. */
const laterPart = (s: State, { list, sent }: Worker, stuck: number): number => {
  let left = stuck > 0 ? sent - stuck : sent >> 1
  let found = list.tail
  for (let at = list.tail - 1; at >= list.head && left > 0; at--) {
    const task = list.at(at)
    if (task === NONE) continue
    if ((at === list.head && stuck === 0) || s.yielded.has(s.tasks.attempt[task])) break
    found = at
    left--
  }
  return found
}

/** Whether all that a task awaits goes where it would go. */
const comesAlong = (s: State, task: number, taken: ReadonlySet<number>): boolean => {
  const { chunks, edges } = s
  for (let edge = s.tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    const producer = chunks.producer[chunk]
    if (chunks.place[chunk] === 0 ? !taken.has(producer) : chunks.place[chunk] === FAR) return false
  }
  return true
}

/** Tasks that use the value of one, and were sent behind it. There may be too many to look at. */
const followers = (s: State, task: number): ReadonlyArray<number> | "many" => {
  const { chunks, edges, tasks } = s
  const chunk = tasks.firstOutput[task]
  const found: Array<number> = []
  let looked = 0
  for (let edge = chunks.firstUse[chunk]; edge !== NONE; edge = edges.nextUse[edge]) {
    if (++looked > LOOK_AT) return "many"
    if (tasks.status[edges.task[edge]] === RUNNING) found.push(edges.task[edge])
  }
  return found
}

/**
 * Leaves those behind which others were sent that do not come along: these would have to be sent again, and what was
 * sent behind them, and so on.
 */
const leaveTied = (s: State, taken: Set<number>): void => {
  const { chunks, edges, tasks } = s
  const left: Array<number> = []
  for (const task of taken) {
    const behind = followers(s, task)
    if (behind === "many" || behind.some((other) => !taken.has(other))) left.push(task)
  }
  for (let task = left.pop(); task !== undefined; task = left.pop()) {
    if (!taken.delete(task)) continue
    const behind = followers(s, task)
    if (behind !== "many") left.push(...behind)
    for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
      const producer = chunks.producer[edges.chunk[edge]]
      if (producer !== NONE && taken.has(producer)) left.push(producer)
    }
  }
}

/** Takes backlog back for workers that have nothing. `sentBefore`: attempts with lower numbers are there by now. */
export const takeBack = (s: State, sentBefore: number): void => {
  for (const w of s.alive) if (w.sent === 0 && w.ahead > 0 && !w.leaving) takeBackFor(s, w, sentBefore)
}
