// The errors of Poniard, all of them: what a task, a worker or the store can fail with, and what is refused at the call.
// Each has the fields that a program needs and a message that a person can act on. This is the one file of graph/ that
// loads Effect; light files throw through refuse.ts.
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import { describeCause, indent } from "./causes.ts"
import { ChunkLost, InputChanged, StorageFailed, StoreFull } from "./dataErrors.ts"
import { messages } from "./messages.ts"
import { because, printList, printPath } from "./phrases.ts"
import { installErrors } from "./refuse.ts"

export { ChunkLost, InputChanged, StorageFailed, StoreFull } from "./dataErrors.ts"

const Texts = Schema.Array(Schema.String)

/**
 * A task's function threw, rejected or died, or its module's layer did not build.
 *
 * @example
 * const length = delayed((value: unknown) => String(value).length)(delayed(parseJson)("{"))
 * const failed = yield* Effect.flip(collect(length)).pipe(Effect.filterOrFail((error) => error._tag === "TaskFailed"))
 *
 * failed.cause instanceof SyntaxError // => true
 * failed.path.length // => 2
 */
export class TaskFailed extends Schema.TaggedError<TaskFailed>("poniard/TaskFailed")("TaskFailed", {
  /** the task that was asked for, by name and number */
  task: Schema.String,
  /** the task that failed first; the same as `task` if that was it */
  root: Schema.String,
  /** from the root to the task */
  path: Texts,
  /** where the root ran */
  processor: Schema.String,
  /** which attempt of the root it was, from 1 */
  attempt: Schema.Int,
  /** what was thrown, with the worker's stack */
  cause: Schema.Defect({ includeStack: true })
}) {
  override get message(): string {
    const where = `${this.processor}, attempt ${this.attempt}`
    if (this.task === this.root) return `Task "${this.task}" failed (${where}): ${describeCause(this.cause)}`
    return `Task "${this.task}" failed because a task that it depends on did: ${describeCause(this.cause)}\n`
      + `  Root Task: "${this.root}" (${where})\n  Path: ${printPath(this.path)}`
  }
}

/** Somebody cancelled the task by `Spawned.cancel`, or one that it depends on. */
export class TaskCancelled extends Schema.TaggedError<TaskCancelled>("poniard/TaskCancelled")("TaskCancelled", {
  task: Schema.String,
  /** the task that was cancelled */
  root: Schema.String
}) {
  override get message(): string {
    return `Task "${this.task}" was cancelled${because(this.task, this.root)}`
  }
}

/**
 * An attempt took longer than the option `timeout` allows, and `retry` did not allow another.
 *
 * @example
 * const error = yield* Effect.flip(collect(delayed(forever, { timeout: "10 millis" })()))
 *
 * error._tag // => "TaskTimedOut"
 */
export class TaskTimedOut extends Schema.TaggedError<TaskTimedOut>("poniard/TaskTimedOut")("TaskTimedOut", {
  task: Schema.String,
  /** the task that took too long */
  root: Schema.String,
  /** the limit in milliseconds, from the claim of the attempt */
  timeout: Schema.Number,
  processor: Schema.String,
  attempt: Schema.Int
}) {
  override get message(): string {
    return `Task "${this.root}" ran longer than its timeout of ${this.timeout} ms on ${this.processor}, attempt `
      + `${this.attempt}${this.task === this.root ? "" : `; "${this.task}" depends on it`}. `
      + "Raise the option timeout, or let the function ask Task.isCancelled() and stop"
  }
}

/** No processor of the engine may run the task. */
export class Unplaceable extends Schema.TaggedError<Unplaceable>("poniard/Unplaceable")("Unplaceable", {
  task: Schema.String,
  /** what the task asks for: its scopes, as text */
  wanted: Texts,
  /** what the engine has: its processors, as text */
  present: Texts
}) {
  override get message(): string {
    return `No processor may run task "${this.task}". It asks for ${printList(this.wanted)}; `
      + `the engine has ${printList(this.present)}. Widen the scope or give the engine such a processor`
  }
}

/** A worker died for the third time while it ran the task (`process.exit`, an exhausted heap), or none can be started. */
export class ProcessorLost extends Schema.TaggedError<ProcessorLost>("poniard/ProcessorLost")("ProcessorLost", {
  /** the task that was running on it, if one is to blame */
  task: Schema.optionalKey(Schema.String),
  processor: Schema.String,
  /** null: it ended by a signal, or had none */
  exitCode: Schema.NullOr(Schema.Int),
  signal: Schema.NullOr(Schema.String),
  reason: Schema.String,
  /** the last lines that it wrote */
  log: Texts
}) {
  override get message(): string {
    const code = this.exitCode === null ? "" : ` with exit code ${this.exitCode}`
    const end = this.signal === null ? code : ` by ${this.signal}`
    const blame = this.task === undefined ? "" : ` while it ran task "${this.task}"`
    const log = this.log.length > 0 ? `\n  Its last lines:\n${indent(this.log, "    ")}` : ""
    return `Processor ${this.processor} was lost${end}${blame}: ${this.reason}${log}`
  }
}

