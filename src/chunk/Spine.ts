// A copy of a value's spine for the serializer, with a stand-in wherever something special was: listed classes, errors,
// Effect's data, buffers, objects without prototype, arrays of numbers, and whatever is too deep. What they hold goes
// into the table (Table.ts). It refuses what Scan.ts refuses.
import type { Reason } from "effect/Cause"
import { types } from "node:util"
import type { Crossing } from "./Crossing.ts"
import { slotOf, type Species, speciesOf } from "./EffectValue.ts"
import { argumentNames, partsOf } from "./ErrorValue.ts"
import { areManyNumbers, hasNames, packNumbers } from "./items.ts"
import { kindOf } from "./kindOf.ts"
import { put } from "./put.ts"
import { because, Refused, textFor } from "./Refused.ts"
import { DEEP, mapEntries, refuseDetached, setValues, type Visitor } from "./Scan.ts"
import { type Shape, Table } from "./Table.ts"
import { Trail } from "./Trail.ts"

interface Postponed {
  readonly number: number
  readonly shape: Shape
  readonly o: object
  readonly soft: boolean
  readonly trail: Trail
  /** how many times DEEP it lies below the root */
  readonly layer: number
}

/** Layers of DEEP levels; what is deeper is made by getters and never ends. */
const MOST_LAYERS = Math.ceil(300_000 / DEEP)

/** A field of an error that is copied when all else is, so that what also stands elsewhere is the same object. */
interface SoftField {
  readonly o: object
  readonly name: string
  readonly into: object
  readonly as: string
}

/** The copied spine of one value. In what errors carry along (`soft`), a text takes the place of what cannot cross. */
export class Spine {
  readonly table: Table
  private readonly crossing: Crossing
  private readonly visitor: Visitor | undefined
  private readonly copies = new Map<object, unknown>()
  private readonly softCopies = new Map<object, unknown>()
  private readonly postponed: Array<Postponed> = []
  private readonly softFields: Array<SoftField> = []
  private trail: Trail
  private layer = 0

  constructor(crossing: Crossing, root: string, visitor?: Visitor) {
    this.crossing = crossing
    this.table = new Table(crossing)
    this.visitor = visitor
    this.trail = new Trail(root)
  }

  /** The copy of the whole value, or its stand-in. Throws Refused. */
  run(value: unknown): unknown {
    try {
      const copy = this.value(value, 0, false)
      this.resume()
      // Nothing is refused from here on, so that places are of no interest.
      this.trail = new Trail("")
      for (let i = 0; i < this.softFields.length; i++) {
        const { as, into, name, o } = this.softFields[i]
        put(into, as, this.softField(o, name))
        this.resume()
      }
      return copy
    } catch (thrown) {
      throw this.trail.refusal(thrown)
    }
  }

  /** Copies what was too deep, until nothing is. */
  private resume(): void {
    for (let next = this.postponed.pop(); next !== undefined; next = this.postponed.pop()) {
      const { layer, number, o, shape, soft, trail } = next
      this.trail = trail
      this.layer = layer
      try {
        this.table.payloads[number] = this.payload(shape, o, 0, soft)
      } catch (thrown) {
        if (!soft) throw thrown
      }
    }
  }

  private softField(o: object, name: string): unknown {
    try {
      return this.field(o, name, 0, true)
    } catch {
      return "[it cannot be read]"
    }
  }

  private value(value: unknown, depth: number, soft: boolean): unknown {
    if (typeof value === "object" && value !== null) {
      return soft ? this.softly(value, depth) : this.object(value, depth, false)
    }
    if (typeof value !== "function" && typeof value !== "symbol") return value
    if (soft) return textFor(value)
    throw new Refused(this.trail.path(), because(value))
  }

  private softly(o: object, depth: number): unknown {
    try {
      return this.object(o, depth, true)
    } catch {
      const text = textFor(o)
      this.softCopies.set(o, text)
      return text
    }
  }

  private object(o: object, depth: number, soft: boolean): unknown {
    const { trail } = this
    trail.depth = depth
    if (this.visitor?.(o, trail.path()) === true) return undefined
    const before = this.copies.get(o) ?? (soft ? this.softCopies.get(o) : undefined)
    if (before !== undefined) return before
    if (types.isProxy(o)) throw new Refused(trail.path(), because(o))
    const kind = kindOf(o, Object.getPrototypeOf(o), this.crossing)
    switch (kind) {
      case "leaf":
        return o
      case "view":
        refuseDetached((o as ArrayBufferView).buffer, trail)
        return o
      case "buffer":
        refuseDetached(o as ArrayBuffer, trail)
        return this.entry("buffer", o, depth, soft)
      case "bare":
        return this.entry("bare", o, depth, soft)
      case "class":
        return this.entry("class", o, depth, soft)
      case "error":
        return this.entry("error", o, depth, soft)
      case "effect":
        return this.entry(speciesOf(o)!, o, depth, soft)
      case "other":
        throw new Refused(trail.path(), because(o))
      default:
        if (kind === "array" && areManyNumbers(o as Array<unknown>)) return this.entry("numbers", o, depth, soft)
        return depth < DEEP ? this.container(kind, o, depth, soft) : this.entry(kind, o, depth, soft)
    }
  }

  private remember(o: object, copy: unknown, soft: boolean): void {
    ;(soft ? this.softCopies : this.copies).set(o, copy)
  }

  private entry(shape: Shape, o: object, depth: number, soft: boolean): object {
    const number = this.table.add(shape, o)
    const standIn = this.table.standIn(number)
    this.remember(o, standIn, soft)
    if (depth < DEEP) this.table.payloads[number] = this.payload(shape, o, depth, soft)
    else this.postpone(number, shape, o, soft)
    return standIn
  }

