// The scheduler's whole state: tables of tasks, chunks and edges, processors, queues, and what the current step orders.
// It is mutated in place by its one owner through `step`; nobody else writes here.
import { ChunkTable, EdgeTable } from "./ChunkTable.ts"
import type { Column, Follows, TaskClass, Where } from "./Event.ts"
import { Outbox } from "./Outbox.ts"
import { ReadyQueue } from "./ReadyQueue.ts"
import { SentList } from "./SentList.ts"
import { TaskTable, WAITING } from "./TaskTable.ts"

/** What was learnt of a class while it ran. */
export interface Learned {
  /** ms a task, a moving average; -1 before the first */
  duration: number
  /** the most bytes that one task has made; -1 before the first */
  bytes: number
  /** tasks that finished */
  finished: number
}

/** A processor as the scheduler sees it. */
export interface Worker {
  readonly id: number
  readonly kind: string
  readonly accepts: ReadonlyArray<Where>
  readonly capacity: ReadonlyArray<number>
  readonly ahead: number
  readonly follows: Follows
  /** resources in use, `slot` aside */
  readonly used: Array<number>
  /** attempts sent and not reported, suspended ones aside */
  sent: number
  /** ms of work in them, as far as known */
  expected: number
  /** when it will be done with all that it was sent, in ms of work, as `ends` has it */
  clock: number
  /** attempts that wait for others and have given their slot back */
  suspended: number
  /** attempts that are nobody's any more, until the worker reports them: attempt to ms expected */
  readonly ghosts: Map<number, number>
  /** those of them that have ended, as others have told; the report is on its way */
  readonly ending: Set<number>
  /** the attempts that it was sent and has not reported */
  readonly list: SentList
  /** asked to give work back and has not answered */
  retracting: boolean
  /** kept everything when last asked: not asked again before it reports */
  stubborn: boolean
  /** the oldest attempt of its list when it was found not to have moved for a while, or 0 */
  stuck: number
  leaving: boolean
  /** has nothing to take in the present pass of `place` */
  closed: boolean
  /** ready tasks whose inputs are near */
  readonly near: ReadyQueue
  /** tasks whose missing inputs are under way to it, or to others that it can have them from */
  readonly behind: ReadyQueue
  /** bytes of inputs that it made of the task for which a place is sought */
  pull: number
}

/** Where bytes are, and how many may be. */
export interface Memory {
  /** bytes that chunks may occupy in memory */
  budget: number
  /** bytes of chunks in memory */
  resident: number
  /** bytes promised to attempts that were sent */
  reserved: number
  /** bytes of chunks being written to disk, still counted as resident */
  spilling: number
  /** bytes being read back, not yet counted as resident */
  restoring: number
  /** chunks that are on disk only */
  away: number
  overdrafts: number
  /** bytes in use up to which there is nothing to write out ahead of need, as far as is known */
  vain: number
}

/** The state. */
export interface State {
  readonly tasks: TaskTable
  readonly chunks: ChunkTable
  readonly edges: EdgeTable
  readonly classes: Array<TaskClass>
  readonly learned: Array<Learned>
  readonly workers: Map<number, Worker>
  /** chunks in the arena that could be spilled */
  readonly evictable: Set<number>
  /** wishes that settled since the last step: whoever waits for them reads right after this one */
  readonly reading: Set<number>
  /** workers in the order in which work is offered to them */
  readonly alive: Array<Worker>
  /** what no processor will ever run any more */
  readonly stranded: Set<Where>
  /** ready tasks whose inputs were fetched for them, which they pin: they go first */
  readonly fetched: Record<Where, ReadyQueue>
  /** ready tasks without a place near their inputs: those with inputs, and those without (roots) */
  readonly inner: Record<Where, ReadyQueue>
  /** ready tasks that were found to have inputs on disk only: those that have theirs go before them */
  readonly distant: Record<Where, ReadyQueue>
  readonly roots: Record<Where, ReadyQueue>
  /** the latest of the workers' clocks; and when attempts will end by these, by attempt modulo its length */
  latest: number
  readonly ends: Float64Array
  /** tasks whose missing inputs are under way to workers that share their memory: any of these can run them */
  readonly behind: ReadyQueue
  readonly memory: Memory
  /** bytes reserved for running tasks, where there are any */
  readonly reservations: Map<number, number>
  /** attempts that wait for others */
  readonly yielded: Set<number>
  /** running tasks that have ended, because one that was sent behind them has */
  readonly handed: Set<number>
  /** bytes of the inputs of tasks that failed because these are more than the budget */
  readonly needs: Map<number, number>
  /** chunk -> tasks that wait for its restore; their inputs are pinned */
  readonly restores: Map<number, Array<number>>
  /** tasks that wait for restores of their inputs, which they pin */
  readonly fetching: Set<number>
  /** tasks whose inputs have just been restored: they go first, whatever memory says */
  readonly admitted: Set<number>
  readonly timers: Map<
    number,
    { readonly task: number; readonly attempt: number; readonly purpose: "retry" | "timeout" | "watch" }
  >
  /** what was sent last takes less time than it takes to send: one worker may be enough for it */
  tiny: boolean
  /** a timer runs that looks whether a backlog of tiny tasks is stuck */
  watching: boolean
  /** chunks of open submissions that nobody uses, yet or any more */
  readonly orphans: Array<number>
  /** wishes of open submissions, which want more: one more thing that they wait for */
  readonly linking: Set<number>
  /** chunks that may be unused, too many for one step, and wishes that were dropped and still have inputs */
  unswept: Array<number>
  /** how many are let go in one step */
  readonly atOnce: number
  readonly withdrawn: Array<number>
  /** while a slice is taken in: chunks that nobody uses, unless a task further on in it does */
  submitting: boolean
  readonly doubtful: Array<number>
  /** `order` of the first task of each open submission, and the least of them or Infinity */
  readonly open: Map<number, number>
  openSince: number
  nextOrder: number
  nextAttempt: number
  nextToken: number
  readonly out: Outbox
}

