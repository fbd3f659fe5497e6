// One slab for all parts of a value, or of several: how long it must be, and how it is cut.
import type { Arena } from "./Arena.ts"

/** Bytes of arena that a part takes. */
const slabBytes = (length: number): number => Math.max(64, Math.ceil(length / 64) * 64)

/** Bytes of arena that parts of these lengths take. */
export const bytesFor = (lengths: ReadonlyArray<number>): number =>
  lengths.reduce((sum, length) => sum + slabBytes(length), 0)

/** Cuts a slab into one for each part; what is left over is free. */
export const cut = (arena: Arena, slab: number, lengths: ReadonlyArray<number>): Array<number> => {
  const offsets: Array<number> = []
  let at = slab
  for (const length of lengths) {
    offsets.push(at)
    at = arena.split(at, Math.max(1, length))
  }
  if (at >= 0) arena.release(at)
  return offsets
}
