// Runs in a process of its own for size.test.ts: makes values of many kinds, and tells of each how much V8's heap and
// what hangs on it have grown, and what sizeOf says of it. Needs --expose-gc, and --single-threaded because what V8's
// other threads are working on stays alive.
import { setImmediate } from "node:timers/promises"
import { sizeOf } from "../../src/chunk/size.ts"

const many = 20_000
/** A string of its own in memory, not a rope and not one that V8 has already. */
const text = (from: string): string => Buffer.from(from).toString()
const range = <A>(n: number, f: (i: number) => A): Array<A> => {
  const items: Array<A> = []
  for (let i = 0; i < n; i++) items.push(f(i))
  return items
}
const fields = (i: number) => ({ a: i, b: i, c: i, d: i, e: i, f: i, g: i, h: i, i: i + 0.5, j: i })

class Point {
  readonly x: number
  readonly y: number
  #weight: number
  constructor(x: number) {
    this.x = x
    this.y = x + 0.5
    this.#weight = x
  }
  get weight(): number {
    return this.#weight
  }
}

/** An error that remembers a few calls more than the one that made it. */
const below = (calls: number, i: number): Error =>
  calls > 0 ? below(calls - 1, i) : new RangeError(text(`number ${i} is too large`))

interface Tree {
  readonly left: Tree | undefined
  readonly right: Tree | undefined
  readonly at: number
}
const tree = (depth: number): Tree | undefined =>
  depth === 0 ? undefined : { left: tree(depth - 1), right: tree(depth - 1), at: depth }

const makers: Record<string, () => unknown> = {
  "small integers": () => range(many, (i) => i),
  "doubles": () => range(many, (i) => i + 0.5),
  "an exact array": () => Array.from({ length: many }, (_, i) => i),
  "short arrays": () => range(100, (i) => range(700, (j) => text(`item ${i} ${j}`))),
  "numbers among strings": () => range<unknown>(many, (i) => i % 2 === 0 ? i + 0.5 : text(`number ${i}`)),
  "one-byte strings": () => range(many, (i) => text(`the word number ${i}`)),
  "two-byte strings": () => range(many, (i) => text(`die größte Zahl € ${i}`)),
  "objects of 3 fields": () => range(many, (i) => ({ id: i, ratio: i + 0.5, ok: true })),
  "objects of 10 fields": () => range(many, fields),
  "objects as decoded": () => structuredClone(range(many, (i) => ({ id: i, ratio: i + 0.5, name: `n${i}` }))),
  "parsed objects": () => JSON.parse(JSON.stringify(range(many, fields))),
  "a Map of numbers": () => new Map(range(many, (i) => [i, i + 0.5])),
  "a Map of strings": () => new Map(range(many, (i) => [text(`key ${i}`), text(`value ${i}`)])),
  "small Maps": () => range(5000, (i) => new Map(range(i % 20, (j) => [j, i]))),
  "a Set": () => new Set(range(many, (i) => text(`member ${i}`))),
  "nested": () =>
    range(20_000, (i) => ({ id: i, tags: [text(`tag a ${i}`), text(`tag b ${i}`)], at: { x: i + 0.5, y: 2 } })),
  "long arrays in objects": () =>
    range(15, (i) => ({ i, rows: range(2000, (j) => ({ j, word: text(`word ${i} ${j}`) })) })),
  "a dictionary": () => Object.fromEntries(range(many, (i) => [text(`the key ${i}`), i])),
  "bigints": () => range(many, (i) => BigInt(i) << 70n),
  "dates": () => range(20_000, (i) => new Date(i)),
  "a typed array": () => new Float64Array(many),
  "many typed arrays": () => range(2000, (i) => new Float64Array(100 + i % 7)),
  "very small typed arrays": () => range(5000, (i) => new Uint8Array(16).fill(i)),
  "class instances": () => range(many, (i) => new Point(i)),
  "a tree": () => tree(14),
  "pairs": () => range(many, (i) => [i, i + 0.5]),
  "a matrix of rows": () => range(200, (i) => range(200, (j) => i * j + 0.5)),
  "Maps in a Map": () => new Map(range(200, (i) => [i, new Map(range(100, (j) => [j, { i, j }]))])),
  "small Sets": () => range(5000, (i) => new Set(range(i % 20, (j) => j))),
  "one long text": () => text("a line of a text file\n".repeat(40_000)),
  "one long text of two bytes a character": () => text("eine größere Zeile, €\n".repeat(20_000)),
  "records with gaps": () =>
    range(many, (i) => i % 3 === 0 ? { id: i, note: undefined } : { id: i, note: text(`note ${i}`), at: null }),
  "objects without prototype": () =>
    range(many, (i) => Object.assign(Object.create(null) as object, { id: i, next: i + 1 })),
  "a dictionary without prototype": () =>
    Object.assign(Object.create(null) as object, Object.fromEntries(range(many, (i) => [text(`the key ${i}`), i]))),
  "errors of a few calls": () => range(2000, (i) => below(3, i)),
  "what is shared": () => {
    const shared = range(1000, (i) => text(`shared by all, number ${i}`))
    return range(many, (i) => ({ i, shared }))
  }
}

const used = (): number => {
  for (let i = 0; i < 2; i++) globalThis.gc!()
  const { external, heapUsed } = process.memoryUsage()
  return heapUsed + external
}

const warm = (make: () => unknown): number => sizeOf(make())

const measure = (make: () => unknown) => {
  const before = used()
  const kept = make()
  return { real: used() - before, estimated: sizeOf(kept) }
}

const results: Record<string, { readonly real: number; readonly estimated: number }> = {}
for (const [kind, make] of Object.entries(makers)) {
  warm(make) // what is compiled at first use is not the value's
  const tries: Array<{ readonly real: number; readonly estimated: number }> = []
  for (let i = 0; i < 3; i++) {
    await setImmediate() // from an empty stack, so that no register keeps the last value
    tries.push(measure(make))
  }
  // What is compiled in the meantime takes memory too: the middle one of three has none of it.
  results[kind] = tries.sort((a, b) => a.real - b.real)[1]
}
console.log(JSON.stringify(results))
