// The functions that every system runs, ours and rivals alike: one number in, one number out, nothing captured.
// Rivals import this file in their workers; ours wraps the same functions in tasks.ts. Imports nothing.

/** The least work whose result can be checked: its own input plus one. */
export const noop = (input: number): number => input + 1

/** How many seeds `spin` has: tasks of one run have their own as long as there are no more. */
export const seeds = 4096

/** The input of `spin`: a seed below 4096 and a number of iterations in one integer. */
export const spinInput = (seed: number, iterations: number): number => iterations * seeds + seed

/** Real work of a given length: steps a linear congruential generator, about 1 ns an iteration. An int32. */
export const spin = (input: number): number => {
  const iterations = Math.floor(input / seeds)
  let x = input % seeds
  for (let i = 0; i < iterations; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0
  return x
}

/** What `spin` must give, by doubling the step, in O(log iterations): a result is checked without the work. */
export const spun = (input: number): number => {
  let left = Math.floor(input / seeds)
  let x = input % seeds
  let factor = 1664525
  let addend = 1013904223
  while (left > 0) {
    if (left % 2 === 1) x = (Math.imul(x, factor) + addend) | 0
    addend = (Math.imul(addend, factor) + addend) | 0
    factor = Math.imul(factor, factor)
    left = Math.floor(left / 2)
  }
  return x
}

/** Functions by name, for workers that are told which. */
export const works = { noop, spin }

/** The name of a function of this file. */
export type Work = keyof typeof works
