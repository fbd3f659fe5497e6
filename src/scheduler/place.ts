// Who runs what: hands ready tasks to workers with room, near their inputs first, then by priority and order, a short
// stretch of work at a time so that backlogs stay even. What was sent is taken back by takeBack.ts.
// Order within a graph is depth first (the lowering numbers it so), so that intermediate results are freed early.
import { begins, fits, madeAt, pin, send } from "./attempt.ts"
import { relieve, usage } from "./evict.ts"
import { mayFollow, pullOf } from "./follow.ts"
import { admit, estimate, isAway, isHeavy } from "./memory.ts"
import { isRoot } from "./ready.ts"
import type { ReadyQueue } from "./ReadyQueue.ts"
import { hasLeft } from "./release.ts"
import type { State, Worker } from "./State.ts"
import { isStuck, sameKind, takeBack, TINY_MS } from "./takeBack.ts"
import { NONE, READY, WAITING } from "./TaskTable.ts"

/** The most attempts that a worker is given ahead. */
const MOST_AHEAD = 4096
/** ms by which what is known of one worker may be older than what is known of another. */
const SPREAD_MS = 1
/** ms of work that are handed out before the next worker has its turn. */
const STRETCH_MS = 0.25
/**
 * Share of the budget up to which a worker is sent one task ahead that takes much. Measured on a shuffle of 4 times the
 * budget: at 0.6 workers wait longer for their next task, at 0.9 longer for room.
 */
const HEAVY_AHEAD_BELOW = 0.75
/** How many places in the order tasks whose inputs are in memory may go before one that must read its own from disk. */
const SPARE_READING = 4096
/** Ready tasks looked at past one that memory does not admit. */
const LOOK_PAST = 16

/** One that still runs what nobody wants may have to be replaced: what is sent to it would wait, perhaps for long. */
const isHeldUp = (w: Worker): boolean => w.leaving || isStuck(w) || (w.ahead > 0 && w.ghosts.size > w.ending.size)

const hasRoom = (w: Worker): boolean => {
  if (isHeldUp(w)) return false
  const slots = w.capacity[0]
  if (w.ahead === 0) return w.sent < slots
  return w.sent <= slots || (w.expected < w.ahead && w.sent < MOST_AHEAD)
}

/** Workers without work among those that `leastLoaded` has just compared. */
let workless = 0

/** Of workers with equally little to do, the one goes first that has tasks near it: else another would take them. */
const isBefore = (a: Worker, b: Worker, tiny: boolean): boolean => {
  // Tasks that take less time than it takes to send them: one worker can keep up, and their inputs are there.
  if (tiny) return a.sent > b.sent
  if (a.expected !== b.expected) return a.expected < b.expected
  if (a.sent !== b.sent) return a.sent < b.sent
  return a.near.size > 0 && b.near.size === 0
}

const leastLoaded = (s: State): Worker | undefined => {
  let best: Worker | undefined
  workless = 0
  for (const w of s.alive) {
    if (w.closed || !hasRoom(w)) continue
    if (w.sent === 0) workless++
    if (best === undefined || isBefore(w, best, s.tiny)) best = w
  }
  return best
}

interface Choice {
  task: number
  from: ReadyQueue | undefined
}

const choice: Choice = { task: NONE, from: undefined }

const consider = (s: State, queue: ReadyQueue): void => {
  if (queue.size === 0) return
  const task = queue.peek()
  if (task === NONE) return
  const { order, taskClass } = s.tasks
  if (choice.task !== NONE) {
    const mine = s.classes[taskClass[choice.task]].priority
    const other = s.classes[taskClass[task]].priority
    if (other < mine || (other === mine && order[task] > order[choice.task])) return
  }
  choice.task = task
  choice.from = queue
}

