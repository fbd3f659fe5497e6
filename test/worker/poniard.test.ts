// The light entry that workers get for "poniard": it has every name of index.ts and loads Effect only when it is touched.
import { assert, describe, it } from "@effect/vitest"
import { Worker } from "node:worker_threads"
import * as index from "../../src/index.ts"
import * as light from "../../src/worker/poniard.ts"

const runInWorker = (file: string): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(file, import.meta.url), { execArgv: [] })
    worker.once("message", (message: Record<string, unknown>) => {
      resolve(message)
      void worker.terminate()
    })
    worker.once("error", reject)
  })

describe("poniard in a worker", () => {
  it("has the names of index.ts", () => {
    assert.deepStrictEqual(Object.keys(light).sort(), Object.keys(index).sort())
  })

  it("loads Effect at the first touch of what needs it, and is then the same thing", async () => {
    const seen = await runInWorker("./light.ts")
    assert.isAbove(seen["afterTouch"] as number, 0)
    assert.isAbove(seen["inGraph"] as number, 5)
    assert.deepInclude(seen, {
      square: 9,
      refusedLightly: true,
      atStart: 0,
      refusedReally: true,
      sameClass: true,
      subclass: true,
      caught: "a",
      service: "t",
      yielded: "r",
      annotated: "c",
      key: "poniard/TaskTrace",
      identifier: "poniard/TaskFailed"
    })
  })
})
