// The one file of the engine that knows the machine it runs on: cores, memory, this process's output, and whether this
// thread is a worker of Poniard's own.
import { readFileSync } from "node:fs"
import { availableParallelism, totalmem } from "node:os"
import { getHeapStatistics } from "node:v8"
import { workerData } from "node:worker_threads"

/** Cores that this process may use. */
export const cores = (): number => availableParallelism()

const number = (file: string): number => {
  try {
    return Number.parseInt(readFileSync(file, "utf8"), 10)
  } catch {
    return Number.NaN
  }
}

/** Bytes of memory that this process may use: the machine's, or its control group's if that is less. */
export const memoryBytes = (): number => {
  const limits = [
    totalmem(),
    process.constrainedMemory?.() ?? Number.NaN,
    number("/sys/fs/cgroup/memory.max"),
    number("/sys/fs/cgroup/memory/memory.limit_in_bytes")
  ]
  return Math.min(...limits.filter((limit) => Number.isFinite(limit) && limit > 0))
}

/** JavaScript heap for a thread whose share of the memory is so many bytes; V8 itself must be left a quarter of its own. */
export const heapBytes = (share: number): number =>
  Math.floor(Math.min(getHeapStatistics().heap_size_limit * 3 / 4, Math.max(share, 512 * 2 ** 20)))

/** Where spilled chunks go, if the environment says so. */
export const spillDirectory = (): string | undefined => process.env["PONIARD_SPILL_DIR"] || undefined

/** Prints what a worker printed. */
export const print = (stream: "stdout" | "stderr", text: string): void => {
  process[stream].write(text)
}

/** Whether this thread is a worker of an engine. */
export const isWorker = (): boolean => typeof workerData === "object" && workerData !== null && "poniard" in workerData
