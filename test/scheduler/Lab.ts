// A scheduler under glass: graphs by names, events by names, and what was ordered by names. Ids are used again as the
// engine does it, and the invariants are checked after every step. Says nothing of what is right: the tests do.
import { assert } from "vitest"
import { Ids } from "../../src/engine/Ids.ts"
import { check } from "../../src/scheduler/check.ts"
import type { Command } from "../../src/scheduler/Command.ts"
import type { Event, Follows, Reason, TaskClass, Where } from "../../src/scheduler/Event.ts"
import { FIRST_CLASS, INLINE, WISH, WISH_EXIT } from "../../src/scheduler/Event.ts"
import { makeState } from "../../src/scheduler/State.ts"
import type { State } from "../../src/scheduler/State.ts"
import { step } from "../../src/scheduler/step.ts"
import { stateNames } from "../../src/scheduler/TaskTable.ts"

type ClassOptions = Partial<Omit<TaskClass, "id">>

/** A graph: inputs by task. An input is a task, `task:1` for its second output, or a given chunk. */
export type Graph = Record<string, ReadonlyArray<string>>

/** How a graph is submitted. */
export interface Submission {
  /** the name of the wish, and what it wants: all that nobody else uses if not said */
  readonly wish?: string
  readonly wants?: ReadonlyArray<string>
  readonly exits?: boolean
  /** options of all tasks, and of some */
  readonly all?: ClassOptions
  readonly of?: Record<string, ClassOptions>
  /** chunks that exist: bytes and place */
  readonly given?: Record<string, readonly [bytes: number, place: number]>
  readonly part?: "whole" | "more" | "last"
  readonly submission?: number
}

/** What a task makes. */
export interface Made {
  readonly bytes?: number | ReadonlyArray<number>
  readonly place?: number
  readonly ms?: number
}

type Of<Tag> = Extract<Command, { readonly _tag: Tag }>

/** A scheduler that is told of things by their names. */
export class Lab {
  readonly state: State
  /** every event so far, step by step, and what it caused */
  readonly journal: Array<{ readonly events: ReadonlyArray<Event>; readonly commands: ReadonlyArray<Command> }> = []
  /** what the last step ordered */
  commands: ReadonlyArray<Command> = []
  private readonly taskIds = new Ids()
  private readonly chunkIds = new Ids()
  private readonly tasks = new Map<string, number>()
  private readonly names = new Map<number, string>()
  private readonly chunks = new Map<string, number>()
  private readonly chunkNames = new Map<number, string>()
  private readonly classes = new Map<string, number>()
  private submissions = 1000

  constructor(options: { readonly budget?: number } = {}) {
    this.state = makeState({ budget: options.budget ?? Infinity })
  }

  /** Takes events in, one step. */
  tell(...events: ReadonlyArray<Event>): void {
    const commands = step(this.state, events, 0)
    assert.deepStrictEqual(check(this.state), [])
    this.journal.push({ events, commands })
    this.commands = commands
    for (const command of commands) if (command._tag === "release") this.forget(command)
  }

  private forget({ chunks, tasks }: Of<"release">): void {
    for (const task of tasks) {
      this.tasks.delete(this.names.get(task)!)
      this.taskIds.release(task)
    }
    for (const chunk of chunks) {
      this.chunks.delete(this.chunkNames.get(chunk)!)
      this.chunkIds.release(chunk)
    }
  }

  /** A processor comes; a thread with one slot and 8 ms ahead if not said otherwise. */
  up(
    worker: number,
    options: {
      readonly accepts?: ReadonlyArray<Where>
      readonly capacity?: ReadonlyArray<number>
      readonly ahead?: number
      readonly follows?: Follows
    } = {}
  ): void {
    const { accepts = ["module"], ahead = 8, capacity = [1], follows = "none" } = options
    this.tell({ _tag: "processor up", worker, kind: ahead > 0 ? "thread" : "fiber", accepts, capacity, ahead, follows })
  }

  private classOf(options: ClassOptions, defined: Array<TaskClass>): number {
    const key = JSON.stringify(options)
    let id = this.classes.get(key)
    if (id !== undefined) return id
    id = FIRST_CLASS + this.classes.size
    this.classes.set(key, id)
    defined.push({
      id,
      where: "module",
      priority: 0,
      outputs: 1,
      bytes: -1,
      timeout: -1,
      persist: false,
      rerun: true,
      early: true,
      handsOver: true,
      demand: [1],
      ...options
    })
    return id
  }

  private open(name: string, ids: Ids, byName: Map<string, number>, byId: Map<number, string>): number {
    assert.isFalse(byName.has(name), `${name} is there already`)
    const id = ids.take()
    byName.set(name, id)
    byId.set(id, name)
    return id
  }

