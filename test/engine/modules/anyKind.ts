// Short tasks of which each takes values of any kind and makes one of another: so that a graph of them has every kind of
// value on every kind of edge. What they make depends on their inputs alone, however they fare on the way.
import { Effect } from "effect"
import { spawn, Spawned, Task } from "poniard"

/** A value of any kind as a number below 9973. */
export const fold = (value: unknown): number => {
  if (typeof value === "number") return Number.isNaN(value) ? 3 : Object.is(value, -0) ? 5 : Math.abs(value | 0) % 9973
  if (typeof value === "bigint") return Number(value % 9973n)
  if (typeof value === "string") return (value.length * 31 + (value.codePointAt(0) ?? 1)) % 9973
  if (value === undefined) return 7
  if (value === null) return 11
  if (value instanceof Float64Array) return (value.length + value.reduce((sum, x) => sum + x, 0)) % 9973
  if (Array.isArray(value)) return value.reduce<number>((sum, member) => (sum * 3 + fold(member)) % 9973, 13)
  return fold(Object.values(value))
}

const mixed = (salt: number, inputs: ReadonlyArray<unknown>): number =>
  inputs.reduce<number>((sum, input) => (sum * 7 + fold(input)) % 9973, salt)

const filled = (xs: Float64Array, n: number): Float64Array => {
  for (let i = 0; i < xs.length; i++) xs[i] = (n + i) % 10
  return xs
}

const stalls = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
}

/** What a task is given: a number of its own, and its inputs. */
export type Inputs = readonly [salt: number, ...inputs: ReadonlyArray<unknown>]

const odd: ReadonlyArray<unknown> = [-0, NaN, undefined, null, true, 12n, "", 1.5, -7, 2 ** 40]

export const kinds = Task.module(import.meta.url, {
  number: (...[salt, ...inputs]: Inputs): unknown => mixed(salt, inputs),
  text: (...[salt, ...inputs]: Inputs): unknown => "x".repeat(mixed(salt, inputs) % 3000),
  object: (...[salt, ...inputs]: Inputs): unknown => ({ at: mixed(salt, inputs), path: [salt, "é", [null]] }),
  large: (...[salt, ...inputs]: Inputs): unknown => ({ xs: filled(new Float64Array(700), mixed(salt, inputs)) }),
  rows: (...[salt, ...inputs]: Inputs): unknown => {
    const of = mixed(salt, inputs)
    return Array.from({ length: 160 }, (_, id) => ({ id, of, name: `row ${id}` }))
  },
  few: (...[salt, ...inputs]: Inputs): unknown => filled(new Float64Array(5), mixed(salt, inputs)),
  plain: (...[salt, ...inputs]: Inputs): unknown => filled(new Float64Array(600), mixed(salt, inputs)),
  alloc: (...[salt, ...inputs]: Inputs): unknown => filled(Task.alloc(Float64Array, 600), mixed(salt, inputs)),
  odd: (...[salt, ...inputs]: Inputs): unknown => odd[mixed(salt, inputs) % odd.length],
  same: (...[, first]: Inputs): unknown => first,
  part: (...[salt, first]: Inputs): unknown => first instanceof Float64Array ? first.subarray(1) : mixed(salt, [first]),
  promise: (...[salt, ...inputs]: Inputs): unknown => Promise.resolve(mixed(salt, inputs)),
  effect: (...[salt, ...inputs]: Inputs): unknown => Effect.as(Effect.yieldNow, mixed(salt, inputs)),
  // What may fail is tried again.
  throws: (...[salt, ...inputs]: Inputs): unknown => {
    if (Math.random() < 0.2) throw new Error("by chance")
    return mixed(salt, inputs)
  },
  stalls: (...[salt, ...inputs]: Inputs): unknown => {
    if (Math.random() < 0.1) stalls(40)
    return mixed(salt, inputs)
  },
  exits: (...[salt, ...inputs]: Inputs): unknown => {
    if (Math.random() < 0.02) process.exit(3)
    return mixed(salt, inputs)
  }
})

export const { pair, spawns } = Task.module(import.meta.url, {
  pair: (...[salt, ...inputs]: Inputs): readonly [unknown, unknown] => [
    mixed(salt, inputs),
    filled(new Float64Array(600), mixed(salt, inputs))
  ],
  spawns: Effect.fnUntraced(function*(...[salt, ...inputs]: Inputs) {
    const inner = yield* spawn(kinds.number, mixed(salt, inputs))
    return yield* Spawned.fetch(inner)
  })
})
