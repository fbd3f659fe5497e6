// Task functions that hold shared memory in every way in which a task can end.
import { appendFileSync, existsSync } from "node:fs"
import { Task } from "poniard"
import type { Numbers } from "./arrays.ts"

const nap = new Int32Array(new SharedArrayBuffer(4))

const waitFor = (gate: string): void => {
  while (!existsSync(gate) && !Task.isCancelled()) Atomics.wait(nap, 0, 0, 1)
}

export const r = Task.module(import.meta.url, {
  make: (n: number): Numbers => Task.alloc(Float64Array, n).fill(1),
  double: (xs: Numbers): Numbers => {
    const ys = Task.alloc(Float64Array, xs.length)
    for (let i = 0; i < xs.length; i++) ys[i] = 2 * xs[i]
    return ys
  },
  /** The sum of three arrays, in an array, once the gate is there. */
  sum3: (began: string, gate: string, p: Numbers, q: Numbers, s: Numbers): Numbers => {
    appendFileSync(began, "s\n")
    waitFor(gate)
    return Task.alloc(Float64Array, p.length).map((_, i) => p[i] + q[i] + s[i])
  },
  two: (n: number): readonly [Numbers, Numbers] => [Task.alloc(Float64Array, n).fill(1), new Float64Array(n).fill(2)],
  throws: (n: number): Numbers => {
    Task.alloc(Float64Array, n).fill(1)
    throw new Error("after Task.alloc")
  },
  refused: (n: number): unknown => ({ xs: Task.alloc(Float64Array, n), call: () => 1 }),
  wrong: (n: number): ReadonlyArray<Numbers> => [Task.alloc(Float64Array, n)],
  partlyRefused: (n: number): ReadonlyArray<unknown> => [Task.alloc(Float64Array, n), new Float64Array(n), () => 1],
  /** Holds shared memory until nobody wants it. */
  holds: (began: string, xs: Numbers): Numbers => {
    const ys = Task.alloc(Float64Array, xs.length)
    appendFileSync(began, "h\n")
    waitFor("")
    return ys
  },
  /** Gives its input back when nobody wants it any more. */
  returnsLate: (began: string, xs: Numbers): Numbers => {
    appendFileSync(began, "r\n")
    waitFor("")
    return xs
  },
  /** `width` arrays of `n`, of which each element says where it is from. */
  parts: (row: number, n: number): ReadonlyArray<Numbers> =>
    Array.from({ length: 16 }, (_, p) => Task.alloc(Float64Array, n).fill(row * 16 + p)),
  gather: (columns: ReadonlyArray<Numbers>): number =>
    columns.reduce((total, xs) => total + xs.reduce((sum, x) => sum + x, 0), 0),
  /** What `gather` gives for column `p` of `rows` rows. */
  gathered: (rows: number, p: number, n: number): number => n * (16 * (rows * (rows - 1)) / 2 + rows * p),
  join: (parts: ReadonlyArray<Numbers>): Numbers => {
    const all = Task.alloc(Float64Array, parts.reduce((length, part) => length + part.length, 0))
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  },
  record: (i: number, length: number) => ({
    id: i,
    texts: Array.from({ length }, (_, k) => `${i}-${k}-some text of a few dozen letters`),
    xs: new Float64Array(600).fill(i)
  }),
  size: (record: { readonly texts: ReadonlyArray<string> }): number => record.texts.length,
  entries: (rows: ReadonlyMap<string, unknown>): number => rows.size,
  /** Many pieces, of which one is returned. */
  wasteful: (n: number): Numbers => {
    let last: Numbers = Task.alloc(Float64Array, 0)
    for (let i = 0; i < 20; i++) last = Task.alloc(Float64Array, n).fill(i)
    return last
  }
})
