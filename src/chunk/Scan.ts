// Looks through a value before it is written: refuses what cannot cross, and says whether the serializer can take the
// value as it is. Copies nothing; what needs a copied spine is Spine.ts's. Most of what an encode costs beside V8 is
// here, so it asks as little as it can of each member.
import { types } from "node:util"
import type { Crossing } from "./Crossing.ts"
import { areManyNumbers, hasNames, isInt32 } from "./items.ts"
import { type Kind, kindOf } from "./kindOf.ts"
import { because, Refused } from "./Refused.ts"
import { Trail } from "./Trail.ts"

/** How deep V8 is led into a value; what is deeper goes beside. V8's own reader overflows the main stack at 1500. */
export const DEEP = 128

/** Objects looked at without remembering them; a value with cycles or much shared is begun again with a memory. */
const MOST_UNKNOWN = 200_000
/** Objects that are remembered in a list, which is cheaper than a Set. */
const FEW = 16

/** Looks at each object first. True: it is accepted as it is and not looked into. It may throw to refuse it. */
export type Visitor = (o: object, path: string) => boolean

/** One look through one value. `careful`: strings are measured exactly, and shared objects counted once. */
export class Scan {
  /** estimate of the encoded bytes */
  bytes = 0
  /** nothing was met that JSON would change */
  json = true
  /** there is an array worth sending as a typed array */
  numbers = false
  readonly trail: Trail
  private readonly crossing: Crossing
  private readonly visitor: Visitor | undefined
  private careful: boolean
  private few: Array<object> = []
  private many: Set<object> | undefined
  private unknown = 0
  private lost = false

  constructor(crossing: Crossing, root: string, careful: boolean, visitor?: Visitor) {
    this.crossing = crossing
    this.visitor = visitor
    this.careful = careful
    this.trail = new Trail(root)
  }

  /** True: the serializer can take the value as it is. False: something in it needs a copied spine. Throws Refused. */
  run(value: unknown): boolean {
    try {
      if (this.value(value, 0)) return true
      if (!this.lost) return false
      this.bytes = this.trail.depth = 0
      this.few = []
      this.lost = false
      this.careful = true
      return this.value(value, 0)
    } catch (thrown) {
      throw this.trail.refusal(thrown)
    }
  }

