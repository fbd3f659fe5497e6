// workerpool carries through the main thread: `alloc` moves the buffer (its Transfer), `plain` copies it twice.
import { fileURLToPath } from "node:url"
import library from "workerpool"
import type { Carrier } from "./Carrier.ts"

/** A workerpool with so many threads. */
export const workerpool = async (threads: number): Promise<Carrier> => {
  const script = fileURLToPath(new URL("workerpool-worker.ts", import.meta.url))
  const pool = library.pool(script, { minWorkers: threads, maxWorkers: threads, workerType: "thread" })
  return {
    name: "workerpool",
    carry: async (kind, length) => {
      const array = await pool.exec(kind === "alloc" ? "moved" : "cloned", [length]) as Float64Array<ArrayBuffer>
      return [await pool.exec("consume", [array], kind === "alloc" ? { transfer: [array.buffer] } : {})]
    },
    close: async () => {
      await pool.terminate(true)
    }
  }
}
