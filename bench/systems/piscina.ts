// piscina, the fastest thread pool for Node that is widely used. Its best setting counts: how many tasks a worker may
// hold and how it waits matter by a factor of several. FixedQueue is its queue for many waiting tasks.
import { poolOf, type System } from "./System.ts"

const settings = ["sync", "async", "disabled"].flatMap((atomics) => [1, 4, 16, 64].map((held) => `${atomics}/${held}`))

/** piscina over `concurrentTasksPerWorker` 1, 4, 16, 64 and `atomics` sync, async, disabled. */
export const piscina: System = {
  name: "piscina",
  settings,
  load: async () => {
    const { FixedQueue, Piscina } = await import("piscina")
    return async (setting, threads) => {
      const [atomics, held] = setting.split("/")
      const pool = new Piscina<number, number>({
        filename: new URL("../work.ts", import.meta.url).href,
        minThreads: threads,
        maxThreads: threads,
        concurrentTasksPerWorker: Number(held),
        atomics: atomics as "sync" | "async" | "disabled",
        taskQueue: new FixedQueue()
      })
      return poolOf((work, input) => pool.run(input, { name: work }), () => pool.destroy())
    }
  }
}
