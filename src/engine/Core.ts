// What one engine owns: the scheduler's state, the values, which node each task is, what is wished and why tasks
// failed. Synchronous; only the loop fiber and what it performs write to it. Nothing is decided here.
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Entry } from "../chunk/Entry.ts"
import type { MemoryStore } from "../chunk/MemoryStore.ts"
import type { DelayedNode } from "../graph/Delayed.ts"
import { StoreFull } from "../graph/errors.ts"
import type { ProcessorLost } from "../graph/errors.ts"
import { Chains, StandInNode } from "../graph/fuse.ts"
import { label, labels } from "../graph/lower.ts"
import type { TaskFunctionEntry } from "../graph/TaskFunction.ts"
import { registeredModule } from "../graph/TaskModule.ts"
import type { Template } from "../graph/Template.ts"
import type { Processor, Running, Source } from "../processor/Processor.ts"
import { LIVE } from "../scheduler/ChunkTable.ts"
import { capacityFor, grown } from "../scheduler/columns.ts"
import { type Event, FIRST_CLASS, type TaskClass } from "../scheduler/Event.ts"
import { makeState, type State } from "../scheduler/State.ts"
import { apply } from "../scheduler/step.ts"
import { FREE } from "../scheduler/TaskTable.ts"
import { Cache } from "./Cache.ts"
import type { Checkpoints } from "./Checkpoints.ts"
import type { Failure, Fault } from "./Failure.ts"
import { Ids } from "./Ids.ts"
import type { Journal } from "./Journal.ts"
import type { Retry } from "./retry.ts"
import { sourceOf } from "./source.ts"
import type { Submission } from "./submission.ts"
import type { Wish } from "./Wish.ts"

let engines = 0

/** The state of one engine. */
export class Core {
  /** a number that no other engine of this process has */
  readonly id = ++engines
  readonly store: MemoryStore
  readonly journal: Journal
  readonly state: State
  readonly source: Source
  /** chains of tasks that are merged; undefined: nothing is */
  readonly chains: Chains | undefined
  readonly taskIds = new Ids()
  readonly chunkIds = new Ids()
  /** by task id: what it is, or the wish that it stands for */
  readonly nodes: Array<DelayedNode | Wish | undefined> = []
  /** arguments that were prepared for sending, and services of closures, by task id */
  readonly prepared = new Map<number, ReadonlyArray<unknown>>()
  readonly contexts = new Map<number, Context.Context<never>>()
  /** why tasks failed, and what is known of a failure that the scheduler has not heard of yet */
  readonly failures = new Map<number, Failure>()
  readonly faults = new Map<number, Fault>()
  /** how tasks with a Schedule are to be tried again, by task id */
  readonly retries = new Map<number, Retry>()
  /** attempts of tasks that were tried again, by task id */
  readonly attempts = new Map<number, number>()
  /** what stops the timer of a running attempt with a timeout, by task id */
  readonly timeouts = new Map<number, { readonly attempt: number; readonly stop: () => void }>()
  /** tasks that may have been what a worker died of */
  readonly suspects = new Set<number>()
  /** what is to be known of results in another process, by task id; and who sees to it */
  readonly keyed = new Map<number, string>()
  checkpoints: Checkpoints | undefined = undefined
  readonly cache = new Cache(this)
  /** what stops the timer of a task that is to be tried again, by task id */
  readonly delays = new Map<number, () => void>()
  /** what is known of the last worker that was lost */
  lastLoss: Fault = {}
  /** why there are no workers any more */
  givenUp: ProcessorLost | undefined = undefined
  readonly running = new Map<number, Running>()
  /** large input values that are chunks already */
  readonly large = new WeakMap<object, { readonly chunk: number; readonly entry: Entry }>()
  readonly processors = new Map<number, Processor>()
  /** submissions that are not complete, in the order in which they came */
  readonly submissions: Array<Submission> = []
  /** what waits for submissions that came before it: those whose wish's serial number is between these two */
  private readonly behind: Array<{ readonly from: number; readonly until: number; readonly call: () => void }> = []
  /** what is to be called when the turn is over: users' code runs there, never in the middle of it */
  readonly afterTurn: Array<() => void> = []
  private firstChunk = new Int32Array(0)
  private readonly otherChunks = new Map<number, Array<number>>()
  private events: Array<Event> = []
  /** classes that the scheduler has not been told of */
  private newClasses: Array<TaskClass> = []
  private readonly classes = new Map<string, number>()
  private nextClass = FIRST_CLASS
  /** tasks submitted, finished, and failed so far */
  submitted = 0
  settled = 0
  failed = 0
  /** why nothing can be asked of it any more */
  closed: string | undefined = undefined
  /** called when it is closed */
  readonly whenClosed = new Set<() => void>()

