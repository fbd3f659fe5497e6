// That what crosses comes out as it went in: random values over all forms of a head, identity, buffers without a copy,
// sizes. What is refused is in refused.test.ts, listed classes and Effect's data in crossing.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { Option } from "effect"
import { serialize } from "node:v8"
import { runInNewContext } from "node:vm"
import { check, decode, encode, isPlain, OUT_OF_BAND } from "../../src/chunk/codec.ts"
import { crossing } from "./crossingClasses.ts"
import { generator } from "./generator.ts"
import { RandomValue } from "./RandomValue.ts"
import { sameGraph } from "./sameGraph.ts"

const roundTrip = (value: unknown): unknown => {
  const { buffers, head } = encode(value, crossing)
  return decode(head, buffers.map((buffer) => buffer.slice()), crossing)
}

/** Copies of head and buffers in shared memory, as the arena keeps them: each at a multiple of 64. */
const inSharedMemory = (parts: ReadonlyArray<Uint8Array>): Array<Uint8Array> => {
  const rounded = (n: number) => Math.ceil(n / 64) * 64
  const arena = new SharedArrayBuffer(parts.reduce((sum, part) => sum + rounded(part.byteLength), 64))
  let offset = 64
  return parts.map((part) => {
    const copy = new Uint8Array(arena, offset, part.byteLength)
    copy.set(part)
    offset += rounded(part.byteLength)
    return copy
  })
}

const forSeeds = (count: number, wild: boolean, claim: (value: unknown) => void): void => {
  for (let seed = 1; seed <= count; seed++) {
    const value = new RandomValue(seed, wild).next()
    try {
      claim(value)
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error })
    }
  }
}

describe("decode gives back what encode was given", () => {
  it("for random values that structured clone takes", () => {
    forSeeds(3000, false, (value) => sameGraph(value, roundTrip(value)))
  })

  it("for random values with errors, listed classes and Effect's data", () => {
    forSeeds(3000, true, (value) => sameGraph(value, roundTrip(value)))
  })

  it("and does not change what it was given", () => {
    forSeeds(300, true, (value) => {
      const before = roundTrip(value)
      encode(value, crossing)
      sameGraph(value, before)
    })
  })

  it("from bytes in shared memory", () => {
    forSeeds(1000, true, (value) => {
      const { buffers, head } = encode(value, crossing)
      const [sharedHead, ...shared] = inSharedMemory([head, ...buffers])
      const decoded = decode(sharedHead, shared, crossing)
      assert.deepStrictEqual(encode(decoded, crossing).buffers.map(bytes), buffers.map(bytes))
      sameGraph(value, decoded)
    })
  })

  it("from bytes that lie at odd places", () => {
    forSeeds(300, false, (value) => {
      const { buffers, head } = encode(value, crossing)
      const odd = buffers.map((buffer) => {
        const copy = new Uint8Array(buffer.byteLength + 3).subarray(3)
        copy.set(buffer)
        return copy
      })
      sameGraph(value, decode(head, odd, crossing))
    })
  })

  it("for numbers at the borders of their encodings", () => {
    const numbers = [0, -0, 63, 64, -64, -65, 8191, 8192, 2 ** 30, -(2 ** 31), 2 ** 31 - 1, 2 ** 31, NaN, 1e300, 5e-324]
    const many = Array.from({ length: 400 }, (_, i) => i)
    for (const value of [numbers, many, [...many, ...numbers], { numbers, many, again: many }]) {
      sameGraph(value, roundTrip(value))
    }
  })
})

const bytes = (buffer: Uint8Array): string => Buffer.from(buffer).toString("hex")

