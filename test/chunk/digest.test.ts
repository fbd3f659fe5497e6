// The digest of a value: the same for what is equal, another for what is not, and a refusal for what has no content.
import { assert, describe, it } from "@effect/vitest"
import { Duration, Option } from "effect"
import { Crossing, Refused } from "../../src/chunk/codec.ts"
import { digest } from "../../src/chunk/digest.ts"
import { generator } from "./generator.ts"

const crossing = new Crossing()
const of = (value: unknown): string => digest(value, crossing, () => undefined, "value")

/** A plain value from a seed; with `turned`, equal to that without but made in another order. */
const plain = (random: () => number, depth: number, turned: boolean): unknown => {
  const kind = Math.floor(random() * (depth > 0 ? 11 : 7))
  const n = Math.floor(random() * 5)
  const many = () => Array.from({ length: n }, () => plain(random, depth - 1, turned))
  switch (kind) {
    case 0:
      return random() * 1000
    case 1:
      return `text ${n}`
    case 2:
      return n % 2 === 0
    case 3:
      return n % 2 === 0 ? null : undefined
    case 4:
      return BigInt(n)
    case 5:
      return new Date(n)
    case 6:
      return Float64Array.from({ length: n }, random)
    case 7:
      return many()
    case 8:
      return new Set(many())
    case 9:
      return new Map(many().map((value, i) => [`k${i}`, value]))
    default: {
      const entries = many().map((value, i) => [`k${i}`, value] as const)
      return Object.fromEntries(turned ? entries.reverse() : entries)
    }
  }
}

describe("the digest of a value", () => {
  it("is the same for equal values, in whatever order their properties were set, and of copies", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const value = plain(generator(seed), 4, false)
      assert.strictEqual(of(plain(generator(seed), 4, true)), of(value), `seed ${seed}`)
      assert.strictEqual(of(structuredClone(value)), of(value), `seed ${seed}`)
    }
  })

  it("is another for values that differ in anything", () => {
    const values: ReadonlyArray<unknown> = [
      0,
      -0,
      NaN,
      Infinity,
      1,
      "1",
      1n,
      true,
      false,
      null,
      undefined,
      "",
      "1;n1;",
      "\ud800",
      "\ufffd",
      [],
      [1, 2],
      [[1], 2],
      [[1, 2]],
      ["1", "2"],
      ["12"],
      [undefined],
      [null],
      {},
      { a: 1 },
      { a: "1" },
      { b: 1 },
      { a: 1, b: 2 },
      { a: { b: 2 } },
      { a: undefined },
      [{ a: 1 }, { b: 2 }],
      new Map([["a", 1]]),
      new Map(),
      new Map([["a", 2]]),
      new Set(["a", 1]),
      new Set([1, "a"]),
      new Set(),
      new Date(0),
      new Date(1),
      new Date(NaN),
      new Uint8Array([1, 2]),
      new Int8Array([1, 2]),
      new Uint8Array([1, 2]).buffer,
      new Uint16Array([1, 2]),
      new Uint8Array([1, 2, 0, 0]),
      new Float64Array(0),
      Option.none(),
      Option.some(1),
      Option.some("1"),
      Duration.seconds(1),
      new Error("a"),
      new Error("b"),
      new RangeError("a"),
      /a/,
      /a/g
    ]
    const seen = new Map<string, unknown>()
    for (const value of values) {
      const key = of(value)
      assert.match(key, /^[0-9a-f]{64}$/)
      assert.isFalse(seen.has(key), `${String(seen.get(key))} and ${String(value)}`)
      seen.set(key, value)
    }
  })

  it("does not depend on where an array's bytes lie, or on what is shared", () => {
    const bytes = Float64Array.from([1, 2, 3])
    const shared = new Float64Array(new SharedArrayBuffer(64), 8, 3)
    shared.set(bytes)
    assert.strictEqual(of(shared), of(bytes))
    const one = { a: 1 }
    assert.strictEqual(of([one, one]), of([{ a: 1 }, { a: 1 }]))
  })

  it("takes what the caller knows for what the caller says", () => {
    const handle = { what: "a handle" }
    const named = (text: string) => digest([handle], crossing, (o) => o === handle ? { text } : undefined, "value")
    assert.notStrictEqual(named("x"), named("y"))
    assert.strictEqual(named("x"), named("x"))
    const stood = digest([handle], crossing, (o) => o === handle ? { value: [1, 2] } : undefined, "value")
    assert.strictEqual(stood, of([[1, 2]]))
  })

  it("is had of values as deep as they come", () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    assert.match(of(deep), /^[0-9a-f]{64}$/)
  })

  it("is refused for functions, symbols, cycles and unknown classes", () => {
    const cycle: Array<unknown> = []
    cycle.push({ cycle })
    for (const value of [() => 1, Symbol("a"), { f: () => 1 }, cycle, new (class A {})()]) {
      assert.throws(() => of(value), Refused as never)
    }
  })
})
