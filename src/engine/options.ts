// The options of an engine: what may be given, and how it is checked before anything starts.
import { parseBytes } from "../graph/bytes.ts"
import { refuse } from "../graph/refuse.ts"
import { describe } from "../graph/wording.ts"
import type { Processor } from "../processor/Processor.ts"
import type { Transport } from "../transport/Transport.ts"
import { cores, heapBytes, memoryBytes, spillDirectory } from "./machine.ts"

/** What `Engine.layer` takes; every field may be left out. */
export interface EngineOptions {
  /** Worker threads. Default: as many as there are cores; 0: everything runs on this thread. */
  readonly threads?: number
  /** What chunks may occupy in memory: bytes, or text such as "512 MiB". Default: half of what the process may use. */
  readonly memory?: number | string
  /**
   * What the JavaScript heap of each thread may take (chunks lie outside of it): bytes, or text such as "1 GiB". A task
   * that needs more costs its thread. Default: a thread's share of the memory that chunks may not have, 512 MiB at least.
   */
  readonly heap?: number | string
  /** Closures and Effects that run on this thread at a time. Default: 256. */
  readonly fibers?: number
  /** Finds functions that write to their inputs or keep views of them. Slow; for tests. Default: false. */
  readonly check?: boolean
  /**
   * Tasks that follow each other, each used only by the next, are run as one, 32 at most: for long chains of short tasks.
   * Such a chain is one attempt and one event; it is run again and lost as a whole; what its tasks hand on is not stored,
   * so that one of them that is collected later is run again. Options of a task, a name in the middle, a result that others
   * use, forbid it. Default: false.
   */
  readonly fuse?: boolean
  /**
   * What was computed is computed anew if its bytes are lost on disk: from the tasks that made it, as long as these, with
   * those that must run before them, take no more than so many bytes. Bytes, or text. Default: 64 MiB.
   */
  readonly lineage?: number | string
  /** Where results of tasks with the option `checkpoint` last beyond the engine. Default: nowhere, such tasks are refused. */
  readonly checkpoint?: {
    /** A folder, made if need be; several engines and processes may share it. */
    readonly directory: string
    /**
     * How long files stay: for ever, until the engine that wrote or read them ends well, or, in bytes (or text such as
     * "10 GiB"), until there are more, when the oldest go. Default: "forever".
     */
    readonly keep?: "forever" | "success" | number | string
    /** A file counts when it is on the disk itself, not only in the system's memory. Slow. Default: false. */
    readonly durable?: boolean
  }
  /** Where spilled chunks go. Default: PONIARD_SPILL_DIR, or the system's temporary folder. */
  readonly spillDirectory?: string
  /** How threads are talked to: "thread" (shared memory), or "bytes", which shares nothing. Default: "thread". */
  readonly transport?: "thread" | "bytes" | Transport
  /** Processors instead of threads and fibers. */
  readonly processors?: ReadonlyArray<Processor>
}

/** How an engine keeps checkpoints. */
export interface CheckpointOptions {
  readonly directory: string
  readonly keep: "forever" | "success" | number
  readonly durable: boolean
}

/** Options after checking. */
export interface CheckedOptions {
  readonly threads: number
  readonly memory: number
  readonly heap: number
  readonly fibers: number | undefined
  readonly check: boolean
  readonly fuse: boolean
  readonly lineage: number
  readonly checkpoint: CheckpointOptions | undefined
  readonly spillDirectory: string | undefined
  readonly transport: "thread" | "bytes" | Transport
  readonly processors: ReadonlyArray<Processor> | undefined
}

const known = [
  "threads",
  "memory",
  "heap",
  "fibers",
  "check",
  "fuse",
  "lineage",
  "checkpoint",
  "spillDirectory",
  "transport",
  "processors"
]

const bad = (path: string, reason: string): Error =>
  refuse("GraphInvalid", { path: `Engine.layer: options.${path}`, reason })

const count = (value: number | undefined, name: string, least: number): void => {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return
  throw bad(name, `expected a whole number, ${least} or more, got ${String(value)}`)
}

const checkpointNames = ["directory", "keep", "durable"]

const checkCheckpoint = (given: NonNullable<EngineOptions["checkpoint"]>): CheckpointOptions => {
  if (typeof given !== "object" || given === null) {
    throw bad("checkpoint", `expected { directory, keep?, durable? }, got ${describe(given)}`)
  }
  for (const name of Object.keys(given)) {
    if (!checkpointNames.includes(name)) {
      throw bad(`checkpoint.${name}`, `there is no option of that name. Options are ${checkpointNames.join(", ")}`)
    }
  }
  const { directory, durable = false, keep = "forever" } = given
  if (typeof directory !== "string" || directory === "") {
    throw bad("checkpoint.directory", `expected the path of a folder, got ${describe(directory)}`)
  }
  if (typeof durable !== "boolean") {
    throw bad("checkpoint.durable", `expected true or false, got ${describe(durable)}`)
  }
  return {
    directory,
    durable,
    keep: keep === "forever" || keep === "success"
      ? keep
      : parseBytes(keep, "Engine.layer: options.checkpoint.keep (\"forever\", \"success\" or bytes)")
  }
}

/** The least budget that makes sense, and the least heap. */
const LEAST_BYTES = 1 << 20
const LEAST_HEAP = 16 << 20

/** Bytes of recipes that are followed for one lost value, where nobody says otherwise. */
const LINEAGE = 64 << 20

/** Checks options; refuses a wrong one with its name. */
export const checkOptions = (options: EngineOptions): CheckedOptions => {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw bad(name, `there is no option of that name. Options are ${known.join(", ")}`)
  }
  count(options.threads, "threads", 0)
  count(options.fibers, "fibers", 1)
  if (options.fuse !== undefined && typeof options.fuse !== "boolean") {
    throw bad("fuse", `expected true or false, got ${describe(options.fuse)}`)
  }
  const memory = options.memory === undefined
    ? Math.floor(memoryBytes() / 2)
    : parseBytes(options.memory, "Engine.layer: options.memory")
  if (memory < LEAST_BYTES) throw bad("memory", `a budget of ${memory} bytes is too small: give 1 MiB or more`)
  const threads = options.threads ?? cores()
  const heap = options.heap === undefined
    ? heapBytes((memoryBytes() - memory) / Math.max(1, threads))
    : parseBytes(options.heap, "Engine.layer: options.heap")
  if (heap < LEAST_HEAP) throw bad("heap", `a heap of ${heap} bytes is too small: give 16 MiB or more`)
  return {
    threads,
    memory,
    heap,
    fibers: options.fibers,
    check: options.check ?? false,
    fuse: options.fuse ?? false,
    lineage: options.lineage === undefined ? LINEAGE : parseBytes(options.lineage, "Engine.layer: options.lineage"),
    checkpoint: options.checkpoint === undefined ? undefined : checkCheckpoint(options.checkpoint),
    spillDirectory: options.spillDirectory ?? spillDirectory(),
    transport: options.transport ?? "thread",
    processors: options.processors
  }
}
