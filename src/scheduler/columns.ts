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

/** The next capacity that holds `needed`: half more at a time, so that slack stays small at millions of rows. */
export const capacityFor = (have: number, needed: number): number => {
  const next = Math.max(256, have + (have >> 1))
  return needed > next ? needed + (needed >> 3) : next
}
