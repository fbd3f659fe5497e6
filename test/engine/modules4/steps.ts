// Task functions that write down that they run: a line in a file, before anything else. What they compute depends on a
// module of their own, as sources of checkpoints do.
import { appendFileSync } from "node:fs"
import { Task } from "poniard"
import { factor } from "./factor.ts"

export const { boom, first, halves, numbers, scaled, total } = Task.module(import.meta.url, {
  first: (log: string, value: number): number => {
    appendFileSync(log, `first ${value}\n`)
    return value
  },
  scaled: (log: string, value: number): number => {
    appendFileSync(log, `scaled ${value}\n`)
    return value * factor
  },
  numbers: (log: string, length: number, from: number): Float64Array => {
    appendFileSync(log, `numbers ${from}\n`)
    const made = Task.alloc(Float64Array, length)
    for (let i = 0; i < length; i++) made[i] = from + i
    return made
  },
  halves: (log: string, all: Float64Array): readonly [Float64Array, { readonly count: number; readonly of: Date }] => {
    appendFileSync(log, `halves ${all.length}\n`)
    return [all.slice(0, all.length / 2), { count: all.length, of: new Date(5) }]
  },
  total: (log: string, all: ReadonlyArray<Float64Array>): number => {
    appendFileSync(log, `total ${all.length}\n`)
    return all.reduce((sum, one) => sum + one.reduce((a, b) => a + b, 0), 0)
  },
  boom: (log: string): number => {
    appendFileSync(log, "boom\n")
    throw new Error("boom")
  }
})
