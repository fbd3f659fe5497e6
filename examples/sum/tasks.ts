// The task module of the example sum: what its threads run. Plain functions over typed arrays; no Effect is loaded here.
import { Task } from "poniard"
import type { Cut } from "../out-of-core/Job.ts"
import { smallAt } from "../out-of-core/numbers.ts"

/** `make` gives the numbers of one block, `sumOf` adds up a block. */
export const { make, sumOf } = Task.module(import.meta.url, {
  make: (block: number, { length, seed }: Cut): Float64Array => {
    const numbers = Task.alloc(Float64Array, length)
    for (let i = 0, place = block * length; i < length; i++, place++) numbers[i] = smallAt(seed, place)
    return numbers
  },
  sumOf: (numbers: Float64Array): number => {
    let sum = 0
    for (let i = 0; i < numbers.length; i++) sum += numbers[i]
    return sum
  }
})
