// Task Bench on Dask's LocalCluster: one submission of the whole graph (`client.get`), keys as the tasks' names. The clock
// is Dask's own and runs from the first task described to the last result. Its kernel is the same in Python, and its
// peak is what its processes do with that kernel; there is no memory_bound.
import { loadDask, startDask } from "../systems/DaskCluster.ts"
import { workOf } from "./kernels.ts"
import type { Plan } from "./Plan.ts"
import type { Runner } from "./Runner.ts"

const inputsOf = ({ first, inputs, tasks }: Plan): ReadonlyArray<ReadonlyArray<number>> =>
  Array.from({ length: tasks }, (_, i) => [...inputs.subarray(first[i], first[i + 1])])

/** Loads Dask; then a cluster with as many processes as the others have threads. Fails if it is not installed. */
export const dask = async (): Promise<(threads: number) => Promise<Runner>> => {
  const loaded = await loadDask()
  return async (threads) => {
    const cluster = await startDask(loaded, threads)
    return {
      name: "dask",
      run: async (plan, { bytes, iterations }) => {
        const { columns, steps, wanted } = plan
        const { ms } = await cluster.ask({
          ask: "graph",
          steps: [...steps],
          columns: [...columns],
          inputs: inputsOf(plan),
          wanted,
          iterations,
          bytes: Math.max(16, bytes)
        })
        return Number(ms)
      },
      peak: async ({ kernel }) => {
        const { perMs } = await cluster.ask({ ask: "peak" })
        return Number(perMs) * (workOf(kernel, 2) - workOf(kernel, 1))
      },
      close: cluster.close
    }
  }
}