  private postpone(number: number, shape: Shape, o: object, soft: boolean): void {
    const layer = this.layer + 1
    if (layer > MOST_LAYERS) throw new RangeError("it is deeper than 300000 levels")
    this.postponed.push({ number, shape, o, soft, trail: this.trail.fork(), layer })
  }

  private payload(shape: Shape, o: object, depth: number, soft: boolean): unknown {
    switch (shape) {
      case "buffer":
        return new Uint8Array(o as ArrayBuffer)
      case "numbers":
        return packNumbers(o as ReadonlyArray<number>)
      case "error":
        return this.error(o, depth, soft, false)
      case "class":
        return o instanceof Error ? this.error(o, depth, soft, true) : this.fields(o, {}, depth, soft)
      case "bare":
        return this.fields(o, {}, depth, soft)
      case "plain":
      case "array":
      case "map":
      case "set":
        return this.container(shape, o, depth, soft, false)
      default:
        return this.effect(shape, o, depth, soft)
    }
  }

  private container(
    kind: "plain" | "array" | "map" | "set",
    o: object,
    depth: number,
    soft: boolean,
    own = true
  ): object {
    const copy = kind === "plain" ? {} : kind === "array" ? [] : kind === "map" ? new Map() : new Set()
    if (own) this.remember(o, copy, soft)
    if (kind === "plain") this.fields(o, copy, depth, soft)
    else if (kind === "array") this.items(o as ReadonlyArray<unknown>, copy as Array<unknown>, depth, soft)
    else if (kind === "map") {
      this.entries(o as ReadonlyMap<unknown, unknown>, copy as Map<unknown, unknown>, depth, soft)
    } else this.members(o as ReadonlySet<unknown>, copy as Set<unknown>, depth, soft)
    return copy
  }

  private fields(o: object, into: object, depth: number, soft: boolean): object {
    for (const name of Object.keys(o)) put(into, name, this.field(o, name, depth, soft))
    return into
  }

  private field(o: object, name: string, depth: number, soft: boolean): unknown {
    this.step("field", name, depth)
    return this.value((o as Record<string, unknown>)[name], depth + 1, soft)
  }

  private step(how: Trail["how"][number], key: string | number, depth: number): void {
    this.trail.how[depth] = how
    this.trail.keys[depth] = key
    this.trail.depth = depth + 1
  }

  private items(items: ReadonlyArray<unknown>, into: Array<unknown>, depth: number, soft: boolean): void {
    const { length } = items
    let i = 0
    for (; i < length; i++) {
      this.step("item", i, depth)
      const item = items[i]
      if (item === undefined && !(i in items)) break
      into.push(this.value(item, depth + 1, soft))
    }
    if (i === length && !hasNames(items)) return
    into.length = length
    for (const key of Object.keys(items)) {
      const index = Number(key)
      if (index < i) continue
      this.step(Number.isNaN(index) ? "field" : "item", key, depth)
      put(into, key, this.value(items[key as unknown as number], depth + 1, soft))
    }
  }

  private entries(map: ReadonlyMap<unknown, unknown>, into: Map<unknown, unknown>, depth: number, soft: boolean): void {
    let i = 0
    for (const [key, value] of mapEntries.call(map)) {
      this.step("key", i, depth)
      const keyCopy = this.value(key, depth + 1, soft)
      this.step("get", typeof key === "string" ? key : i, depth)
      into.set(keyCopy, this.value(value, depth + 1, soft))
      i++
    }
  }

  private members(set: ReadonlySet<unknown>, into: Set<unknown>, depth: number, soft: boolean): void {
    let i = 0
    for (const member of setValues.call(set)) {
      this.step("member", i++, depth)
      into.add(this.value(member, depth + 1, soft))
    }
  }

  /** What is hidden in an error, and all fields of a class that is not listed, never stands in its way. */
  private error(error: object, depth: number, soft: boolean, listed: boolean): unknown {
    const { fields, hidden, inherited } = partsOf(error, listed)
    const hiddenCopy = {}
    const fieldsCopy = {}
    for (const name of hidden) this.softFields.push({ o: error, name, into: hiddenCopy, as: name })
    for (const name of fields) {
      if (listed) put(fieldsCopy, name, this.field(error, name, depth, soft))
      else this.softFields.push({ o: error, name, into: fieldsCopy, as: name })
    }
    for (const [name, text] of inherited) put(name === "_tag" ? fieldsCopy : hiddenCopy, name, text)
    return [hiddenCopy, fieldsCopy, argumentNames(error)]
  }

  private effect(species: Species, o: object, depth: number, soft: boolean): unknown {
    if (species === "die" || species === "interrupt") {
      const payload = [undefined, this.annotations(o as Reason<unknown>, depth)]
      if (species === "die") this.softFields.push({ o, name: "defect", into: payload, as: "0" })
      return payload
    }
    const slot = slotOf[species]
    const content = slot === undefined ? undefined : this.field(o, slot, depth, soft)
    return species === "fail" ? [content, this.annotations(o as Reason<unknown>, depth)] : content
  }

  /** Annotations that can cross; others (a stack frame holds a function) mean nothing to another thread. */
  private annotations(reason: Reason<unknown>, depth: number): Map<unknown, unknown> | undefined {
    const kept = new Map<unknown, unknown>()
    for (const [key, value] of reason.annotations) {
      try {
        new Spine(this.crossing, "").run(value)
      } catch {
        continue
      }
      this.step("get", key, depth)
      kept.set(key, this.value(value, depth + 1, false))
    }
    return kept.size === 0 ? undefined : kept
  }
}
