// What a producer and a consumer of a large array do, the same for every system. The array carries two facts in its
// first two places: when its producer returned, and on which thread. Imports nothing of ours.
import { threadId } from "node:worker_threads"

/** What a consumer saw: how long the array was on its way (us), from which thread to which, and its checked content. */
export interface Arrival {
  readonly us: number
  readonly from: number
  readonly to: number
  readonly sum: number
}

/** Microseconds of the system's monotonic clock, which is the same in all threads of the machine. */
const now = (): number => Number(process.hrtime.bigint()) / 1000

/** Fills the array, so that every page is there, and stamps it last thing before the producer returns it. */
export const filled = (array: Float64Array): Float64Array => {
  for (let i = 2; i < array.length; i++) array[i] = i & 1023
  array[1] = threadId
  array[0] = now()
  return array
}

/** The consumer: its first line reads the clock, then it adds up all that came. */
export const arrival = (array: Float64Array): Arrival => {
  const us = now() - array[0]
  let sum = 0
  for (let i = 2; i < array.length; i++) sum += array[i]
  return { us, from: array[1], to: threadId, sum }
}

/** The sum that a consumer must find in an array of that length. */
export const sumOf = (length: number): number => {
  let sum = 0
  for (let i = 2; i < length; i++) sum += i & 1023
  return sum
}
