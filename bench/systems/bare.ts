// Bare worker threads and postMessage: no rival but the floor. Each thread gets its share of the inputs in one
// message. It has no tasks: nobody waits for a single one, none can fail alone, nothing depends on anything.
import { once } from "node:events"
import { Worker } from "node:worker_threads"
import type { Work } from "../work.ts"
import type { Pool, System } from "./System.ts"

const share = async (worker: Worker, work: Work, inputs: ReadonlyArray<number>): Promise<Array<number>> => {
  worker.postMessage(work)
  worker.postMessage(inputs)
  const [results] = await once(worker, "message")
  return results as Array<number>
}

/** One message there and one back per input; one listener for all, so that nothing but the messages is measured. */
const pingPong = (worker: Worker, work: Work, inputs: ReadonlyArray<number>): Promise<Array<number>> =>
  new Promise((resolve) => {
    const results: Array<number> = []
    const listener = (result: number): void => {
      results.push(result)
      if (results.length < inputs.length) worker.postMessage(inputs[results.length])
      else {
        worker.off("message", listener)
        resolve(results)
      }
    }
    worker.on("message", listener)
    worker.postMessage(work)
    worker.postMessage(inputs[0])
  })

/** Bare worker threads; every one gets an equal share of the inputs, dealt out in turn. */
export const bare: System = {
  name: "bare-workers",
  settings: ["postMessage"],
  load: async () => async (_, threads): Promise<Pool> => {
    const workers = Array.from({ length: threads }, () => new Worker(new URL("bare-worker.ts", import.meta.url)))
    return {
      together: async (work, inputs) => {
        const shares = workers.map((_, at) => inputs.filter((_, i) => i % threads === at))
        const parts = await Promise.all(workers.map((worker, at) => share(worker, work, shares[at])))
        return inputs.map((_, i) => parts[i % threads][Math.floor(i / threads)])
      },
      inTurn: (work, inputs) => pingPong(workers[0], work, inputs),
      close: async () => {
        await Promise.all(workers.map((worker) => worker.terminate()))
      }
    }
  }
}