/** Instead of what was chosen one that must read its inputs, if it goes much before in the order, or before a root. */
const considerDistant = (s: State, queue: ReadyQueue): void => {
  const task = queue.peek()
  if (task === NONE) return
  const { order, taskClass } = s.tasks
  if (choice.task !== NONE) {
    const mine = s.classes[taskClass[choice.task]].priority
    const other = s.classes[taskClass[task]].priority
    const spared = isRoot(s, choice.task) ? 0 : SPARE_READING
    if (other < mine || (other === mine && order[task] + spared > order[choice.task])) return
  }
  choice.task = task
  choice.from = queue
}

/**
 * The best task for a worker: one whose inputs were fetched for it; its own near ones, those near nobody, roots; or else
 * one that is near a busy worker.
 */
const choose = (s: State, w: Worker): Choice => {
  choice.task = NONE
  choice.from = undefined
  if (s.admitted.size > 0) {
    for (const where of w.accepts) consider(s, s.fetched[where])
    if (choice.task !== NONE) return choice
  }
  consider(s, w.near)
  if (w.expected < w.ahead) consider(s, w.behind)
  for (const where of w.accepts) {
    consider(s, s.inner[where])
    consider(s, s.roots[where])
  }
  for (const where of w.accepts) if (s.distant[where].size > 0) considerDistant(s, s.distant[where])
  if (choice.task !== NONE || s.alive.length === 1) return choice
  let most = 0
  for (const other of s.alive) {
    if (other === w || other.near.size <= most || !sameKind(other, w)) continue
    // One that has room takes them itself, unless this one has nothing at all.
    if (w.sent > 0 && hasRoom(other)) continue
    const task = other.near.peek()
    if (task === NONE) continue
    most = other.near.size
    choice.task = task
    choice.from = other.near
  }
  return choice
}

/**
 * The worker that can begin a task first, among those that could have its inputs; of equal ones, that which makes the
 * most of these.
 */
const earliest = (s: State, by: Worker, task: number): Worker => {
  const { where } = s.classes[s.tasks.taskClass[task]]
  const made = madeAt(s, task)
  let best = by
  let first = begins(s, by, made)
  pullOf(s, task)
  for (const w of s.alive) {
    if (w === by || w.follows !== "shared" || isHeldUp(w) || !w.accepts.includes(where)) continue
    const then = begins(s, w, made)
    if (then > first || (then === first && !isBetter(w, best))) continue
    best = w
    first = then
  }
  for (const w of s.alive) w.pull = 0
  return best
}

/** Of workers that could begin a task at the same time, the one that makes its inputs, unless it has more to do. */
const isBetter = (w: Worker, than: Worker): boolean =>
  w.pull > than.pull ? w.expected <= than.expected + SPREAD_MS : w.expected + SPREAD_MS < than.expected

const dispatch = (s: State, w: Worker, task: number): void => {
  if (s.admitted.delete(task)) pin(s, task, -1)
  send(s, w, task, estimate(s, task))
  s.tiny = s.tasks.expected[task] < TINY_MS
}

/**
 * Sends tasks although the best one cannot be sent, until `until` ms are expected: those with inputs if memory does not
 * admit that (consumers make room), any if the worker lacks a resource; if the worker has nothing, also those near busy
 * ones. True if something has changed.
 */
const lookPast = (s: State, w: Worker, roots: boolean, until: number): boolean => {
  const queues = [w.near, ...w.accepts.map((where) => s.inner[where])]
  if (roots) queues.push(...w.accepts.map((where) => s.roots[where]))
  // Sent to the busy worker that they are near, they would be taken back for this one at once, and go there again.
  if (w.sent === 0) { for (const other of s.alive) if (other !== w && sameKind(other, w)) queues.push(other.near) }
  let some = false
  for (const queue of queues) {
    for (const task of queue.some(LOOK_PAST)) {
      // A task may be in the list twice, and has ceased to be ready if it is being fetched by now.
      if (s.tasks.status[task] !== READY || !fits(s, w, task)) continue
      const admission = admit(s, task, false)
      if (admission === "failed") return true
      if (admission !== "yes") continue
      dispatch(s, w, task)
      some = true
      if (w.expected >= until || !hasRoom(w)) return true
    }
  }
  return some
}

