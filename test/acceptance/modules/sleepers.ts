// Task functions that take their time and write down when.
import { appendFileSync } from "node:fs"
import { Task } from "poniard"

const nap = new Int32Array(new SharedArrayBuffer(4))

export const { sleeper } = Task.module(import.meta.url, {
  /** Writes a line, blocks its thread for 10 ms, writes another. */
  sleeper: (n: number, log: string): number => {
    appendFileSync(log, `+${n}\n`)
    Atomics.wait(nap, 0, 0, 10)
    appendFileSync(log, `-${n}\n`)
    return n
  }
})
