// Random values of everything that may cross, nested, shared and cyclic, from a seed. For the codec's property tests.
import { Cause, DateTime, Duration, Exit, Option, Result } from "effect"
import { Broken, NotFound, Place, Trip } from "./crossingClasses.ts"
import { generator } from "./generator.ts"

/** A source of values; the same seed gives the same values. `wild`: also what only the codec's own forms can carry. */
export class RandomValue {
  private readonly random: () => number
  private readonly wild: boolean
  private made: Array<object> = []

  constructor(seed: number, wild: boolean) {
    this.random = generator(seed)
    this.wild = wild
  }

  /** A whole value; nothing is shared with values before. */
  next(): unknown {
    this.made = []
    return this.value(1 + this.below(5))
  }

  private below(n: number): number {
    return Math.floor(this.random() * n)
  }

  private one<A>(...choices: ReadonlyArray<A>): A {
    return choices[this.below(choices.length)]
  }

  private value(depth: number): unknown {
    if (depth === 0 || this.random() < 0.3) return this.primitive()
    if (this.made.length > 0 && this.random() < 0.1) return this.one(...this.made)
    const makers = this.wild && this.random() < 0.5 ? this.specials : this.containers
    return this.one(...makers).call(this, depth - 1)
  }

  private primitive(): unknown {
    return this.one<() => unknown>(
      () => this.below(200) - 100,
      () => (this.random() - 0.5) * 1e6,
      () => this.one(NaN, -0, 0, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 53, 5e-324),
      () => this.text(),
      () => this.one(true, false, null, undefined),
      () => this.one(0n, -1n, 2n ** 63n, -(2n ** 64n), 10n ** 40n)
    )()
  }

  private text(): string {
    return this.one(
      "",
      "a",
      "__proto__",
      "length",
      "word",
      "naïve",
      "日本語",
      "\0\u0001",
      "lone \ud800",
      "x".repeat(300),
      "7"
    )
  }

  private keep<A extends object>(o: A): A {
    this.made.push(o)
    return o
  }

  private readonly containers: ReadonlyArray<(depth: number) => unknown> = [
    function(this: RandomValue, depth) {
      const o = this.keep(this.random() < 0.1 && this.wild ? Object.create(null) as object : {})
      for (let i = this.below(6); i > 0; i--) {
        const value = this.value(depth)
        Object.defineProperty(o, this.text(), { value, enumerable: true, configurable: true, writable: true })
      }
      return o
    },
    function(this: RandomValue, depth) {
      const items = this.keep([] as Array<unknown>)
      const length = this.random() < 0.1 ? 40 : this.below(6)
      for (let i = 0; i < length; i++) items.push(this.value(depth))
      if (this.random() < 0.15) items[items.length + this.below(100)] = this.value(depth)
      if (this.random() < 0.1) Object.assign(items, { named: this.value(depth) })
      return items
    },
    function(this: RandomValue, depth) {
      const map = this.keep(new Map())
      for (let i = this.below(5); i > 0; i--) map.set(this.value(depth), this.value(depth))
      return map
    },
    function(this: RandomValue, depth) {
      const set = this.keep(new Set())
      for (let i = this.below(5); i > 0; i--) set.add(this.value(depth))
      return set
    },
    function(this: RandomValue) {
      return this.keep(this.one<object>(new Date(this.below(1e9)), new Date(NaN), /a+b/giu, Object(3), Object("s")))
    },
    function(this: RandomValue) {
      return this.keep(this.view())
    }
  ]

  private view(): ArrayBufferView {
    const length = this.one(0, 3, 64, 700)
    const type = this.one<{ new(n: number): ArrayBufferView }>(
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
    )
    const view = new type(length)
    for (let i = 0; i < view.byteLength; i++) new Uint8Array(view.buffer)[i] = this.below(256)
    if (this.random() < 0.2) return new DataView(view.buffer, 0, view.byteLength >> 1)
    return length > 8 && this.random() < 0.3 ? (view as Uint8Array).subarray(2, length - 3) : view
  }

  private readonly specials: ReadonlyArray<(depth: number) => unknown> = [
    function(this: RandomValue, depth) {
      return this.keep(this.one<object>(Option.some(this.value(depth)), Result.succeed(this.value(depth))))
    },
    function(this: RandomValue, depth) {
      return this.keep(this.one<object>(Option.none(), Result.fail(this.value(depth)), Exit.succeed(this.value(depth))))
    },
    function(this: RandomValue, depth) {
      const reasons = [
        ...Cause.fail(this.value(depth)).reasons,
        ...Cause.die(this.value(depth)).reasons,
        ...Cause.interrupt(this.one(undefined, 7)).reasons
      ]
      const cause = Cause.fromReasons(reasons.slice(0, this.below(4)))
      return this.keep(this.one<object>(cause, Exit.failCause(cause)))
    },
    function(this: RandomValue) {
      return this.keep(this.one<object>(Duration.millis(this.below(1e6)), Duration.nanos(5n), Duration.infinity))
    },
    function(this: RandomValue) {
      const timeZone = this.one<string | number>("Europe/Berlin", "Asia/Tokyo", 90 * 60_000)
      const zoned = DateTime.makeZonedUnsafe(this.below(2e9) * 1000, { timeZone })
      return this.keep(this.one<object>(zoned, DateTime.makeUnsafe(this.below(2e9) * 1000)))
    },
    function(this: RandomValue) {
      const place = (): Place => this.keep(new Place({ x: this.below(10), y: this.random() }))
      return this.keep(
        new Trip({ from: place(), via: [place()], note: this.one(Option.none(), Option.some(this.text())) })
      )
    },
    function(this: RandomValue, depth) {
      const near = this.value(depth)
      return this.keep(
        this.one<object>(new NotFound({ key: this.text(), near }), new Broken({ message: "b", cause: near }))
      )
    },
    function(this: RandomValue, depth) {
      const type = this.one(Error, TypeError, RangeError)
      const error = this.keep(new type(this.text(), { cause: this.value(depth) }))
      return this.random() < 0.5 ? error : Object.assign(error, { code: this.text(), data: this.value(depth) })
    },
    function(this: RandomValue, depth) {
      return this.keep(new AggregateError([this.value(depth), new Error("inner")], "several"))
    },
    function(this: RandomValue) {
      const bytes = this.one(0, 9, 5000)
      return this.keep(this.one<object>(new ArrayBuffer(bytes), new SharedArrayBuffer(bytes)))
    },
    function(this: RandomValue) {
      const numbers = Array.from({ length: 300 }, () => this.below(1000))
      return this.keep(this.random() < 0.5 ? numbers : [...numbers, 0.5, -0, NaN])
    }
  ]
}
