// Starts a thread with the heap that it may take, or takes one that was started before it was wanted.
import { getHeapStatistics } from "node:v8"
import type { Worker, WorkerOptions } from "node:worker_threads"
import { newThread } from "./newThread.ts"
import { takeSpare } from "./spareThreads.ts"

/** A heap of more than `bytes` before V8 gives up, where it does not leave a quarter of its own by itself. */
const limitsFor = (bytes: number): NonNullable<WorkerOptions["resourceLimits"]> | undefined =>
  bytes > getHeapStatistics().heap_size_limit * 3 / 4 && bytes !== Infinity
    ? { maxOldGenerationSizeMb: Math.ceil(bytes * 2 / 2 ** 20) }
    : undefined

/** Starts a thread. */
export const startThread = (options: WorkerOptions, heap: number): Worker => {
  const limits = limitsFor(heap)
  return (limits === undefined ? takeSpare(options) : undefined) ?? newThread(options, limits ?? {})
}
