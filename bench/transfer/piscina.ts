// piscina carries through the main thread: `alloc` moves the buffer out of the producer and into the consumer (its
// Piscina.move and transferList: the producer loses it), `plain` lets structured clone copy it twice.
import { Piscina } from "piscina"
import type { Arrival } from "./arrays.ts"
import type { Carrier } from "./Carrier.ts"

/** A piscina with so many threads. */
export const piscina = async (threads: number): Promise<Carrier> => {
  const filename = new URL("piscina-worker.ts", import.meta.url).href
  const pool = new Piscina({ filename, minThreads: threads, maxThreads: threads })
  return {
    name: "piscina",
    carry: async (kind, length) => {
      const array: Float64Array<ArrayBuffer> = await pool.run(length, { name: kind === "alloc" ? "moved" : "cloned" })
      const transferList = kind === "alloc" ? [array.buffer] : []
      const seen: Arrival = await pool.run(array, { name: "consume", transferList })
      return [seen]
    },
    close: () => pool.destroy()
  }
}
