// Results that last: of tasks that ask for it, what they make is written to files by content key while others go on, and
// where a file is there already, reading it is lowered instead of the task and of all that only it needs. What cannot be
// written or read is logged, and the task runs as if there was nothing. Keys are ContentKeys.ts, files CheckpointDirectory.ts.
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { CheckpointDirectory, Kept } from "../chunk/CheckpointDirectory.ts"
import { encode } from "../chunk/codec.ts"
import { digest } from "../chunk/digest.ts"
import { Entry, PACKED } from "../chunk/Entry.ts"
import { SpillQueue } from "../chunk/SpillQueue.ts"
import type { DelayedNode } from "../graph/Delayed.ts"
import { StandInNode } from "../graph/fuse.ts"
import { label } from "../graph/lower.ts"
import { defaultOptions } from "../graph/options.ts"
import { closureEntry } from "../graph/TaskFunction.ts"
import { Template } from "../graph/Template.ts"
import { asError, type CheckpointParts, CheckpointReader } from "./CheckpointReader.ts"
import type { ContentKeys } from "./ContentKeys.ts"
import type { CheckpointOptions } from "./options.ts"

/** Files that are written at a time. */
const WRITES = 4

/** Bytes rounded up, so that there are few classes of tasks: at most an eighth more. */
const rounded = (bytes: number): number => {
  const unit = 2 ** Math.max(0, Math.floor(Math.log2(bytes)) - 3)
  return Math.ceil(bytes / unit) * unit
}

/** The checkpoints of one engine. */
export class Checkpoints {
  private readonly parts: CheckpointParts
  private readonly keys: ContentKeys
  private readonly directory: CheckpointDirectory
  private readonly reader: CheckpointReader
  private readonly keep: CheckpointOptions["keep"]
  /** Effect's Semaphore looks at all that wait, each time: 7 of 16 s for 20,000 small files. */
  private readonly writing = new SpillQueue(WRITES)
  /** every file's bytes by key, the one written first before the others; only where their sum is bounded */
  private readonly files = new Map<string, number>()
  private total = 0
  /** files that were written or read here, where they go after a success */
  private readonly used = new Set<string>()
  private pending = 0
  private idle: Array<() => void> = []
  /** Values written, read instead of a task's run, and failures of either. */
  saved = 0
  restored = 0
  failed = 0

  constructor(
    parts: CheckpointParts,
    keys: ContentKeys,
    directory: CheckpointDirectory,
    keep: CheckpointOptions["keep"]
  ) {
    this.parts = parts
    this.keys = keys
    this.directory = directory
    this.reader = new CheckpointReader(parts, directory)
    this.keep = keep
  }

  /** Learns what is there already, where that is to be bounded. */
  readonly open: Effect.Effect<void> = Effect.suspend(() =>
    typeof this.keep !== "number" ? Effect.void : Effect.map(this.directory.list, (found) => {
      for (const { bytes, key } of found) this.note(key, bytes)
    })
  )

  /** Runs something beside; closing the engine waits for it. */
  private run<A, E>(effect: Effect.Effect<A, E>, done: (exit: Exit.Exit<A, E>) => void): void {
    this.pending++
    const over = (exit: Exit.Exit<A, E>): void => {
      done(exit)
      if (--this.pending === 0) { for (const call of this.idle.splice(0)) call() }
    }
    const whole = Effect.onExit(effect, (exit) => Effect.sync(() => this.parts.later(() => over(exit))))
    Effect.runForkWith(this.parts.context)(Effect.ignoreCause(whole))
  }

  /** Does what a lowering waits for; `done` is called in a turn. */
  wait(until: Effect.Effect<void, Error>, done: (problem: Error | undefined) => void): void {
    this.run(Effect.result(until), (exit) => {
      if (Exit.isFailure(exit)) return done(new Error("it was interrupted"))
      done(exit.value._tag === "Failure" ? exit.value.failure : undefined)
    })
  }

  /** The name of an output's file. */
  private fileOf(key: string, index: number): string {
    return digest([key, index], this.parts.core.store.crossing, () => undefined, "a key")
  }

  private filesOf(node: DelayedNode, key: string): ReadonlyArray<string> {
    return Array.from({ length: Math.max(1, node.template.outputs) }, (_, index) => this.fileOf(key, index))
  }

  /** The task that reads a node's checkpoint, if there is one. Throws Waiting and GraphInvalid. */
  instead(node: DelayedNode): StandInNode | undefined {
    const key = this.keys.keyOf(node)
    const { options, outputs } = node.template
    if (key === undefined || !options.restore) return undefined
    const files = this.filesOf(node, key)
    const sizes = files.map((file) => this.directory.size(file))
    if (sizes.some((size) => size < 0)) return undefined
    const call = () => this.restore(node, files)
    const fn = closureEntry(label(node), call)
    const { persist, priority } = options
    const bytes = Math.min(rounded(sizes.reduce((sum, size) => sum + size, 0)), this.parts.core.store.budget)
    const template = new Template(fn, { ...defaultOptions, name: label(node), bytes, outputs, persist, priority })
    return new StandInNode(template, [], node)
  }

