// The task module of the example sort: what its threads run. Plain functions over typed arrays; no Effect is loaded here.
import { Task } from "poniard"
import type { Cut } from "../out-of-core/Job.ts"
import { bitsAt, fractionAt } from "../out-of-core/numbers.ts"
import { scratch } from "../out-of-core/scratch.ts"
import { type Digest, digestOf } from "./digest.ts"

/** What was seen in a sorted part. */
export interface Seen {
  readonly numbers: number
  readonly first: number
  readonly last: number
  /** Whether no number is smaller than the one before. */
  readonly ordered: boolean
  readonly digest: Digest
}

/** Which part a number belongs to: how many splitters are not above it. There are 2, 4, 8 ... or 256 parts. */
const partOf = (splitters: Float64Array, number: number): number => {
  let part = 0
  for (let step = splitters.length + 1 >> 1; step > 0; step >>= 1) {
    if (number >= splitters[part + step - 1]) part += step
  }
  return part
}

/**
 * `sample` looks at a few numbers of a block, as one would seek in a file, and `choose` finds splitters in such samples;
 * `make` gives a block, `split` its pieces, one a part; `sort` joins pieces and sorts them; `look` sums up what came out.
 */
export const { choose, look, make, sample, sort, split } = Task.module(import.meta.url, {
  sample: (block: number, { length, seed }: Cut, count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => {
      const within = (bitsAt(seed + 1, block * count + i) >>> 0) % length
      return fractionAt(seed, block * length + within)
    }),
  choose: (samples: ReadonlyArray<Float64Array>, parts: number): Float64Array => {
    const all = Float64Array.from(samples.flatMap((one) => Array.from(one))).sort()
    return Float64Array.from({ length: parts - 1 }, (_, p) => all[Math.floor((p + 1) * all.length / parts)])
  },
  make: (block: number, { length, seed }: Cut): Float64Array => {
    const numbers = Task.alloc(Float64Array, length)
    for (let i = 0, place = block * length; i < length; i++, place++) numbers[i] = fractionAt(seed, place)
    return numbers
  },
  split: (block: Float64Array, splitters: Float64Array): ReadonlyArray<Float64Array> => {
    const parts = scratch(block.length)
    const counts = new Uint32Array(splitters.length + 1)
    for (let i = 0; i < block.length; i++) counts[parts[i] = partOf(splitters, block[i])]++
    const pieces = Array.from(counts, (count) => Task.alloc(Float64Array, count))
    counts.fill(0)
    for (let i = 0; i < block.length; i++) pieces[parts[i]][counts[parts[i]]++] = block[i]
    return pieces
  },
  sort: (pieces: ReadonlyArray<Float64Array>): Float64Array => {
    const part = Task.alloc(Float64Array, pieces.reduce((sum, piece) => sum + piece.length, 0))
    let at = 0
    for (const piece of pieces) {
      part.set(piece, at)
      at += piece.length
    }
    return part.sort()
  },
  look: (part: Float64Array): Seen => {
    let ordered = true
    for (let i = 1; i < part.length; i++) if (!(part[i - 1] <= part[i])) ordered = false
    return { numbers: part.length, first: part[0], last: part[part.length - 1], ordered, digest: digestOf(part) }
  }
})
