// How much memory a JavaScript value takes, by a published rule: an estimate for values that stay as they are on a
// thread's heap (encoded sizes are exact and are the codec's). Not here: what is in a SharedArrayBuffer, which the
// arena counts, and what V8 keeps beside values (hidden classes, compiled code).
//
// The rule, in bytes, for V8 without pointer compression as in Node:
//   a place for a value       8, in an array with 10 % of slack for how it grew
//   number                    in its place if it is a small integer or all items of the array are numbers, else + 16
//   string                    16 + its characters rounded up to 8; 2 a character if one is beyond U+00FF; none up to
//                             one character. Equal strings count each time: JavaScript cannot see which are the same
//   bigint                    16 + 8 for each 64 bits
//   object, class instance    28 + 8 a field; over 32 fields a hash table: 24 a place, 1.5 places a field rounded up
//                             to a power of two, and the names. Without prototype: such a table of 4 places or more
//                             from the first field on, and 88 for it
//   array                     48 + its places
//   Map, Set                  72 + 28 or 20 a place, entries rounded up to a power of two
//   Date 96, RegExp 200, function 64, Error 500 (a stack of a few calls), typed array 200 or ArrayBuffer 100 with the
//                             whole buffer, once
// Objects count once, wherever they are referred to. Of more than 1024 items, 256 spread over an array (or over the
// first 65536 of a Map or Set) are measured and stand for the rest: half of these are counted but do not stand for
// others, so that what many items share is not multiplied. From the 20000th object on, 16 of more than 32 items will
// do. What is no array, Map or Set is walked whole: a list or tree of single objects takes up to 1 us for each.
import { types } from "node:util"
import { isInt32 } from "./items.ts"

/** Up to `most` items are all measured, of more `samples`; how it begins, and when many objects have been seen. */
const AT_FIRST = { most: 1024, samples: 256 }
const LATER = { most: 32, samples: 16 }
const MANY_SEEN = 20_000
const MOST_ITERATED = 65_536
/** How many long arrays may be inside each other before items only count as places. */
const MOST_NESTED = 8

/**
 * Estimated bytes of heap that a value takes, everything reachable from it included; never throws. For
 * `[{ id: 1, name: "ann" }]` that is 48 + 8.8 + (28 + 2 * 8) + (16 + 8).
 */
export const sizeOf = (value: unknown): number => Math.round(new Meter().value(value, 16))

/** One measurement: what was seen is not counted again. */
class Meter {
  private readonly seen = new Set<object>()
  private nested = 0

  /** Bytes of a value outside its place; `boxed` is what a number costs there that is no small integer. */
  value(root: unknown, boxed: number): number {
    const stack: Array<object> = []
    let bytes = this.leaf(root, boxed, stack)
    for (let o = stack.pop(); o !== undefined; o = stack.pop()) {
      try {
        bytes += this.object(o, stack)
      } catch {
        bytes += 28 // a getter or a proxy that throws
      }
    }
    return bytes
  }

  /** Bytes of a primitive; objects not seen yet go on the stack. */
  private leaf(value: unknown, boxed: number, stack: Array<object>): number {
    switch (typeof value) {
      case "number":
        return isInt32(value) ? 0 : boxed
      case "string":
        return stringSize(value)
      case "bigint":
        return 16 + 8 * Math.ceil(value.toString(16).length / 16)
      case "object":
      case "function":
        if (value !== null) {
          const { size } = this.seen
          if (this.seen.add(value).size !== size) stack.push(value)
        }
        return 0
      default:
        return 0
    }
  }

  private get pace(): typeof AT_FIRST {
    return this.seen.size < MANY_SEEN ? AT_FIRST : LATER
  }