describe("structure", () => {
  it("cycles stay cycles, through Effect's data and errors too", () => {
    const o: { list: Array<unknown>; self?: unknown } = { list: [] }
    o.self = o
    const error = Object.assign(new Error("x"), { o })
    o.list.push(Option.some(o), error, new Map([[o, o]]))
    sameGraph(o, roundTrip(o))
    const some = Option.some(o)
    o.list.push(some)
    sameGraph(some, roundTrip(some))
  })

  it("an object without prototype stays one, wherever it is", () => {
    const groups = Object.groupBy([1, 2, 3], (n) => n % 2 === 0 ? "even" : "odd")
    sameGraph({ groups }, roundTrip({ groups }))
    assert.isNull(Object.getPrototypeOf((roundTrip({ groups }) as { readonly groups: object }).groups))
  })

  it("a list of 100000 nodes crosses, with or without something special at its end", () => {
    for (const end of [null, Option.some("end"), new Map([[1, 2]])]) {
      let list: unknown = end
      for (let i = 0; i < 100_000; i++) list = i % 2 === 0 ? { next: list } : [list]
      let [there, back] = [list, roundTrip(list)] as Array<{ readonly next?: unknown; readonly 0?: unknown }>
      for (let i = 100_000; i > 0; i--) {
        if (Array.isArray(back) !== Array.isArray(there)) assert.fail(`node ${i} became something else`)
        const key = Array.isArray(there) ? 0 : "next"
        there = there[key] as typeof there
        back = back[key] as typeof back
      }
      sameGraph(end, back)
    }
  })

  it("much sharing costs no more than the objects there are", () => {
    let shared: unknown = { end: true }
    for (let i = 0; i < 100; i++) shared = { left: shared, right: shared }
    sameGraph(shared, roundTrip(shared))
    assert.isBelow(check(shared, crossing, ""), 10_000)
  })

  it("getters are run and become values, and so are exotic objects", () => {
    assert.deepStrictEqual(
      roundTrip({
        get a() {
          return Option.some(1)
        }
      }),
      { a: Option.some(1) }
    )
    const argumentsOf = function() {
      return arguments
    } as (...args: ReadonlyArray<number>) => unknown
    const given = argumentsOf(1, 2)
    assert.deepStrictEqual(roundTrip({ given }), { given: { 0: 1, 1: 2 } })
  })

  it("a getter that answers differently each time cannot bring in what may not cross", () => {
    let asked = 0
    const fickle = {
      get a() {
        return asked++ % 2 === 0 ? 1 : () => 1
      },
      big: 1n
    }
    assert.deepStrictEqual(roundTrip(fickle), { a: 1, big: 1n })
  })

  it("values of another realm cross as our own", () => {
    const foreign = runInNewContext(
      "({ a: [1, new Map([[1, new Set([2])]])], d: new Date(3), f: new Float64Array(2) })"
    )
    const back = roundTrip(foreign) as { readonly a: Array<unknown>; readonly d: Date; readonly f: Float64Array }
    assert.deepStrictEqual(back, { a: [1, new Map([[1, new Set([2])]])], d: new Date(3), f: new Float64Array(2) })
  })

  it("names put on Object.prototype are nobody's fields", () => {
    Object.assign(Object.prototype, { polluted: () => 1 })
    try {
      assert.deepStrictEqual(roundTrip({ a: 1, b: [Option.some(1)] }), { a: 1, b: [Option.some(1)] })
    } finally {
      delete (Object.prototype as { polluted?: unknown }).polluted
    }
  })
})

