// The best that the machine's threads can do: bare workers run the kernel, nothing else, all at the same time.
import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { type Kernel, workOf } from "./kernels.ts"

/** How much a measurement runs, over all threads: fixed, and large enough that starting and ending do not show. */
const peakTasks = 3000
const peakIterations: Readonly<Record<Kernel, number>> = { compute_bound: 1024, memory_bound: 32 }

/** Bare threads; `measure` gives their work in a millisecond, together. */
export interface Peak {
  readonly measure: (kernel: Kernel) => Promise<number>
  readonly close: () => Promise<void>
}

/** Starts the threads. */
export const peakOf = (threads: number): Peak => {
  const workers = Array.from({ length: threads }, () => new Worker(new URL("peak-worker.ts", import.meta.url)))
  return {
    measure: async (kernel) => {
      const times = Math.ceil(peakTasks / threads)
      const iterations = peakIterations[kernel]
      const started = performance.now()
      await Promise.all(workers.map((worker) => {
        worker.postMessage({ kernel, iterations, times })
        return once(worker, "message")
      }))
      return times * threads * workOf(kernel, iterations) / (performance.now() - started)
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()))
    }
  }
}
