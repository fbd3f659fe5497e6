// The table of special objects that goes before a value: of what shape each is, what is needed to make it blank, and
// what it holds. Spine.ts fills it, revive.ts reads it; in the value itself a stand-in is in the object's place.
import type { Crossing } from "./Crossing.ts"
import { argumentOf, type Species } from "./EffectValue.ts"
import { nativeOf } from "./ErrorValue.ts"

/** What an entry is. `bare`: no prototype; `numbers`: an array of them; plain, array, map and set: what is too deep. */
export type Shape = "plain" | "array" | "map" | "set" | "buffer" | "bare" | "numbers" | "class" | "error" | Species

/** Argument of the shape `class`; `native` is for errors only. */
export type ClassArgument = readonly [identifier: string, frozen: boolean, native: string | undefined]
/** Argument of the shape `buffer`. */
export type BufferArgument = readonly [shared: boolean, bytes: number, maxBytes: number | undefined]

const NOTHING = new ArrayBuffer(0)

/** The entries of one value, by number. */
export class Table {
  /** the different shapes with their arguments, one after the other; plain data */
  readonly shapes: Array<unknown> = []
  /** for each entry, which of `shapes` it has */
  readonly entryShapes: Array<number> = []
  /** what each entry holds, with stand-ins */
  readonly payloads: Array<unknown> = []
  /** number of the entry of each stand-in */
  readonly standIns = new Map<object, number>()
  private readonly crossing: Crossing
  private readonly shapeNumbers = new Map<unknown, number>()

  constructor(crossing: Crossing) {
    this.crossing = crossing
  }

  /** A new entry that still holds nothing; returns its number. */
  add(shape: Shape, o: object): number {
    this.entryShapes.push(this.shapeNumber(shape, o))
    return this.payloads.push(undefined) - 1
  }

  /** An object for the serializer in place of an entry: a view, because for views it asks us what to write. */
  standIn(number: number): object {
    const standIn = new DataView(NOTHING)
    this.standIns.set(standIn, number)
    return standIn
  }

  /** Most entries are of few shapes, and a number is shorter than a name. */
  private shapeNumber(shape: Shape, o: object): number {
    const key = shapeKey(shape, o)
    const known = key === undefined ? undefined : this.shapeNumbers.get(key)
    if (known !== undefined) return known
    const number = this.shapes.length / 2
    if (key !== undefined) this.shapeNumbers.set(key, number)
    this.shapes.push(shape, this.argument(shape, o))
    return number
  }

  private argument(shape: Shape, o: object): unknown {
    switch (shape) {
      case "buffer":
        return bufferArgument(o as ArrayBufferLike)
      case "error":
        return nativeOf(o)
      case "class":
        return this.classArgument(o)
      case "plain":
      case "array":
      case "map":
      case "set":
      case "bare":
      case "numbers":
        return undefined
      default:
        return argumentOf(shape, o)
    }
  }

  private classArgument(o: object): ClassArgument {
    const identifier = this.crossing.identifierOf(Object.getPrototypeOf(o))
    if (identifier === undefined) throw new TypeError("its class is not listed")
    return [identifier, Object.isFrozen(o), o instanceof Error ? nativeOf(o) : undefined]
  }
}

/** Equal for objects of one shape and argument; undefined if an argument is the object's own. */
const shapeKey = (shape: Shape, o: object): unknown => {
  switch (shape) {
    case "class":
      return Object.isFrozen(o) ? undefined : Object.getPrototypeOf(o)
    case "error":
      return Object.getPrototypeOf(o)
    case "buffer":
    case "interrupt":
    case "duration":
    case "utc":
    case "zoned":
      return undefined
    default:
      return shape
  }
}

const bufferArgument = (buffer: ArrayBufferLike): BufferArgument => {
  const shared = buffer instanceof SharedArrayBuffer
  const canGrow = shared ? buffer.growable : (buffer as ArrayBuffer).resizable
  return [shared, buffer.byteLength, canGrow ? buffer.maxByteLength : undefined]
}
