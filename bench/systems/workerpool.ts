// workerpool, the other widely used thread pool for Node. Worker threads, as many as the others have.
import { fileURLToPath } from "node:url"
import { poolOf, type System } from "./System.ts"

/** workerpool with `workerType: "thread"`; it has no other setting that matters here. */
export const workerpool: System = {
  name: "workerpool",
  settings: ["thread"],
  load: async () => {
    const { default: library } = await import("workerpool")
    return async (_, threads) => {
      const pool = library.pool(fileURLToPath(new URL("workerpool-worker.ts", import.meta.url)), {
        minWorkers: threads,
        maxWorkers: threads,
        workerType: "thread"
      })
      return poolOf((work, input) => pool.exec(work, [input]), async () => {
        await pool.terminate(true)
      })
    }
  }
}