  constructor(store: MemoryStore, journal: Journal, fuse: boolean) {
    this.store = store
    this.chains = fuse ? new Chains((fn) => this.meet(fn)) : undefined
    this.journal = journal
    this.state = makeState({ budget: store.budget })
    this.source = sourceOf(this)
  }

  /** The node of a task. */
  node(task: number): DelayedNode {
    return this.nodes[task] as DelayedNode
  }

  /** The name by which people know a task, or a member of its chain. */
  nameOf(task: number, member = -1): string {
    const node = this.nodes[task]
    if (node === undefined) return `#${task}`
    if (!("template" in node)) return "(wish)"
    return member < 0 ? label(node) : labels(node)[member] ?? label(node)
  }

  /** The names of a task's members; a single task is one. */
  membersOf(task: number): ReadonlyArray<string> {
    return labels(this.node(task))
  }

  /** Learns the classes that a function's values may be made of; false if they contradict others, as each task will say. */
  private meet({ url }: TaskFunctionEntry): boolean {
    try {
      this.store.crossing.add(registeredModule(url)?.schemas ?? [])
      return true
    } catch {
      return false
    }
  }

  /** Whether this engine has a node as a task, by itself or as what another stands for. */
  isAlive(node: DelayedNode): boolean {
    if (node.engine !== this.id) return false
    const held = this.nodes[node.task]
    return held === node || held instanceof StandInNode && held.last === node
  }

  /** A new chunk for output `index` of a task. */
  openChunk(task: number, index: number): number {
    const chunk = this.chunkIds.take()
    if (task >= this.firstChunk.length) {
      this.firstChunk = grown(this.firstChunk, capacityFor(this.firstChunk.length, task + 1))
    }
    if (index === 0) this.firstChunk[task] = chunk
    else {
      const others = this.otherChunks.get(task)
      if (others === undefined) this.otherChunks.set(task, [chunk])
      else others.push(chunk)
    }
    return chunk
  }

  /** The chunk of output `index` of a task. */
  chunkOf(task: number, index: number): number {
    return index === 0 ? this.firstChunk[task] : this.otherChunks.get(task)![index - 1]
  }

  /** Whether output `index` of a task is there or to come: each of several is released alone. */
  hasOutput(task: number, index: number): boolean {
    const { chunks, tasks } = this.state
    if (task >= tasks.capacity || tasks.status[task] === FREE) return true
    const chunk = this.chunkOf(task, index)
    return (chunks.flags[chunk] & LIVE) !== 0 && chunks.producer[chunk] === task
  }

  /** Tells the scheduler what has happened; what it orders is performed at the end of the turn. */
  tell(event: Event): void {
    this.events.push(event)
    if (event._tag === "finished") this.settled += event.tasks.length
    apply(this.state, event)
  }

  /** The events of this turn. */
  takeEvents(): ReadonlyArray<Event> {
    const events = this.events
    this.events = []
    return events
  }