const isAhead = (w: Worker): boolean => w.ahead > 0 && w.sent >= w.capacity[0]

/** So much memory is left that a worker may be sent one task ahead that takes much. */
const isCalm = (s: State): boolean => usage(s) < s.memory.budget * HEAVY_AHEAD_BELOW

/** A task that must read its inputs goes to where it waits until there are fewer that need not. */
const putOff = (s: State, task: number, from: ReadyQueue): boolean => {
  const { priority, where } = s.classes[s.tasks.taskClass[task]]
  if (from === s.distant[where]) return false
  from.shift()
  s.distant[where].push(task, priority)
  return true
}

/** Gives a worker a stretch of work, a single task if others have none; false if it got none. */
const fill = (s: State, w: Worker): boolean => {
  const until = w.expected + (workless > 1 && !s.tiny ? 0 : STRETCH_MS)
  let some = false
  do {
    const { from, task } = choose(s, w)
    if (task === NONE || from === undefined) return some
    if (s.tasks.status[task] === WAITING) {
      const to = w.follows === "shared" && !s.tiny ? earliest(s, w, task) : w
      // That one's turn will come; others have enough to do until then.
      if (to !== w && w.expected >= SPREAD_MS && !(to.expected < to.ahead + SPREAD_MS)) return some
      from.shift()
      some = true
      if (!fits(s, to, task) || !mayFollow(s, to, task)) continue
      dispatch(s, to, task)
      // The next one may be better off elsewhere.
      if (w.follows === "shared" && !s.tiny) return true
      continue
    }
    const reads = s.memory.away > 0 && isAway(s, task)
    if (reads && putOff(s, task, from)) {
      some = true
      continue
    }
    if (!fits(s, w, task)) return lookPast(s, w, true, until) || some
    if (!reads && isAhead(w) && isHeavy(s, task) && !(w.sent === w.capacity[0] && isCalm(s))) return some
    const admission = admit(s, task, false)
    if (admission === "no") return lookPast(s, w, false, until) || some
    from.shift()
    some = true
    if (admission === "yes") dispatch(s, w, task)
  } while (w.expected < until && hasRoom(w))
  return some
}

/** Sends the best task for a worker over the budget, or fetches its inputs; false if there is none. */
const overdraw = (s: State, w: Worker): boolean => {
  for (;;) {
    const { from, task } = choose(s, w)
    if (task === NONE || from === undefined || !fits(s, w, task)) return false
    const ordered = s.out.restores.length
    const admission = admit(s, task, true)
    // What is being written out for it makes room.
    if (admission === "no") return true
    from.shift()
    if (admission !== "failed") s.memory.overdrafts++
    // It may only wait for what is computed anew: then that is what must go on.
    if (admission !== "yes" && s.out.restores.length === ordered) continue
    if (admission === "yes") dispatch(s, w, task)
    return true
  }
}

/** When nothing runs, moves or can be admitted, one task runs over the budget: otherwise nothing ever would. */
const overdraft = (s: State): void => {
  if (s.memory.spilling > 0 || s.memory.restoring > 0 || hasLeft(s)) return
  for (const w of s.alive) if (w.sent > 0) return
  for (const w of s.alive) if (hasRoom(w) && overdraw(s, w)) return
}

/** Sends what can be sent. */
export const place = (s: State): void => {
  const sentBefore = s.nextAttempt
  for (const w of s.alive) w.closed = false
  for (;;) {
    const w = leastLoaded(s)
    if (w === undefined) break
    if (!fill(s, w)) w.closed = true
  }
  overdraft(s)
  if (s.alive.length > 1) takeBack(s, sentBefore)
  relieve(s)
  s.reading.clear()
}
