// What processors tell, turned into events. Each report waits in the inbox for its turn and is checked there: news of
// an attempt that no longer counts is dropped, with the values that came with it.
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Entry } from "../chunk/Entry.ts"
import { ArenaFull, type MemoryStore } from "../chunk/MemoryStore.ts"
import { isA } from "../chunk/written.ts"
import { stackOf } from "../graph/causes.ts"
import { OutputNode } from "../graph/Delayed.ts"
import { NotTransferable, ProcessorLost, StoreFull } from "../graph/errors.ts"
import { handlePlace } from "../graph/input.ts"
import type { Failed, Finished, Host } from "../processor/Processor.ts"
import { isCurrent } from "../scheduler/attempt.ts"
import type { Where } from "../scheduler/Event.ts"
import type { Exit } from "../transport/Transport.ts"
import type { Core } from "./Core.ts"
import type { Fault } from "./Failure.ts"
import { ChunkHandle } from "./handles.ts"
import { loadFunction } from "./load.ts"
import type { ModuleServices } from "./ModuleServices.ts"
import type { Nested } from "./nested.ts"
import { askRetry, inputOf } from "./retry.ts"
import type { Rooms } from "./Rooms.ts"
import { placeOf } from "./submission.ts"
import type { Wishes } from "./wishes.ts"

/** What the engine's shell offers to hosts. */
export interface Shell {
  readonly core: Core
  readonly rooms: Rooms
  readonly context: Context.Context<never>
  readonly services: ModuleServices
  readonly wishes: Wishes
  readonly nested: Nested
  /** stores a value, with a wish of its own */
  readonly put: (value: unknown) => ChunkHandle
  /** starts another processor in the place of one that ended; returns what nobody will run any more */
  readonly replace: (worker: number, exit: Exit & { readonly started: boolean }) => ReadonlyArray<Where>
  /** puts something into the inbox, to be done in a later turn */
  readonly later: (f: () => void) => void
  readonly stray: (text: string, task: number) => void
  readonly line: (stream: "stdout" | "stderr", text: string) => void
}

/** Frees the bytes of values that nobody will have. */
const discard = (store: MemoryStore, value: unknown): void => {
  if (value instanceof Entry) store.evict(value)
}

/** Which attempt of its task this is, from 1. */
const ordinal = (core: Core, task: number): number => (core.attempts.get(task) ?? 0) + 1

const heldInside = (task: string, place: string): NotTransferable =>
  new NotTransferable({
    path: `result of "${task}": ${place}`,
    reason: "a handle is good only while its task runs: return the Chunk by itself, or a value"
  })

/** The name of the task that made a task's result. */
const lastName = (core: Core, task: number): string => core.membersOf(task).at(-1)!

/** The form in which the store holds a result of this thread; a task whose result cannot be held has failed. */
const packed = (shell: Shell, worker: number, batch: Finished, i: number, value: unknown): unknown => {
  const { core } = shell
  const { store } = core
  const [task, attempt] = [batch.tasks[i], batch.attempts[i]]
  // Of the engine's own, such as those that read a checkpoint.
  if (value instanceof Entry) return value
  try {
    if (isA(value, ChunkHandle) && value.engine === core.id && value.lease !== undefined) {
      return store.share(value.chunk)
    }
    const { getResult, meta } = core.node(task).template.options
    const place = meta ? handlePlace(value) : undefined
    if (place !== undefined) throw heldInside(lastName(core, task), place)
    return getResult ? store.keep(value) : store.pack(value, true, "result")
  } catch (thrown) {
    const error = isA(thrown, NotTransferable)
      ? thrown
      : isA(thrown, ArenaFull)
      ? new StoreFull({ task: lastName(core, task), needed: thrown.needed, budget: store.budget })
      : undefined
    const cause = error === undefined ? Cause.die(thrown) : undefined
    failed(shell, worker, {
      task,
      attempt,
      member: core.membersOf(task).length - 1,
      cause,
      error,
      typed: error !== undefined,
      retryable: false,
      stack: stackOf(thrown)
    })
    return undefined
  }
}

/** What is computed anew rather than written out is told so before the scheduler hears of it. */
const setOrigin = (core: Core, task: number, index: number, held: unknown): void => {
  const recipe = core.cache.recipeOf(task)
  if (recipe === undefined || !(held instanceof Entry)) return
  held.origin ??= recipe.template.outputs === 0 ? recipe : new OutputNode(recipe, index)
}

const finished = (shell: Shell, worker: number, batch: Finished): void => {
  const { core } = shell
  const { state, store } = core
  const bytes: Array<number> = []
  const places: Array<number> = []
  let value = 0
  for (let i = 0; i < batch.tasks.length; i++) {
    const task = batch.tasks[i]
    const until = value + (batch.outputs === undefined ? 1 : batch.outputs[i])
    const current = isCurrent(state, task, batch.attempts[i])
    for (let index = 0; value < until; value++, index++) {
      let held = batch.values[value]
      if (!current) {
        discard(store, held)
        bytes.push(0)
        places.push(0)
        continue
      }
      if (!batch.held) held = packed(shell, worker, batch, i, held)
      if (core.cache.size > 0) setOrigin(core, task, index, held)
      bytes.push(store.set(core.chunkOf(task, index), held))
      places.push(placeOf(held))
      if (core.keyed.size > 0) core.checkpoints!.save(task, index, held)
    }
  }
  core.tell({
    _tag: "finished",
    worker,
    tasks: batch.tasks,
    attempts: batch.attempts,
    outputs: batch.outputs ?? ones(batch.tasks.length),
    bytes,
    places,
    durations: batch.durations
  })
  if (core.timeouts.size > 0) { for (const task of batch.tasks) core.stopTimeout(task) }
}

