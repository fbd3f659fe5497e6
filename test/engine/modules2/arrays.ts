// Task functions on typed arrays: where they lie, what is handed on, and what must not be done with them.
import { appendFileSync, existsSync } from "node:fs"
import { Task } from "poniard"

/** Where an array lies, and its sum. */
export interface Place {
  readonly shared: boolean
  readonly offset: number
  readonly bytes: number
  readonly sum: number
  readonly processor: string | undefined
}

export type Numbers = Float64Array<ArrayBufferLike>

const sumOf = (xs: Numbers): number => xs.reduce((sum, x) => sum + x, 0)

const placeOf = (xs: Numbers): Place => ({
  shared: xs.buffer instanceof SharedArrayBuffer,
  offset: xs.byteOffset,
  bytes: xs.byteLength,
  sum: sumOf(xs),
  processor: Task.processor
})

const counting = (xs: Numbers): Numbers => xs.map((_, i) => i)

/** Fills an array with 0, 1, 2 and so on. */
export const fillCounting = (xs: Numbers): Numbers => {
  for (let i = 0; i < xs.length; i++) xs[i] = i
  return xs
}

let kept: Array<Numbers> = []
const nap = new Int32Array(new SharedArrayBuffer(4))

const types = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array
}

/** The classes of which every kind of array is tried. */
export type Type = keyof typeof types

const fillAny = (xs: InstanceType<typeof types[Type]>): unknown => {
  for (let i = 0; i < xs.length; i++) {
    xs[i] = (xs instanceof BigInt64Array || xs instanceof BigUint64Array ? BigInt(i % 100) : i % 100) as never
  }
  return xs
}

export const a = Task.module(import.meta.url, {
  /** An array of Task.alloc, with where it lay for its maker. */
  alloc: (n: number): readonly [Numbers, Place] => {
    const xs = fillCounting(Task.alloc(Float64Array, n))
    return [xs, placeOf(xs)]
  },
  allocOnly: (n: number): Numbers => fillCounting(Task.alloc(Float64Array, n)),
  boxed: (n: number): { readonly xs: Numbers } => ({ xs: fillCounting(Task.alloc(Float64Array, n)) }),
  plain: (n: number): Numbers => counting(new Float64Array(n)),
  allocAfterAwait: async (n: number): Promise<Numbers> => {
    await Promise.resolve()
    return fillCounting(Task.alloc(Float64Array, n))
  },
  zeros: (n: number): number => sumOf(Task.alloc(Float64Array, n)),
  place: placeOf,
  placeOfBoth: (xs: Numbers, ys: Numbers): readonly [Place, Place] => [placeOf(xs), placeOf(ys)],
  placesIn: (
    record: { readonly xs: Numbers; readonly ys: Numbers }
  ): readonly [Place, Place] => [placeOf(record.xs), placeOf(record.ys)],
  /** The same, when every consumer has begun: so that each has a thread of its own. */
  placeWithAll: (xs: Numbers, began: string, gate: string): Place => {
    appendFileSync(began, "1\n")
    while (!existsSync(gate) && !Task.isCancelled()) Atomics.wait(nap, 0, 0, 1)
    return placeOf(xs)
  },
  /** Of each kind: `alloc` or plain, `n` elements counting up to 99 again and again. */
  any: (type: Type, n: number, alloc: boolean): unknown =>
    fillAny(alloc ? Task.alloc(types[type] as typeof Int8Array, n) as never : new types[type](n)),
  inspect: (xs: InstanceType<typeof types[Type]>): readonly [string, number, string] => [
    xs.constructor.name,
    xs.length,
    String(xs.length === 0 ? "" : xs[xs.length - 1])
  ],
  view: (xs: Numbers, from: number, to: number): Numbers => xs.subarray(from, to),
  prefix: (n: number, length: number): readonly [Numbers, Place] => {
    const xs = fillCounting(Task.alloc(Float64Array, n)).subarray(0, length)
    return [xs, placeOf(xs)]
  },
  ownView: (n: number, from: number, to: number): Numbers =>
    fillCounting(Task.alloc(Float64Array, n)).subarray(from, to),
  overlapping: (n: number): readonly [Numbers, Numbers, Numbers] => {
    const xs = fillCounting(Task.alloc(Float64Array, n))
    return [xs, xs, xs.subarray(n / 2)]
  },
  record: (n: number): { readonly xs: Numbers; readonly ys: Numbers; readonly name: string } => {
    const xs = fillCounting(Task.alloc(Float64Array, n))
    return { xs, ys: counting(new Float64Array(n)), name: "record" }
  },
  buffer: (n: number): ArrayBuffer => counting(new Float64Array(n)).buffer as ArrayBuffer,
  sumOfBuffer: (buffer: ArrayBuffer): number => sumOf(new Float64Array(buffer)),
  dataView: (n: number): DataView => new DataView(counting(new Float64Array(n)).buffer as ArrayBuffer),
  at: (view: DataView, i: number): number => view.getFloat64(8 * i, true),
  same: <A>(value: A): A => value,
  sum: sumOf,
  write: (xs: Numbers): number => {
    xs[0] = -1
    return sumOf(xs)
  },
  writeSecond: (_: number, both: readonly [Numbers, Numbers]): number => {
    both[1][0] = -1
    return 0
  },
  writeInside: (record: { readonly xs: Numbers }): number => {
    record.xs[1] = -1
    return 0
  },
  /** Keeps a view beyond its end; `scribble` writes to all that were kept. */
  keep: (xs: Numbers): number => kept.push(xs),
  keepOwn: (n: number): number => kept.push(fillCounting(Task.alloc(Float64Array, n))),
  keepResult: (n: number): Numbers => {
    const xs = counting(new Float64Array(n))
    kept.push(xs)
    return xs
  },
  keptLengths: (): ReadonlyArray<number> => kept.map((xs) => xs.length),
  scribble: (value: number): void => {
    for (const xs of kept) xs.fill(value, 1, 2)
    kept = []
  },
  wholeBuffer: (n: number): unknown => Task.alloc(Float64Array, n).buffer
})
