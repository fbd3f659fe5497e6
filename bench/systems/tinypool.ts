// tinypool, the small fork of piscina that test runners use. Its best setting counts, as with piscina: how many tasks a
// worker may hold, and whether it waits with Atomics.
import { poolOf, type System } from "./System.ts"

const settings = ["atomics", "events"].flatMap((waits) => [1, 16, 64].map((held) => `${waits}/${held}`))

/** tinypool over `concurrentTasksPerWorker` 1, 16, 64 and `useAtomics` on and off. */
export const tinypool: System = {
  name: "tinypool",
  settings,
  load: async () => {
    const { Tinypool } = await import("tinypool")
    return async (setting, threads) => {
      const [waits, held] = setting.split("/")
      const pool = new Tinypool({
        filename: new URL("../work.ts", import.meta.url).href,
        minThreads: threads,
        maxThreads: threads,
        concurrentTasksPerWorker: Number(held),
        useAtomics: waits === "atomics"
      })
      return poolOf((work, input) => pool.run(input, { name: work }), () => pool.destroy())
    }
  }
}
