// That what cannot cross is refused with its place, what it is and what to do, and that nothing a value does by itself
// (getters, proxies, depth) gets out of the codec as anything but Refused.
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, HashMap, Option, Redacted, Schema, Stream } from "effect"
import { Readable } from "node:stream"
import { check, decode, encode, Refused } from "../../src/chunk/codec.ts"
import { Handle } from "../../src/graph/Handle.ts"
import { crossing, NotFound, Place, Unlisted } from "./crossingClasses.ts"

const refusalOf = (run: () => unknown): Refused => {
  try {
    run()
  } catch (error) {
    assert.instanceOf(error, Refused)
    return error
  }
  return assert.fail("it was not refused")
}

/** The refusal of encode, after looking that check refuses in the same words. */
const refused = (value: unknown, root = "value"): Refused => {
  const error = refusalOf(() => encode(value, crossing, { root }))
  assert.strictEqual(refusalOf(() => check(value, crossing, root)).message, error.message)
  return error
}

class Socket {
  readonly fd = 3
}
class OwnMap extends Map<string, number> {}
class Query extends Handle {}

describe("a refusal says where", () => {
  const f = () => 1
  const cases: Record<string, unknown> = {
    "value": f,
    "value.items[0].onClick": { items: [{ onClick: f }] },
    "value[\"not a name\"].ä": { "not a name": { ä: f } },
    "value[2]": Object.assign([1], { 2: f }),
    "value.named": Object.assign([1, 2], { named: f }),
    "value.end": Object.assign(Array.from({ length: 50 }, () => "x"), { end: f }),
    "value.get(\"k\")": new Map([["k", f]]),
    "value<value 1 of the Map>[0]": new Map<unknown, unknown>([[1, 1], [2, [f]]]),
    "value<key 0 of the Map>.a": new Map([[{ a: f }, 1]]),
    "value<item 1 of the Set>": new Set([1, f]),
    "value.value.deep[0]": Option.some({ deep: [f] }),
    "value.near.onClick": new NotFound({ key: "k", near: { onClick: f } }),
    "value.a.b": { one: Option.some(1), a: { b: f } }
  }
  for (const [path, value] of Object.entries(cases)) {
    it(path, () => {
      const error = refused(value)
      assert.deepInclude(error, { path, reason: "a function cannot cross threads" })
      assert.strictEqual(error.message, `${path}: a function cannot cross threads`)
    })
  }

  it("under the root that the caller names, also an empty one", () => {
    assert.strictEqual(refused({ a: f }, "input[2]").path, "input[2].a")
    assert.strictEqual(refused({ a: f }, "").message, ".a: a function cannot cross threads")
    assert.strictEqual(refused(f, "").message, "a function cannot cross threads")
  })

  it("below everything that is carried beside", () => {
    let value: unknown = f
    for (let i = 0; i < 300; i++) value = { n: value }
    assert.strictEqual(refused(value).path, `value${".n".repeat(300)}`)
  })
})

describe("a refusal says what and what to do", () => {
  const cases: ReadonlyArray<readonly [value: unknown, reason: RegExp]> = [
    [Symbol("x"), /^a symbol cannot cross threads$/],
    [class Foo {}, /^a function cannot cross/],
    [
      new Socket(),
      /^an instance of Socket cannot .*: return a plain object, or make its class a Schema.Class and list/
    ],
    [new OwnMap(), /^an instance of OwnMap/],
    [new (class extends Array {})(), /cannot cross/],
    [Promise.resolve(1), /^a Promise cannot cross threads: await it first$/],
    [new WeakMap(), /^a WeakMap cannot cross threads$/],
    [new WeakRef({}), /^a WeakRef/],
    [new AbortController().signal, /^an instance of AbortSignal/],
    [new URL("http://x"), /^an instance of URL/],
    [Readable.from([1]), /^an instance of Readable/],
    [new ReadableStream(), /^an instance of ReadableStream/],
    [(function*() {})(), /cannot cross threads/],
    [new Proxy({}, {}), /^a Proxy cannot cross threads$/],
    [Object.create({ inherited: 1 }), /^an object without a known class/],
    [Object.create(Map.prototype), /cannot cross threads/],
    [Effect.sync(() => 1), /^an Effect cannot cross threads: let the task function return it/],
    [Stream.make(1), /^an effect Stream cannot/],
    [HashMap.empty(), /^an effect HashMap cannot .* only Option, Result, Exit, Cause, Duration and DateTime/],
    [Redacted.make("secret"), /^an effect Redacted/],
    [DateTime.zoneMakeOffset(0), /^an effect TimeZone/],
    [
      new (class Other extends Schema.Class<Place>("Other")({ x: Schema.Number }) {})({ x: 1 }),
      /^an instance of Other.*list the class Other in `schemas`/
    ],
    [new Query(), /^a handle cannot cross threads: give it as an input of its own, or join handles with all/],
    [structuredClone, /^a function/],
    [process.env, /cannot cross threads/]
  ]
  for (const [value, reason] of cases) {
    it(String(reason), () => assert.match(refused({ value }).reason, reason))
  }

  it("detached memory has nothing to send", () => {
    const [buffer, view] = [new ArrayBuffer(8), new Uint8Array(5000)]
    structuredClone([buffer, view.buffer], { transfer: [buffer, view.buffer] })
    assert.match(refused([buffer]).reason, /detached/)
    assert.match(refused([view]).reason, /detached/)
  })
})