const wishClass = (id: number): TaskClass => ({
  id,
  where: "here",
  priority: 0,
  outputs: 0,
  bytes: -1,
  timeout: -1,
  persist: false,
  rerun: true,
  early: false,
  handsOver: false,
  demand: [0]
})

const emptyMemory = (budget: number): Memory => ({
  budget,
  resident: 0,
  reserved: 0,
  spilling: 0,
  restoring: 0,
  away: 0,
  overdrafts: 0,
  vain: 0
})

/** Chunks or inputs that are let go in one step, where nobody says otherwise. */
const AT_ONCE = 4096

/** Attempts of which it is noted when they will end: as many as are under way to a few workers. */
const ENDS = 8192

/** An empty state with a memory budget in bytes; `atOnce`: chunks or inputs that are let go in one step. */
export const makeState = (options: { readonly budget: number; readonly atOnce?: number }): State => {
  const tasks = new TaskTable()
  const queue = (): Record<Where, ReadyQueue> => ({ here: new ReadyQueue(tasks), module: new ReadyQueue(tasks) })
  return {
    tasks,
    chunks: new ChunkTable(),
    edges: new EdgeTable(),
    classes: [wishClass(0), wishClass(1)],
    learned: [0, 1].map(() => ({ duration: -1, bytes: -1, finished: 0 })),
    workers: new Map(),
    evictable: new Set(),
    reading: new Set(),
    stranded: new Set(),
    alive: [],
    fetched: queue(),
    inner: queue(),
    distant: queue(),
    roots: queue(),
    latest: 0,
    ends: new Float64Array(ENDS),
    behind: new ReadyQueue(tasks, WAITING),
    memory: emptyMemory(options.budget),
    reservations: new Map(),
    yielded: new Set(),
    handed: new Set(),
    needs: new Map(),
    restores: new Map(),
    fetching: new Set(),
    admitted: new Set(),
    timers: new Map(),
    tiny: false,
    watching: false,
    orphans: [],
    linking: new Set(),
    unswept: [],
    atOnce: options.atOnce ?? AT_ONCE,
    withdrawn: [],
    submitting: false,
    doubtful: [],
    open: new Map(),
    openSince: Infinity,
    nextOrder: 1,
    nextAttempt: 1,
    nextToken: 1,
    out: new Outbox()
  }
}

/** A new worker that has been sent nothing. */
export const makeWorker = (
  s: State,
  id: number,
  kind: string,
  accepts: ReadonlyArray<Where>,
  capacity: ReadonlyArray<number>,
  ahead: number,
  follows: Follows
): Worker => ({
  id,
  kind,
  accepts,
  capacity,
  ahead,
  follows,
  used: capacity.map(() => 0),
  sent: 0,
  expected: 0,
  clock: 0,
  suspended: 0,
  ghosts: new Map(),
  ending: new Set(),
  list: new SentList(),
  retracting: false,
  stubborn: false,
  stuck: 0,
  leaving: false,
  closed: false,
  near: new ReadyQueue(s.tasks),
  behind: follows === "shared" ? s.behind : new ReadyQueue(s.tasks, WAITING),
  pull: 0
})

/** Runs `f` for every element of a column. */
export const each = (column: Column, f: (id: number) => void): void => {
  for (let i = 0; i < column.length; i++) f(column[i])
}
