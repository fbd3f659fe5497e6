// Plain task functions that every processor is to run, for the contract. Effect is not imported, so that a worker has them
// soon; those that need it are in working.ts.
import { Task } from "poniard"

/** The task functions of this file. */
export const { doubles, exits, identity, pair, throws } = Task.module(import.meta.url, {
  identity: (x: unknown) => x,
  pair: (x: number) => [x, -x],
  doubles: (xs: Float64Array) => xs.map((x) => 2 * x),
  throws: (text: string): number => {
    throw new RangeError(text)
  },
  exits: (code: number): number => process.exit(code)
})
