// The task functions of a job that is killed again and again: each appends its number to a log when it runs, then takes a
// few milliseconds.
import { appendFileSync } from "node:fs"
import { Task } from "poniard"

const work = (log: string, id: number): void => {
  appendFileSync(log, `t${id}\n`)
  const until = performance.now() + 2 + id % 5
  while (performance.now() < until);
}

export const { fold, grow } = Task.module(import.meta.url, {
  grow: (log: string, id: number, length: number): Float64Array => {
    work(log, id)
    return Task.alloc(Float64Array, length).fill(id)
  },
  fold: (log: string, id: number, inputs: ReadonlyArray<Float64Array>): Float64Array => {
    work(log, id)
    const made = Task.alloc(Float64Array, Math.max(...inputs.map((input) => input.length)))
    for (const input of inputs) for (let i = 0; i < input.length; i++) made[i] += input[i]
    return made
  }
})