  /** A task that asks for a checkpoint was lowered. */
  opened(task: number, node: DelayedNode): void {
    const key = this.keys.keyOf(node)
    if (key !== undefined) this.parts.core.keyed.set(task, key)
  }

  private restore(node: DelayedNode, files: ReadonlyArray<string>): Effect.Effect<unknown, unknown> {
    const values = Effect.matchEffect(Effect.forEach(files, (file) => this.reader.load(file)), {
      onFailure: (error) => {
        this.failed++
        const said = this.warn(
          `the checkpoint of task "${label(node)}" cannot be read, so the task runs: ${error.message}`
        )
        const gone = Effect.forEach(files, (file) => this.directory.remove(file))
        return Effect.andThen(Effect.andThen(said, gone), this.reader.runAfterAll(node))
      },
      onSuccess: (found) => {
        this.restored += found.length
        if (this.keep === "success") { for (const file of files) this.used.add(file) }
        return Effect.succeed(found)
      }
    })
    return node.template.outputs === 0 ? Effect.map(values, ([value]) => value) : values
  }

  private warn(text: string): Effect.Effect<void> {
    return Effect.provideContext(Effect.logWarning(`poniard: ${text}`), this.parts.context)
  }

  /** An output of a task is there: it is written if the task asked for that. */
  save(task: number, index: number, held: unknown): void {
    const { core, rooms } = this.parts
    const key = core.keyed.get(task)
    if (key === undefined) return
    const name = core.nameOf(task)
    const slabs = held instanceof Entry ? held.parts.filter((_, i) => i % 2 === 0) : []
    for (const slab of slabs) core.store.arena.retain(slab)
    const file = this.fileOf(key, index)
    // What is written frees memory when it is done, like a chunk that is being read.
    rooms.reads++
    // Where the bytes lie is asked now: the chunk may leave memory before its turn has come, its slabs stay.
    const write = Effect.flatMap(
      this.kept(held),
      (kept) => this.inTurn(this.directory.save(file, name, kept))
    )
    this.run(write, (exit) => {
      rooms.reads--
      for (const slab of slabs) core.store.arena.release(slab)
      if (Exit.isSuccess(exit)) this.written(file)
      else this.notWritten(name, exit)
    })
  }

  /** Runs a write when few enough others are under way. Nobody interrupts one. */
  private inTurn<A, E>(write: Effect.Effect<A, E>): Effect.Effect<A, E> {
    const enter = Effect.callback<void>((resume) =>
      this.writing.enter({
        operation: "write",
        begin: () => resume(Effect.void),
        refuse: () => resume(Effect.interrupt)
      })
    )
    return Effect.andThen(enter, Effect.ensuring(write, Effect.sync(() => this.writing.ended())))
  }

  private kept(held: unknown): Effect.Effect<Kept, Error> {
    const { store } = this.parts.core
    return Effect.try({
      try: () => {
        if (held instanceof Entry && held.parts.length > 0) {
          return { code: held.code, head: held.head, parts: store.partViews(held) }
        }
        if (held instanceof Entry && held.head !== undefined) return { code: held.code, head: held.head, parts: [] }
        const { buffers, head } = encode(held instanceof Entry ? held.value : held, store.crossing, { root: "result" })
        if (buffers.length === 0) return { code: PACKED, head, parts: [] }
        return { code: PACKED, head: undefined, parts: [head, ...buffers] }
      },
      catch: asError
    })
  }

  private written(file: string): void {
    this.saved++
    if (this.keep === "success") this.used.add(file)
    if (typeof this.keep !== "number") return
    this.note(file, this.directory.size(file))
    for (const [key, bytes] of this.files) {
      if (this.total <= this.keep) break
      this.files.delete(key)
      this.total -= bytes
      this.run(this.directory.remove(key), () => undefined)
    }
  }

  private note(key: string, bytes: number): void {
    this.total += bytes - (this.files.get(key) ?? 0)
    this.files.delete(key)
    this.files.set(key, bytes)
  }

  private notWritten(name: string, exit: Exit.Exit<unknown, Error>): void {
    this.failed++
    const why = Exit.isFailure(exit) ? asError(Cause.squash(exit.cause)).message : ""
    this.run(this.warn(`the checkpoint of task "${name}" was not written: ${why}`), () => undefined)
  }

  /** Waits for what is being written; after a success removes what was only to be kept until then. */
  readonly close = (exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> =>
    Effect.andThen(
      Effect.callback<void>((resume) => {
        if (this.pending === 0) resume(Effect.void)
        else this.idle.push(() => resume(Effect.void))
      }),
      Effect.suspend(() =>
        this.keep === "success" && Exit.isSuccess(exit)
          ? Effect.forEach(this.used, (file) => this.directory.remove(file), { discard: true })
          : Effect.void
      )
    )
}