/**
 * A value cannot go to another thread, or come back from one, without losing what it is. Thrown at the call for a bad
 * input; what a task fails with for a bad result.
 *
 * @example
 * const put = Chunk.put({ rows: [1, () => 2] })
 *
 * yield* put.pipe(Effect.as(""), Effect.catchTag("NotTransferable", ({ path }) => Effect.succeed(path))) // => "value.rows[1]"
 */
export class NotTransferable extends Schema.TaggedError<NotTransferable>("poniard/NotTransferable")("NotTransferable", {
  /** where the bad value is, such as `input 2: .items[0]` or `result of "load": .handle` */
  path: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return messages.NotTransferable(this)
  }
}

/** A function wrote to an input, or kept a view of one; found by `Engine.layer({ check: true })`. */
export class InputMutated extends Schema.TaggedError<InputMutated>("poniard/InputMutated")("InputMutated", {
  task: Schema.String,
  /** which input, such as `input 2` */
  path: Schema.String
}) {
  override get message(): string {
    return `Task "${this.task}" changed its ${this.path}. Inputs are shared with other tasks: `
      + "copy before writing, as in xs.slice().sort()"
  }
}

/** A worker imported the task module and it has no function of that name. */
export class TaskFunctionMissing
  extends Schema.TaggedError<TaskFunctionMissing>("poniard/TaskFunctionMissing")("TaskFunctionMissing", {
    /** the module's URL */
    module: Schema.String,
    function: Schema.String,
    /** the names that it does have */
    registered: Texts
  })
{
  override get message(): string {
    return messages.TaskFunctionMissing(this)
  }
}

/** A worker could not import the task module. */
export class TaskModuleUnloadable
  extends Schema.TaggedError<TaskModuleUnloadable>("poniard/TaskModuleUnloadable")("TaskModuleUnloadable", {
    file: Schema.String,
    /** Node's own words */
    reason: Schema.String,
    /** what may help; empty if nothing is known */
    hint: Schema.String
  })
{
  override get message(): string {
    return messages.TaskModuleUnloadable(this)
  }
}

/**
 * What is described makes no sense: a handle too deep, an option out of its range. Thrown at the call, but for what only
 * an engine can see, such as a handle that was released.
 */
export class GraphInvalid extends Schema.TaggedError<GraphInvalid>("poniard/GraphInvalid")("GraphInvalid", {
  /** where, such as `input 2: .items[0]` or `delayed: options.priority` */
  path: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return messages.GraphInvalid(this)
  }
}

const classes = {
  ChunkLost,
  GraphInvalid,
  InputChanged,
  InputMutated,
  NotTransferable,
  ProcessorLost,
  StorageFailed,
  StoreFull,
  TaskCancelled,
  TaskFailed,
  TaskFunctionMissing,
  TaskModuleUnloadable,
  TaskTimedOut,
  Unplaceable
}

// People read "TaskFailed: ..."; the identifier with the package's name in it is for schemas.
for (const [name, { prototype }] of Object.entries(classes)) Object.defineProperty(prototype, "name", { value: name })

installErrors(classes)

/** All of them, for the table of classes that may cross. */
export const errorClasses = Object.values(classes)

/** Whatever a task can fail with besides its own typed errors. */
export type TaskError =
  | TaskFailed
  | TaskCancelled
  | TaskTimedOut
  | Unplaceable
  | ProcessorLost
  | ChunkLost
  | StoreFull
  | NotTransferable
  | InputChanged
  | InputMutated
  | TaskFunctionMissing
  | TaskModuleUnloadable
  | GraphInvalid

/**
 * The annotation on the Cause of every failed task: which task was asked for, which failed first, and the way between.
 * A typed error stays itself through all dependents, so this is where its origin is.
 *
 * @example
 * const q = delayed(add)(delayed(divide, { name: "p" })(1, 0), 1)
 * const trace = yield* collect(q).pipe(
 *   Effect.as(undefined),
 *   Effect.catchCause((cause) => Effect.succeed(Context.getOrUndefined(Cause.annotations(cause), TaskTrace)))
 * )
 *
 * trace?.root.startsWith("p") // => true
 */
export class TaskTrace extends Context.Service<TaskTrace, {
  readonly task: string
  readonly root: string
  /** from the root to the task */
  readonly path: ReadonlyArray<string>
  /** the stack where it failed, on its worker; undefined if there was none */
  readonly stack: string | undefined
}>()("poniard/TaskTrace") {}
