// What a task of `latency` first-of-100000 gives: its own number and the moment in which it was computed, as one number.
// Written on a worker thread, read on the main one. Imports nothing.

const most = 131_072

/** Microseconds of the system's monotonic clock, which is the same in all threads of the machine. */
export const nowUs = (): number => Number(process.hrtime.bigint()) / 1000

/** A mark of now: `number` is below 131072, the moment is told in whole microseconds since `originUs`. */
export const mark = (number: number, originUs: number): number => Math.floor(nowUs() - originUs) * most + number

/** Whose mark it is. */
export const numberOf = (marked: number): number => marked % most

/** When it was made, in microseconds of `nowUs`. */
export const momentOf = (marked: number, originUs: number): number => Math.floor(marked / most) + originUs
