// Task functions that read what files hold.
import { appendFileSync } from "node:fs"
import { Task } from "poniard"

/** Notes that something ran. */
export const mark = (log: string): void => appendFileSync(log, ".")

export const { bytesOf, numbersOf, sumOf } = Task.module(import.meta.url, {
  sumOf: (bytes: Uint8Array): number => {
    let total = 0
    for (let i = 0; i < bytes.length; i++) total += bytes[i]
    return total
  },
  bytesOf: (bytes: Uint8Array): number => bytes.length,
  numbersOf: (bytes: Uint8Array): Float64Array => new Float64Array(bytes.slice().buffer)
})
