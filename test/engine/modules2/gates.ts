// Task functions that tests hold up and watch through files: the same for threads with and without shared memory.
import { appendFileSync, existsSync } from "node:fs"
import { Task } from "poniard"

const nap = new Int32Array(new SharedArrayBuffer(4))

export const { hold, mark, stubborn } = Task.module(import.meta.url, {
  /** Marks the file `began`, then waits without yielding until the file `gate` is there or nobody wants it any more. */
  hold: (began: string, gate: string, value: number): number => {
    appendFileSync(began, `${value}\n`)
    while (!existsSync(gate) && !Task.isCancelled()) Atomics.wait(nap, 0, 0, 1)
    appendFileSync(`${began}.${Task.isCancelled() ? "cancelled" : "ended"}`, `${value}\n`)
    return value
  },
  /** Appends a line to a file and gives the value. */
  mark: (file: string, value: number): number => {
    appendFileSync(file, `${value}\n`)
    return value
  },
  /** Ignores that nobody wants it, until the file `gate` is there. */
  stubborn: (began: string, gate: string, value: number): number => {
    appendFileSync(began, `${value}\n`)
    while (!existsSync(gate)) Atomics.wait(nap, 0, 0, 1)
    return value
  }
})
