// Somebody who carries an array from a producer on one thread to a consumer on another: the narrow interface between
// the benchmark and each system. One file per system beside this one.
import type { Arrival } from "./arrays.ts"

/** How the array is made: in the memory that the system offers for it, or as any other array. */
export type Kind = "alloc" | "plain"

/** A system that is up. `carry` makes an array of `length` float64 on a thread and hands it to its consumers. */
export interface Carrier {
  readonly name: string
  readonly carry: (kind: Kind, length: number) => Promise<ReadonlyArray<Arrival>>
  readonly close: () => Promise<void>
}
