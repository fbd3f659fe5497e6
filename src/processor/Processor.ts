// The interface of a processor: where tasks run. The engine hands it batches of attempts and is told, in batches too,
// what became of them: exactly one report for every attempt, whatever happens. How to get at functions and arguments
// is the Source's; what a task means is the engine's.
import type * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { MemoryStore } from "../chunk/MemoryStore.ts"
import type { ResolvedOptions } from "../graph/options.ts"
import type { TaskFunctionEntry } from "../graph/TaskFunction.ts"
import type { Request } from "../transport/Message.ts"
import type { Exit } from "../transport/Transport.ts"

/** Takes a task's arguments one after the other. */
export interface ArgumentVisitor {
  /** a primitive, or (for closures) any value of this thread */
  readonly value: (value: unknown) => void
  /** a value that the codec wrote */
  readonly snapshot: (head: Uint8Array, buffers: ReadonlyArray<Uint8Array>) => void
  /** the value of a chunk */
  readonly chunk: (chunk: number) => void
  /** the chunk itself (`meta`) */
  readonly handle: (chunk: number) => void
  /** a list of so many members follows */
  readonly list: (length: number) => void
  /** a record of these keys follows, member by member */
  readonly record: (keys: ReadonlyArray<string>) => void
}

/** What a processor may know of tasks. */
export interface Source {
  readonly fn: (task: number) => TaskFunctionEntry
  readonly options: (task: number) => ResolvedOptions
  /** values that it makes */
  readonly outputs: (task: number) => number
  /** bytes that its output will probably take */
  readonly expected: (task: number) => number
  /** the task that is to make a chunk, if it is not there yet, or -1 */
  readonly makerOf: (chunk: number) => number
  /** a task's current attempt, and the worker to which it is under way */
  readonly attemptOf: (task: number) => number
  /** the worker to which that is under way */
  readonly workerOf: (task: number) => number
  /** how many uses a chunk has, as far as is known */
  readonly usesOf: (chunk: number) => number
  /** whether its value could be computed anew at any time */
  readonly isLasting: (task: number) => boolean
  /** whether other tasks use its value, as far as is known */
  readonly isUsed: (task: number) => boolean
  /** number of arguments; the visitor is told of each */
  readonly visit: (task: number, visitor: ArgumentVisitor) => number
  /** services for closures, from whoever collects */
  readonly context: (task: number) => Context.Context<never>
}

/** Finished attempts as columns. */
export interface Finished {
  readonly tasks: ReadonlyArray<number>
  readonly attempts: ReadonlyArray<number>
  /** ms */
  readonly durations: ReadonlyArray<number>
  /** values per task, or undefined: one each */
  readonly outputs: ReadonlyArray<number> | undefined
  /** in the order of the tasks: plain values and entries if `held`, else values of this thread */
  readonly values: ReadonlyArray<unknown>
  readonly held: boolean
}

/** An attempt that failed, with what is known of it. */
export interface Failed {
  readonly task: number
  readonly attempt: number
  /** which member of a chain failed; -1, or not there: none by itself */
  readonly member?: number
  /** `cause`: the function's own; `error`: Poniard's word on why it could not run */
  readonly cause: Cause.Cause<unknown> | undefined
  readonly error: object | undefined
  /** a failure in the error channel, as opposed to a throw */
  readonly typed: boolean
  /** whether `retry` applies */
  readonly retryable: boolean
  readonly stack: string
}

/** Where a processor tells its engine. All of it may be called at any time; nothing of it waits. */
export interface Host {
  readonly worker: number
  readonly store: MemoryStore
  readonly source: Source
  /** whether an attempt still counts */
  readonly isCurrent: (task: number, attempt: number) => boolean
  /** the task was under way to a worker that died, and it is not known whether it was to blame */
  readonly suspect: (task: number) => void
  readonly isSuspect: (task: number) => boolean
  /** a handle of a chunk, for a `meta` task on this thread, while it runs */
  readonly handleOf: (chunk: number, task: number) => unknown
  /** a value of this thread's heap has bytes in shared memory now */
  readonly solidified: (chunk: number) => void
  /** the value of a chunk that a task on this thread made itself, if that is what its result is */
  readonly ownChunk: (result: unknown) => Effect.Effect<unknown, unknown> | undefined
  /** the size of a chunk */
  readonly bytesOf: (chunk: number) => number
  /** the name by which people know a task, or a member of its chain */
  readonly nameOf: (task: number, member?: number) => string
  /** a function whose module is not imported on this thread */
  readonly load: (fn: TaskFunctionEntry) => Effect.Effect<Function>
  /** services for a task on this thread */
  readonly contextOf: (task: number) => Context.Context<never>
  /** an attempt on this thread waits for other tasks, or goes on */
  readonly yielded: (task: number, attempt: number) => void
  readonly resumed: (task: number, attempt: number) => void
  /** gives the Effect of a function of a task module the services of its layer */
  readonly served: <A, E>(fn: TaskFunctionEntry, effect: Effect.Effect<A, E, unknown>) => Effect.Effect<A, E, unknown>
  readonly up: () => void
  readonly finished: (batch: Finished) => void
  readonly failed: (failed: Failed) => void
  readonly claimed: (tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>) => void
  readonly retracted: (tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>) => void
  readonly kept: (tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>) => void
  /** it has ended; `claimed`: attempts that it had begun */
  readonly lost: (
    exit: Exit & { readonly started: boolean },
    claimed: ReadonlyArray<number>,
    log: ReadonlyArray<string>
  ) => void
  readonly stray: (text: string, task: number) => void
  readonly line: (stream: "stdout" | "stderr", text: string) => void
  readonly request: (request: Request, answer: Answerer) => void
  /** so many bytes of room are needed, and more would be good; `grant` is called once, with -1 if there are none */
  readonly room: (bytes: number, ahead: number, grant: (offset: number, bytes: number) => void) => void
  /** a slab for the bytes that a task is expected to need, so that its worker need not ask; -1: it will have to */
  readonly lend: (bytes: number) => number
}

/** How a request of a task is answered: a value, or the Cause of a failure. */
export interface Answerer {
  readonly value: (request: number, value: unknown) => void
  readonly failure: (request: number, cause: Cause.Cause<unknown>) => void
}

/** A processor that runs: commands to it. None of them waits. */
export interface Running {
  readonly run: (tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>) => void
  readonly interrupt: (tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>) => void
  readonly retract: (tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>) => void
}

/** A kind of processor. */
export interface Processor {
  readonly kind: string
  readonly accepts: ReadonlyArray<"here" | "module">
  readonly capacity: ReadonlyArray<number>
  /** ms of work that may be sent ahead */
  readonly ahead: number
  /**
   * Whether a task may be sent before inputs are there that this one makes itself ("own"), or also that any other of this
   * kind makes ("shared"). What cannot be had after all is given back, as retracted.
   */
  readonly follows: "none" | "own" | "shared"
  /** Starts one; it ends with the scope. */
  readonly start: (host: Host) => Effect.Effect<Running, never, Scope.Scope>
}
