// The options of an engine: what may be given, and how it is checked before anything starts.
import { parseBytes } from "../graph/bytes.ts"
import { refuse } from "../graph/refuse.ts"
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
  /** Where spilled chunks go. Default: PONIARD_SPILL_DIR, or the system's temporary folder. */
  readonly spillDirectory?: string
  /** How threads are talked to: "thread" (shared memory), or "bytes", which shares nothing. Default: "thread". */
  readonly transport?: "thread" | "bytes" | Transport
  /** Processors instead of threads and fibers. */
  readonly processors?: ReadonlyArray<Processor>
}

/** Options after checking. */
export interface CheckedOptions {
  readonly threads: number
  readonly memory: number
  readonly heap: number
  readonly fibers: number | undefined
  readonly check: boolean
  readonly spillDirectory: string | undefined
  readonly transport: "thread" | "bytes" | Transport
  readonly processors: ReadonlyArray<Processor> | undefined
}

const known = ["threads", "memory", "heap", "fibers", "check", "spillDirectory", "transport", "processors"]

const bad = (path: string, reason: string): Error =>
  refuse("GraphInvalid", { path: `Engine.layer: options.${path}`, reason })

const count = (value: number | undefined, name: string, least: number): void => {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return
  throw bad(name, `expected a whole number, ${least} or more, got ${String(value)}`)
}

/** The least budget that makes sense, and the least heap. */
const LEAST_BYTES = 1 << 20
const LEAST_HEAP = 16 << 20

/** Checks options; refuses a wrong one with its name. */
export const checkOptions = (options: EngineOptions): CheckedOptions => {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw bad(name, `there is no option of that name. Options are ${known.join(", ")}`)
  }
  count(options.threads, "threads", 0)
  count(options.fibers, "fibers", 1)
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
    spillDirectory: options.spillDirectory ?? spillDirectory(),
    transport: options.transport ?? "thread",
    processors: options.processors
  }
}