let allOnes = new Uint8Array(4096).fill(1)

/** A column of at least `length` ones. */
const ones = (length: number): Uint8Array => {
  if (allOnes.length < length) allOnes = new Uint8Array(length * 2).fill(1)
  return allOnes
}

/** An attempt failed: what is known of it is kept until the scheduler decides what that means. */
const failed = (shell: Shell, worker: number, report: Failed): void => {
  const { core } = shell
  const { attempt, task } = report
  const tell = (retryAfter: number): void => {
    core.tell({ _tag: "failed", worker, task, attempt, reason: "error", retryAfter })
    core.stopTimeout(task)
  }
  if (!isCurrent(core.state, task, attempt)) return tell(-1)
  const fault: Fault = {
    member: report.member ?? -1,
    cause: report.cause,
    error: report.error,
    typed: report.typed,
    stack: report.stack,
    processor: nameOfWorker(core, worker),
    attempt: ordinal(core, task)
  }
  core.faults.set(task, fault)
  const { retry } = core.node(task).template.options
  if (retry === undefined || !report.retryable) return tell(-1)
  const error = report.cause === undefined ? report.error : inputOf(report.cause)
  askRetry(core, shell.context, task, error, (ms) =>
    shell.later(() => {
      if (ms >= 0) core.attempts.set(task, ordinal(core, task))
      tell(ms)
    }))
}

/** The name by which people know a worker. */
export const nameOfWorker = (core: Core, worker: number): string =>
  `${core.processors.get(worker)?.kind ?? "processor"} ${worker}`

/** A processor has ended: what is known of it goes to the tasks that it was running. */
const lost = (
  shell: Shell,
  worker: number,
  exit: Exit,
  claimed: ReadonlyArray<number>,
  log: ReadonlyArray<string>
): void => {
  const { core } = shell
  const { tasks, workers } = core.state
  const fault = { exit, log, processor: nameOfWorker(core, worker) }
  const begun = new Set(claimed)
  for (const task of workers.get(worker)?.list.all() ?? []) {
    if (begun.has(tasks.attempt[task])) core.faults.set(task, fault)
  }
  core.lastLoss = fault
  core.running.delete(worker)
  shell.rooms.forget(worker)
  shell.nested.forget(worker)
}

const givenUp = (kind: string, exit: Exit, log: ReadonlyArray<string>): ProcessorLost => {
  const reason = `none could be started, several times in a row: ${exit.reason || "it ended at once"}`
  return new ProcessorLost({ processor: kind, exitCode: exit.exitCode, signal: null, reason, log })
}

/** The host of one processor. */
export const hostOf = (shell: Shell, worker: number): Host => {
  const { core, later } = shell
  const { store, source } = core
  const processor = core.processors.get(worker)!
  return {
    worker,
    store,
    source,
    isCurrent: (task, attempt) => isCurrent(core.state, task, attempt),
    suspect: (task) => void core.suspects.add(task),
    isSuspect: (task) => core.suspects.has(task),
    handleOf: (chunk, task) => {
      const handle = new ChunkHandle(core.id, chunk, core.state.chunks.bytes[chunk])
      handle.lease = { task, attempt: core.state.tasks.attempt[task] }
      return handle
    },
    solidified: (chunk) => {
      const held = store.get(chunk)
      later(() => {
        if (held instanceof Entry && store.get(chunk) === held) {
          core.tell({ _tag: "chunk moved", chunk, place: placeOf(held), bytes: held.bytes })
        }
      })
    },
    ownChunk: (result) =>
      result instanceof ChunkHandle && result.wish !== undefined && !result.released
        ? Effect.andThen(shell.wishes.wait(result.wish), shell.wishes.value(result.chunk))
        : undefined,
    bytesOf: (chunk) => core.state.chunks.bytes[chunk],
    nameOf: (task, member) => core.nameOf(task, member),
    load: loadFunction,
    served: (fn, effect) => shell.services.provide(fn, effect),
    contextOf: (task) => Context.merge(shell.context, core.source.context(task)),
    yielded: (task, attempt) => later(() => core.tell({ _tag: "yielded", worker, task, attempt })),
    resumed: (task, attempt) => later(() => core.tell({ _tag: "resumed", worker, task, attempt })),
    up: () =>
      later(() => {
        const { accepts, ahead, capacity, follows, kind } = processor
        core.tell({ _tag: "processor up", worker, kind, accepts, capacity, ahead, follows })
      }),
    finished: (batch) => later(() => finished(shell, worker, batch)),
    failed: (report) => later(() => failed(shell, worker, report)),
    claimed: (tasks, attempts) => later(() => core.tell({ _tag: "claimed", worker, tasks, attempts })),
    retracted: (tasks, attempts) => later(() => core.tell({ _tag: "retracted", worker, tasks, attempts })),
    kept: (tasks, attempts) => later(() => core.tell({ _tag: "kept", worker, tasks, attempts })),
    lost: (exit, claimed, log) =>
      later(() => {
        lost(shell, worker, exit, claimed, log)
        const stranded = shell.replace(worker, exit)
        if (stranded.length > 0) core.givenUp = givenUp(processor.kind, exit, log)
        core.tell({ _tag: "processor lost", worker, claimed, stranded })
      }),
    stray: shell.stray,
    line: shell.line,
    request: (request, answerer) => later(() => shell.nested.request(worker, request, answerer)),
    room: (bytes, ahead, grant) => later(() => shell.rooms.ask(worker, bytes, ahead, grant)),
    lend: (bytes) => shell.rooms.lend(bytes)
  }
}
