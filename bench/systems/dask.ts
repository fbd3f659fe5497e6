// Dask, the best known relative: distributed.LocalCluster with as many processes of one thread as the others have
// threads. It has a graph, priorities and memory limits, and carries every task through its scheduler.
import { loadDask, startDask } from "./DaskCluster.ts"
import type { System } from "./System.ts"

/** Dask where Python has it; few tasks at a time, because one takes about a millisecond. */
export const dask: System = {
  name: "dask",
  settings: ["LocalCluster"],
  most: { together: 2000, inTurn: 50 },
  load: async () => {
    const loaded = await loadDask()
    return async (_, threads) => {
      const cluster = await startDask(loaded, threads)
      const asked = async (ask: string, work: string, inputs: ReadonlyArray<number>) => {
        const { results } = await cluster.ask({ ask, work, inputs })
        return results as ReadonlyArray<number>
      }
      return {
        together: (work, inputs) => asked("together", work, inputs),
        inTurn: (work, inputs) => asked("inTurn", work, inputs),
        close: cluster.close
      }
    }
  }
}
