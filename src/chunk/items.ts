// What the walks of the codec have to know of arrays: whether one has named properties, and arrays of nothing but
// numbers, which travel as typed arrays.
import { inspect } from "node:util"

/** Arrays of at least so many numbers travel as a typed array: V8 reads them ten times slower one by one. */
export const MANY_NUMBERS = 256

/** Whether an array without holes has named properties beside its items (as the result of `match` does). */
export const hasNames = (items: ReadonlyArray<unknown>): boolean => {
  // The keys of a long array cost more than writing it; `inspect` asks V8 for the named ones alone.
  if (items.length > 32 && inspect(items, peek) === `[ ... ${items.length} more items ]`) return false
  return Object.keys(items).length !== items.length
}

const peek = { breakLength: Infinity, colors: false, compact: 3, customInspect: false, depth: 0, maxArrayLength: 0 }

/** Whether an array holds many numbers and nothing else. */
export const areManyNumbers = (items: ReadonlyArray<unknown>): items is ReadonlyArray<number> => {
  if (items.length < MANY_NUMBERS) return false
  for (let i = 0; i < items.length; i++) if (typeof items[i] !== "number") return false
  return !hasNames(items)
}

/** True for what an Int32Array holds exactly: not -0, which is a number of its own. */
export const isInt32 = (value: number): boolean => (value | 0) === value && (value !== 0 || 1 / value > 0)

/** The numbers in as few bytes as keep them exact. */
export const packNumbers = (items: ReadonlyArray<number>): Int32Array | Float64Array => {
  for (let i = 0; i < items.length; i++) if (!isInt32(items[i])) return new Float64Array(items)
  return new Int32Array(items)
}

/** Puts the numbers into an empty array. */
export const unpackNumbers = (numbers: Int32Array | Float64Array, into: Array<number>): void => {
  into.length = numbers.length
  for (let i = 0; i < numbers.length; i++) into[i] = numbers[i]
}
