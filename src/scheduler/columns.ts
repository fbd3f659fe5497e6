// Growth of the columns that tables are made of: plain fixed-length typed arrays, copied when they grow, because
// length-tracking views are an order of magnitude slower.

/** The typed arrays that tables use. */
export type ColumnArray = Int32Array | Float64Array | Uint8Array | Float32Array

/** A copy of `old` with room for `capacity` elements. */
export const grown = <A extends ColumnArray>(old: A, capacity: number): A => {
  const next = new (old.constructor as new(length: number) => A)(capacity)
  next.set(old as never)
  return next
}

/** Rows from which tables grow in smaller steps: slack is memory then, and copying it is rare. */
const LARGE = 2 ** 16

/** The next capacity that holds `needed`: half more at a time, a quarter where there are many rows. */
export const capacityFor = (have: number, needed: number): number => {
  const next = Math.max(256, have + (have < LARGE ? have >> 1 : have >> 2))
  return needed > next ? needed + (needed >> 3) : next
}