describe("what a value does by itself", () => {
  it("a getter that throws is refused with its place, whatever it throws", () => {
    const thrower = (thrown: unknown) => ({
      a: {
        get b(): never {
          throw thrown
        }
      }
    })
    assert.deepInclude(refused(thrower(new Error("no"))), { path: "value.a.b", reason: "it cannot be read: Error: no" })
    for (const thrown of [undefined, "text", Symbol("s"), { toString: () => assert.fail("again") }]) {
      assert.strictEqual(refused([1n, thrower(thrown)]).path, "value[1].a.b")
    }
  })

  it("a Proxy is refused without being touched", () => {
    const touched = () => assert.fail("touched")
    const traps = { get: touched, ownKeys: touched, getPrototypeOf: touched, has: touched }
    assert.strictEqual(refused([new Proxy({}, traps)]).path, "value[0]")
    assert.strictEqual(refused(new Proxy(() => 1, traps)).reason, "a function cannot cross threads")
  })

  it("endless depth by getters is refused", () => {
    const endless = (): object => ({
      get next() {
        return endless()
      }
    })
    const error = refusalOf(() => encode(endless(), crossing))
    assert.match(error.reason, /deeper than 300000 levels/)
    assert.isBelow(error.path.length, 10_000)
  })

  it("iterators and methods that an object brings of its own are not used", () => {
    const map = Object.assign(new Map([["a", 1]]), { entries: 1, forEach: undefined, [Symbol.iterator]: undefined })
    const { buffers, head } = encode([map, Option.some(map)], crossing)
    assert.deepStrictEqual((decode(head, buffers, crossing) as Array<unknown>)[0], new Map([["a", 1]]))
  })
})

describe("decode refuses", () => {
  it("a class that this side does not know", () => {
    const { buffers, head } = encode({ at: new Place({ x: 1, y: 2 }) }, crossing)
    const empty = new (crossing.constructor as new() => typeof crossing)()
    assert.throws(() => decode(head, buffers, empty), /the class test\/Place is not known here: list it in `schemas`/)
  })

  it("damaged bytes, with a word about them", () => {
    const { buffers, head } = encode({ o: Option.some(1), big: "x".repeat(2000) }, crossing)
    for (
      const damaged of [
        head.subarray(0, 20),
        new Uint8Array(0),
        new Uint8Array([255]),
        new Uint8Array([1, 2, 3]),
        Buffer.from("{")
      ]
    ) {
      assert.match(refusalOf(() => decode(damaged, buffers, crossing)).message, /cannot be read from its \d+ bytes/)
    }
  })
})

describe("errors that are not listed are never refused", () => {
  it("what cannot cross in their fields becomes a short text", () => {
    const error = Object.assign(new Unlisted({ code: 7, data: { socket: new Socket(), fine: [1] } }), { f: () => 1 })
    Object.defineProperty(error, "bad", { get: () => assert.fail("no"), enumerable: true })
    const { buffers, head } = encode(error, crossing)
    const back = decode(head, buffers, crossing) as Error & Record<string, unknown>
    assert.deepInclude(back, {
      _tag: "Unlisted",
      code: 7,
      data: { socket: "[an instance of Socket cannot cross threads]", fine: [1] },
      f: "[a function cannot cross threads]",
      bad: "[it cannot be read]"
    })
  })
})