  /** The class of a template. */
  classOf(template: Template): number {
    if (template.engine === this.id) return template.taskClass
    let id = this.classes.get(template.key)
    if (id === undefined) {
      const { bytes, cache, name, persist, priority, rerun, timeout } = template.options
      if (bytes > this.store.budget) {
        throw new StoreFull({ task: name ?? template.fn.name, needed: bytes, budget: this.store.budget })
      }
      id = this.nextClass++
      this.classes.set(template.key, id)
      this.newClasses.push({
        id,
        where: template.fn.kind === "closure" ? "here" : "module",
        priority,
        outputs: template.outputs === 0 ? 1 : template.outputs,
        bytes,
        timeout,
        persist: persist && cache ? "when made" : persist,
        rerun,
        early: template.fn.kind !== "closure" && !template.options.meta,
        handsOver: template.outputs === 0 && !template.options.getResult,
        demand: [1]
      })
    }
    template.engine = this.id
    template.taskClass = id
    return id
  }

  /** Runs something of this engine's, unless it is closed. */
  open<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() => this.closed === undefined ? effect : Effect.die(new Error(this.closed)))
  }

  /**
   * Calls `call` when no submission is pending that came before now and after `from`, the serial number of a wish: until
   * then it may still refer to what the wish is for. Only in a turn.
   */
  afterSubmissions(from: number, call: () => void): void {
    const until = this.submissions[this.submissions.length - 1]?.wish.serial ?? -1
    if (until < from) call()
    else this.behind.push({ from, until, call })
  }

  /** Calls what has waited for submissions that are complete now. */
  callBehind(): void {
    for (let i = 0; i < this.behind.length;) {
      const { call, from, until } = this.behind[i]
      if (this.submissions.some(({ wish }) => from <= wish.serial && wish.serial <= until)) i++
      else {
        this.behind.splice(i, 1)
        call()
      }
    }
  }

  /** Stops the timer of a task's attempt if that is over. */
  stopTimeout(task: number): void {
    const timeout = this.timeouts.get(task)
    if (timeout === undefined || this.state.tasks.attempt[task] === timeout.attempt) return
    this.timeouts.delete(task)
    timeout.stop()
  }

  private stopDelay(task: number): void {
    const stop = this.delays.get(task)
    this.delays.delete(task)
    stop?.()
  }

  /** Ends everything that is waited for: the engine is closed. */
  close(): void {
    this.die("the engine is closed: its Scope has ended")
  }

  /** Ends everything that is waited for, with a defect that says why. */
  die(why: string): void {
    if (this.closed !== undefined) return
    this.closed = why
    const fault = { error: undefined, cause: Cause.die(new Error(why)), typed: true }
    const fail = (wish: Wish): void => {
      if (wish.status !== "pending") return
      wish.failure = { name: "the engine", via: undefined, reason: "error", fault }
      wish.become("failed")
    }
    for (const over of this.whenClosed) over()
    for (const { wish } of this.submissions) fail(wish)
    for (const node of this.nodes) if (node !== undefined && "watch" in node) fail(node)
  }

  /** Forgets a task that the scheduler has released. */
  forget(task: number): void {
    if (this.cache.size > 0) this.cache.forget(task)
    this.nodes[task] = undefined
    if (this.otherChunks.size > 0) this.otherChunks.delete(task)
    if (this.timeouts.size > 0) this.stopTimeout(task)
    if (this.delays.size > 0) this.stopDelay(task)
    if (this.prepared.size > 0) this.prepared.delete(task)
    if (this.contexts.size > 0) this.contexts.delete(task)
    if (this.failures.size > 0) this.failures.delete(task)
    if (this.faults.size > 0) this.faults.delete(task)
    if (this.retries.size > 0) this.retries.delete(task)
    if (this.attempts.size > 0) this.attempts.delete(task)
    if (this.suspects.size > 0) this.suspects.delete(task)
    if (this.keyed.size > 0) this.keyed.delete(task)
    this.taskIds.release(task)
  }

  /** Classes that were defined since the last call. */
  takeClasses(): ReadonlyArray<TaskClass> {
    if (this.newClasses.length === 0) return []
    const classes = this.newClasses
    this.newClasses = []
    return classes
  }
}