  /** The event by which a graph is submitted; its tasks in the order in which they stand. */
  submitted(graph: Graph, how: Submission = {}): Event {
    const columns = {
      tasks: [] as Array<number>,
      classes: [] as Array<number>,
      starts: [0],
      chunks: [] as Array<number>,
      outputs: [] as Array<number>,
      stored: [] as Array<number>
    }
    const defined: Array<TaskClass> = []
    const unused = new Set<string>()
    for (const [name, [bytes, place]] of Object.entries(how.given ?? {})) {
      columns.stored.push(this.open(name, this.chunkIds, this.chunks, this.chunkNames), bytes, place)
    }
    const add = (name: string, taskClass: number, inputs: ReadonlyArray<string>): void => {
      columns.tasks.push(this.open(name, this.taskIds, this.tasks, this.names))
      columns.classes.push(taskClass)
      for (const input of inputs) columns.chunks.push(this.chunk(input))
      for (const input of inputs) unused.delete(input)
      columns.starts.push(columns.chunks.length)
    }
    for (const [name, inputs] of Object.entries(graph)) {
      const options = { ...how.all, ...how.of?.[name] }
      add(name, this.classOf(options, defined), inputs)
      for (let i = 0; i < (options.outputs ?? 1); i++) {
        const output = i === 0 ? name : `${name}:${i}`
        columns.outputs.push(this.open(output, this.chunkIds, this.chunks, this.chunkNames))
        unused.add(output)
      }
    }
    const { part = "whole" } = how
    if (part !== "more") add(how.wish ?? "wish", how.exits === true ? WISH_EXIT : WISH, how.wants ?? [...unused])
    return { _tag: "submitted", defined, ...columns, part, submission: how.submission ?? this.submissions++ }
  }

  /** Submits a graph, with a wish for what nobody in it uses. */
  submit(graph: Graph, how: Submission = {}): void {
    this.tell(this.submitted(graph, how))
  }

  /** The id of a task. */
  task(name: string): number {
    const task = this.tasks.get(name)
    assert.isDefined(task, `there is no task ${name}`)
    return task
  }

  /** The id of a chunk. */
  chunk(name: string): number {
    const chunk = this.chunks.get(name)
    assert.isDefined(chunk, `there is no chunk ${name}`)
    return chunk
  }

  /** The state of a task; "free" if it is gone. */
  is(name: string): string {
    const task = this.tasks.get(name)
    return task === undefined ? "free" : stateNames[this.state.tasks.status[task]]
  }

  /** Where and how a task runs. */
  at(name: string): { readonly worker: number; readonly task: number; readonly attempt: number } {
    const task = this.task(name)
    assert.strictEqual(this.is(name), "running")
    return { worker: this.state.tasks.worker[task], task, attempt: this.state.tasks.attempt[task] }
  }

  /** The report that tasks are finished, of the worker of the first. */
  finished(names: ReadonlyArray<string>, made: Made = {}): Event {
    const at = names.map((name) => this.at(name))
    const bytes: Array<number> = []
    const outputs = at.map(({ task }) => this.state.classes[this.state.tasks.taskClass[task]].outputs)
    for (const count of outputs) {
      for (let i = 0; i < count; i++) bytes.push(typeof made.bytes === "object" ? made.bytes[i] : made.bytes ?? 8)
    }
    return {
      _tag: "finished",
      worker: at[0].worker,
      tasks: at.map(({ task }) => task),
      attempts: at.map(({ attempt }) => attempt),
      outputs,
      bytes,
      places: bytes.map(() => made.place ?? INLINE),
      durations: names.map(() => made.ms ?? 1)
    }
  }

  /** Tasks finish. */
  finish(names: string | ReadonlyArray<string>, made: Made = {}): void {
    this.tell(this.finished(typeof names === "string" ? [names] : names, made))
  }

  /** The attempt of a task fails. */
  fail(name: string, retryAfter = -1, reason: Reason = "error"): void {
    this.tell({ _tag: "failed", ...this.at(name), reason, retryAfter })
  }

  /** Lets a processor run a task of a class, so that it is known how long they take. */
  learn(ms: number, options: ClassOptions = {}): void {
    this.submit({ lesson: [] }, { wish: "learn", all: options })
    this.finish("lesson", { ms })
    this.drop("learn")
  }

  /** Wishes, or tasks of a submission that was given up, are wanted no more. */
  drop(...names: ReadonlyArray<string>): void {
    this.tell({ _tag: "dropped", tasks: names.map((name) => this.task(name)) })
  }

  private find<Tag extends Command["_tag"]>(tag: Tag): Array<Of<Tag>> {
    return this.commands.filter((command): command is Of<Tag> => command._tag === tag)
  }

  private sent(tag: "run" | "interrupt" | "retract"): Array<string> {
    return this.find(tag).flatMap(({ tasks, worker }) => tasks.map((task) => `${this.names.get(task)}@${worker}`))
  }

  /** What the last step sent, `task@worker`. */
  ran(): Array<string> {
    return this.sent("run")
  }

  /** What it interrupted. */
  interrupted(): Array<string> {
    return this.sent("interrupt")
  }

  /** What it asked to be given back. */
  retracted(): Array<string> {
    return this.sent("retract")
  }

  /** Wishes that it settled. */
  settled(): Array<string> {
    return this.find("settle").flatMap(({ wishes }) => wishes.map((wish) => this.names.get(wish)!))
  }

  /** What it failed: `task: reason`, or `task < cause: reason`. */
  failed(): Array<string> {
    return this.find("fail").flatMap(({ reasons, tasks, via }) =>
      tasks.map((task, i) =>
        `${this.names.get(task)}${via[i] < 0 ? "" : ` < ${this.names.get(via[i])}`}: ${reasons[i]}`
      )
    )
  }

  /** Chunks that it ordered to be released, spilled, restored or dropped from memory, by name, sorted. */
  chunksOf(tag: "release" | "spill" | "restore" | "move"): Array<string> {
    return this.find(tag).flatMap(({ chunks }) => chunks.map((chunk) => this.chunkNames.get(chunk)!)).sort()
  }

  /** Timers that it started. */
  timers(): Array<Of<"after">> {
    return this.find("after")
  }
}