describe("buffers", () => {
  it("are the original memory, in order, each view once, and only for large ones", () => {
    const [a, b, small] = [new Float64Array(1000), new Uint8Array(OUT_OF_BAND), new Uint8Array(OUT_OF_BAND - 1)]
    const { buffers, head } = encode([b, { a, small }, a, new Map([["b", b]])], crossing)
    assert.deepStrictEqual(buffers.map((buffer) => [buffer.buffer, buffer.byteOffset, buffer.byteLength]), [
      [b.buffer, 0, OUT_OF_BAND],
      [a.buffer, 0, 8000]
    ])
    assert.isAbove(head.byteLength, small.byteLength)
    assert.isBelow(head.byteLength, small.byteLength + 200)
  })

  it("become the memory of what is decoded: no copy, and a fixed length", () => {
    const value = {
      xs: new Float64Array([1, 2, ...new Float64Array(600)]),
      view: new DataView(new ArrayBuffer(5000), 8)
    }
    const { buffers, head } = encode(value, crossing)
    const shared = inSharedMemory(buffers)
    const decoded = decode(head, shared, crossing) as typeof value
    assert.strictEqual(decoded.xs.buffer as unknown, shared[0].buffer)
    assert.strictEqual(decoded.xs.byteOffset, shared[0].byteOffset)
    assert.strictEqual(decoded.view.byteLength, 4992)
    new Float64Array(shared[0].buffer, shared[0].byteOffset, 1)[0] = 7
    assert.strictEqual(decoded.xs[0], 7)
  })

  it("may be longer than needed, but not shorter or missing", () => {
    const { buffers, head } = encode(new Uint8Array(5000), crossing)
    assert.strictEqual((decode(head, [new Uint8Array(8192)], crossing) as Uint8Array).length, 5000)
    assert.throws(() => decode(head, [buffers[0].subarray(1)], crossing), /buffer 0 of 5000 bytes is only 4999 long/)
    assert.throws(() => decode(head, [], crossing), /buffer 0 of 5000 bytes is missing/)
  })

  it("of every type of array that this Node has", () => {
    const { Float16Array } = globalThis as unknown as { readonly Float16Array?: typeof Float32Array }
    for (
      const type of [Int8Array, Uint8ClampedArray, Float32Array, BigUint64Array, ...Float16Array ? [Float16Array] : []]
    ) {
      for (const length of [0, 3, 5000]) sameGraph(new type(length), roundTrip(new type(length)))
    }
  })

  it("a view carries its own bytes only, a Buffer arrives as Uint8Array", () => {
    const whole = new Uint8Array(1 << 20)
    assert.isBelow(encode(whole.subarray(5, 50), crossing).head.byteLength, 100)
    const back = roundTrip({ text: Buffer.from("pooled") }) as { readonly text: Uint8Array }
    assert.strictEqual(Object.getPrototypeOf(back.text), Uint8Array.prototype)
    assert.strictEqual(new TextDecoder().decode(back.text), "pooled")
    assert.strictEqual(back.text.buffer.byteLength, 6)
  })

  it("ArrayBuffers keep whether they can grow, and SharedArrayBuffers arrive as copies", () => {
    const growing = roundTrip(new ArrayBuffer(9, { maxByteLength: 20 })) as ArrayBuffer
    assert.deepStrictEqual([growing.byteLength, growing.resizable, growing.maxByteLength], [9, true, 20])
    const shared = new SharedArrayBuffer(5000, { maxByteLength: 9000 })
    new Uint8Array(shared)[4999] = 3
    const copy = roundTrip(shared) as SharedArrayBuffer
    assert.deepStrictEqual([copy.byteLength, copy.growable, new Uint8Array(copy)[4999]], [5000, true, 3])
    new Uint8Array(copy)[0] = 1
    assert.strictEqual(new Uint8Array(shared)[0], 0)
  })

  it("a head owns its memory: nothing else travels when it is posted", () => {
    for (const value of [{ a: 1 }, [1n], Option.some(1), "x".repeat(5000)]) {
      const { head } = encode(value, crossing)
      assert.strictEqual(head.buffer.byteLength, head.byteLength)
    }
  })
})

describe("sizes", () => {
  it("check says what an encode would take: exactly for a table, within a quarter for plain data", () => {
    const random = generator(5)
    const words = Array.from(
      { length: 500 },
      (_, i) => i % 7 === 0 ? `größe 日本 ${i}` : "word".repeat(Math.floor(random() * 9))
    )
    const rows = words.map((word, i) => ({ id: i, word, at: new Date(i), ratio: random(), ok: true, none: null }))
    for (
      const value of [words, rows, new Map(words.map((word, i) => [word, i])), new Set(words), [1n, 2n ** 100n], {
        v: new Uint8Array(9999)
      }]
    ) {
      assert.approximately(check(value, crossing, "") / totalBytes(value), 1, 0.25)
    }
    for (const value of [Option.some(rows), new Error("x")]) {
      assert.strictEqual(check(value, crossing, ""), totalBytes(value))
    }
  })

  it("plain data takes what v8.serialize takes, arrays of numbers less", () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({ id: i, name: `row ${i}` }))
    assert.isAtMost(totalBytes(rows), serialize(rows).byteLength)
    const floats = Array.from({ length: 10_000 }, (_, i) => i / 3)
    assert.isBelow(totalBytes(floats), serialize(floats).byteLength)
  })

  it("check asks about each object with its path, and does not look into what is accepted", () => {
    class Handle {}
    const handle = new Handle()
    const asked: Array<string> = []
    const bytes = check([{ h: handle }, Option.some(2)], crossing, "input 1: ", (o, path) => {
      asked.push(path)
      return o === handle
    })
    assert.isAbove(bytes, 5)
    assert.includeMembers(asked, ["input 1: ", "input 1: [0]", "input 1: [0].h", "input 1: [1]"])
    assert.throws(() => check([{ h: handle }], crossing, "", () => false), /^\[0\]\.h: an instance of Handle/)
  })

  it("what is plain needs no codec, and the rest does", () => {
    for (const value of [undefined, null, true, 1.5, -0, NaN, 2n ** 62n, "", "x".repeat(256)]) {
      assert.isTrue(isPlain(value))
    }
    for (const value of [{}, [], () => 1, Symbol("x"), 2n ** 64n, "x".repeat(257)]) assert.isFalse(isPlain(value))
  })
})

const totalBytes = (value: unknown): number => {
  const { buffers, head } = encode(value, crossing)
  return buffers.reduce((sum, buffer) => sum + buffer.byteLength, head.byteLength)
}