  private value(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case "number":
        this.number(value)
        return true
      case "string":
        this.bytes += 3 + (this.careful && wide.test(value) ? 2 * value.length : value.length)
        return true
      case "object":
        if (value !== null) return this.object(value, depth)
        this.bytes += 1
        return true
      case "boolean":
        this.bytes += 1
        return true
      case "undefined":
        this.json = false
        this.bytes += 1
        return true
      case "bigint":
        this.json = false
        this.bytes += BigInt.asIntN(64, value) === value ? 10 : value.toString(16).length / 2 + 2
        return true
      default:
        throw new Refused(this.trail.path(), because(value))
    }
  }

  private number(value: number): void {
    if (isInt32(value)) {
      const size = value < 0 ? ~value : value
      this.bytes += size < 64 ? 2 : size < 8192 ? 3 : size < 1048576 ? 4 : 6
    } else {
      this.bytes += 9
      if (value === 0 || value - value !== 0) this.json = false
    }
  }

  private object(o: object, depth: number): boolean {
    const { trail } = this
    trail.depth = depth
    if (this.visitor !== undefined && this.visitor(o, trail.path())) return true
    if (this.met(o)) return true
    if (depth >= DEEP || this.lost) {
      this.lost = !this.careful
      return false
    }
    if (types.isProxy(o)) throw new Refused(trail.path(), because(o))
    const prototype: object | null = Object.getPrototypeOf(o)
    if (prototype === Object.prototype) return this.fields(o, depth)
    const kind = kindOf(o, prototype, this.crossing)
    if (kind === "array") return this.items(o as ReadonlyArray<unknown>, depth)
    if (kind === "plain") return this.fields(o, depth)
    this.json = false
    return this.special(kind, o, depth)
  }

  private special(kind: Kind, o: object, depth: number): boolean {
    switch (kind) {
      case "map":
        return this.entries(o as ReadonlyMap<unknown, unknown>, depth)
      case "set":
        return this.members(o as ReadonlySet<unknown>, depth)
      case "leaf":
        this.bytes += types.isRegExp(o) ? o.source.length + 6 : types.isStringObject(o) ? o.length + 4 : 10
        return true
      case "view":
        refuseDetached((o as ArrayBufferView).buffer, this.trail)
        this.bytes += (o as ArrayBufferView).byteLength + 8
        return true
      case "other":
        throw new Refused(this.trail.path(), because(o))
      default:
        return false
    }
  }

  /** Takes the values without their names: keyed loads by varying names sent V8's compilers into a loop. */
  private fields(o: object, depth: number): boolean {
    const { trail } = this
    const values = valuesOf(o)
    if (values === undefined) return this.named(o, depth)
    if (this.careful) { for (const name of Object.keys(o)) this.bytes += name.length }
    this.bytes += 4 + values.length * (this.careful ? 2 : 8)
    trail.how[depth] = "nth"
    trail.objects[depth] = o
    for (let i = 0; i < values.length; i++) {
      trail.keys[depth] = i
      trail.depth = depth + 1
      if (!this.value(values[i], depth + 1)) return false
    }
    return true
  }

  /** The same by name, for an object of which a getter throws: the trail then says which. */
  private named(o: object, depth: number): boolean {
    const { trail } = this
    this.json = false
    trail.how[depth] = "field"
    for (const name of Object.keys(o)) {
      trail.keys[depth] = name
      trail.depth = depth + 1
      if (!this.value((o as Record<string, unknown>)[name], depth + 1)) return false
    }
    return true
  }

  private items(items: ReadonlyArray<unknown>, depth: number): boolean {
    const { trail } = this
    this.bytes += 6
    if (areManyNumbers(items)) {
      this.numbers = true
      this.bytes += items.length * (isInt32(items[items.length - 1]) ? 4 : 8)
      return true
    }
    trail.how[depth] = "item"
    for (let i = 0; i < items.length; i++) {
      trail.keys[depth] = i
      trail.depth = depth + 1
      const item = items[i]
      if (item === undefined && !(i in items)) return this.rest(items, i, depth)
      if (!this.value(item, depth + 1)) return false
    }
    return hasNames(items) ? this.rest(items, items.length, depth) : true
  }

  /** What an array has from an index on, holes left out, and its named properties. */
  private rest(items: ReadonlyArray<unknown>, from: number, depth: number): boolean {
    const { trail } = this
    this.json = false
    for (const key of Object.keys(items)) {
      const index = Number(key)
      if (index < from) continue
      trail.how[depth] = Number.isNaN(index) ? "field" : "item"
      trail.keys[depth] = key
      trail.depth = depth + 1
      this.bytes += 3
      if (!this.value(items[key as unknown as number], depth + 1)) return false
    }
    return true
  }

  private entries(map: ReadonlyMap<unknown, unknown>, depth: number): boolean {
    const { trail } = this
    let i = 0
    this.bytes += 4
    for (const [key, value] of mapEntries.call(map)) {
      trail.how[depth] = "key"
      trail.keys[depth] = i
      trail.depth = depth + 1
      if (!this.value(key, depth + 1)) return false
      trail.how[depth] = "get"
      trail.keys[depth] = typeof key === "string" ? key : i
      trail.depth = depth + 1
      if (!this.value(value, depth + 1)) return false
      i++
    }
    return true
  }

  private members(set: ReadonlySet<unknown>, depth: number): boolean {
    const { trail } = this
    let i = 0
    this.bytes += 4
    trail.how[depth] = "member"
    for (const member of setValues.call(set)) {
      trail.keys[depth] = i++
      trail.depth = depth + 1
      if (!this.value(member, depth + 1)) return false
    }
    return true
  }

  /** Whether an object was met before, as far as it was remembered. */
  private met(o: object): boolean {
    const { few, many } = this
    if (many === undefined ? few.includes(o) : many.has(o)) {
      this.json = false
      this.bytes += 3
      return true
    }
    if (many !== undefined) many.add(o)
    else if (few.length < FEW) few.push(o)
    else if (this.careful) this.many = new Set(few).add(o)
    else {
      this.json = false
      this.lost = ++this.unknown > MOST_UNKNOWN
    }
    return false
  }
}

/** The iterators as they are by nature: an object may carry an own property of the same name. */
export const mapEntries = Map.prototype.entries
/** Like `mapEntries`, of a Set. */
export const setValues = Set.prototype.values

const valuesOf = (o: object): Array<unknown> | undefined => {
  try {
    // Makes V8 note the names of this kind of object, without which Object.values takes its slow way each time.
    for (const _ in o) break
    return Object.values(o)
  } catch {
    return undefined
  }
}

const wide = /[^\0-\xff]/

/** Refuses memory that was transferred away. */
export const refuseDetached = (buffer: ArrayBufferLike, trail: Trail): void => {
  if (!(buffer instanceof SharedArrayBuffer) && (buffer as ArrayBuffer).detached) {
    throw new Refused(trail.path(), "its ArrayBuffer is detached: the bytes were transferred away")
  }
}
