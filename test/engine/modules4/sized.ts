// A task function of random sizes: what it makes is as long as it is told, and depends on all that it is given.
import { Task } from "poniard"

/** The sum of what a task's arrays hold, exact in 53 bits. */
export const sumOf = (numbers: Float64Array): number => numbers.reduce((a, b) => (a + b) % 1_000_003, 0)

export const { mix } = Task.module(import.meta.url, {
  mix: (id: number, length: number, inputs: ReadonlyArray<Float64Array>): Float64Array => {
    let seed = id
    for (const input of inputs) seed = (seed * 31 + sumOf(input)) % 1_000_003
    const made = Task.alloc(Float64Array, length)
    for (let i = 0; i < length; i++) made[i] = (seed + i) % 1009
    return made
  }
})