  private object(o: object, stack: Array<object>): number {
    if (types.isProxy(o)) return 40
    if (Array.isArray(o)) return this.array(o, stack)
    if (types.isMap(o)) return 72 + 28 * places(o.size) + this.iterated(o.entries(), o.size, true, stack)
    if (types.isSet(o)) return 72 + 20 * places(o.size) + this.iterated(o.values(), o.size, false, stack)
    if (ArrayBuffer.isView(o)) {
      this.leaf(o.buffer, 0, stack)
      return 100
    }
    if (types.isAnyArrayBuffer(o)) return types.isSharedArrayBuffer(o) ? 100 : 100 + o.byteLength
    if (types.isDate(o)) return 96
    if (types.isRegExp(o)) return 200 + stringSize(o.source)
    if (typeof o === "function") return 64
    return this.fields(o, stack) + (types.isNativeError(o) ? 500 + stringSize(o.message) : 0)
  }

  private fields(o: object, stack: Array<object>): number {
    const values: ReadonlyArray<unknown> = Object.values(o)
    let bytes = 28 + 8 * values.length
    if (Object.getPrototypeOf(o) === null) bytes = 88 + 24 * (values.length > 3 ? places(values.length * 1.5) : 4)
    if (values.length > 32) {
      bytes = 64 + 24 * places(values.length * 1.5)
      for (const name of Object.keys(o)) bytes += stringSize(name)
    }
    for (let i = 0; i < values.length; i++) bytes += this.leaf(values[i], 16, stack)
    if (types.isNativeError(o)) bytes += this.leaf(o.cause, 16, stack)
    return bytes
  }

  private array(items: ReadonlyArray<unknown>, stack: Array<object>): number {
    const { length } = items
    const bytes = 48 + 8.8 * length
    const { most, samples } = this.pace
    if (length > most) return bytes + this.sampled(length, items, samples)
    let numbers = true
    for (let i = 0; i < length && numbers; i++) numbers = typeof items[i] === "number"
    if (numbers) return bytes
    let content = 0
    for (let i = 0; i < length; i++) content += this.leaf(items[i], 16, stack)
    return bytes + content
  }

  private iterated(iterator: Iterable<unknown>, size: number, pairs: boolean, stack: Array<object>): number {
    const { most, samples } = this.pace
    const sampling = size > most
    const step = sampling ? Math.floor(Math.min(size, MOST_ITERATED) / samples) : 1
    const items: Array<unknown> = []
    let i = 0
    for (const item of iterator) {
      if (i++ % step !== 0) continue
      items.push(item)
      if (sampling && items.length === samples) break
    }
    const parts = pairs ? [0, 1].map((part) => items.map((item) => (item as Array<unknown>)[part])) : [items]
    let bytes = 0
    for (const part of parts) bytes += sampling ? this.sampled(size, part, samples) : this.all(part, stack)
    return bytes
  }

  private all(items: ReadonlyArray<unknown>, stack: Array<object>): number {
    let bytes = 0
    for (const item of items) bytes += this.leaf(item, 16, stack)
    return bytes
  }

  /** Bytes of the content of `size` items, from all of them or from some. */
  private sampled(size: number, items: ReadonlyArray<unknown>, samples: number): number {
    if (this.nested >= MOST_NESTED) return 0
    this.nested++
    const picked = Array.from({ length: samples }, (_, i) => items[Math.floor(i * items.length / samples)])
    const boxed = items.length === size && picked.every((item) => typeof item === "number") ? 0 : 16
    let once = 0
    let often = 0
    for (let i = 0; i < samples; i += 2) once += this.value(picked[i], boxed)
    for (let i = 1; i < samples; i += 2) often += this.value(picked[i], boxed)
    this.nested--
    return once + often * (size - samples / 2) / (samples / 2)
  }
}

/** Places of a hash table for so many entries. */
const places = (entries: number): number => 2 ** Math.max(1, Math.ceil(Math.log2(entries || 1)))

const wide = /[^\0-\xff]/

const stringSize = (text: string): number => {
  if (text.length < 2) return 0
  const start = text.length > 4096 ? text.slice(0, 4096) : text
  return 16 + 8 * Math.ceil(text.length * (wide.test(start) ? 2 : 1) / 8)
}
