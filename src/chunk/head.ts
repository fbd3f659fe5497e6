// The writer and the reader of a head: V8's serializer, with typed arrays written our way (small ones inside, large
// ones as a number of a buffer beside) and with stand-ins for objects of the table (Spine.ts). No walk is here.
import { Deserializer, Serializer } from "node:v8"

/** Views of at least so many bytes stay outside the head, as they are. */
export const OUT_OF_BAND = 4096

type ViewConstructor = {
  new(buffer: ArrayBufferLike, offset: number, length: number): ArrayBufferView
  readonly BYTES_PER_ELEMENT?: number
}

/** By the code that is written; codes are stored on disk, so none may change its meaning. 0 is a stand-in. */
const viewTypes: ReadonlyArray<ViewConstructor | undefined> = [
  undefined,
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
  BigUint64Array,
  DataView,
  (globalThis as { readonly Float16Array?: ViewConstructor }).Float16Array // Node 24
]
const STAND_IN = 0
const codes = new Map(viewTypes.flatMap((type, code) => type === undefined ? [] : [[type.name, code] as const]))

/** Asks the object itself, not its prototype: right for another realm's arrays and for Node's Buffer. */
const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!
  .get as () => string | undefined

/** Writes values; what it kept outside the head is in `buffers`, in the order in which it was met. */
export class HeadWriter extends Serializer {
  readonly buffers: Array<Uint8Array> = []
  private readonly standIns: ReadonlyMap<object, number> | undefined
  declare _setTreatArrayBufferViewsAsHostObjects: (on: boolean) => void

  constructor(standIns?: ReadonlyMap<object, number>) {
    super()
    this.standIns = standIns
    this._setTreatArrayBufferViewsAsHostObjects(true)
  }

  /** Called by V8 for views, once for each, and for objects of the machine, which cannot cross. */
  _writeHostObject(o: object): void {
    const standIn = this.standIns?.get(o)
    if (standIn !== undefined) {
      this.writeUint32(STAND_IN)
      this.writeUint32(standIn)
      return
    }
    if (!ArrayBuffer.isView(o)) throw new TypeError(`${Object.prototype.toString.call(o)} belongs to this thread`)
    const name = typedArrayName.call(o) ?? "DataView"
    const code = codes.get(name)
    if (code === undefined) throw new TypeError(`${name} is a kind of typed array that the codec does not know`)
    const bytes = new Uint8Array(o.buffer, o.byteOffset, o.byteLength)
    const outside = bytes.byteLength >= OUT_OF_BAND
    this.writeUint32(code * 2 + (outside ? 1 : 0))
    this.writeUint32(bytes.byteLength)
    if (outside) this.writeUint32(this.buffers.push(bytes) - 1)
    else this.writeRawBytes(bytes)
  }
}

/** Reads what a HeadWriter wrote. Views of buffers are views of them; small ones get memory of their own. */
export class HeadReader extends Deserializer {
  /** what stand-ins stand for, by number; to be set before a value with stand-ins is read */
  blanks: ReadonlyArray<object> = []
  private readonly buffers: ReadonlyArray<Uint8Array>

  constructor(head: Uint8Array, buffers: ReadonlyArray<Uint8Array>) {
    super(head)
    this.buffers = buffers
  }

  /** Called by V8 where `_writeHostObject` has written. */
  _readHostObject(): object {
    const tag = this.readUint32()
    if (tag === STAND_IN) return this.blanks[this.readUint32()]
    const bytes = this.readUint32()
    const type = viewTypes[tag >> 1]
    if (type === undefined) throw new Error("it holds a typed array that this version of Node does not have")
    const size = type.BYTES_PER_ELEMENT ?? 1
    if ((tag & 1) === 0) return new type(ownCopy(this.readRawBytes(bytes)), 0, bytes / size)
    const number = this.readUint32()
    const buffer = this.buffers[number]
    if (buffer === undefined || buffer.byteLength < bytes) {
      throw new Error(`buffer ${number} of ${bytes} bytes is ${buffer ? `only ${buffer.byteLength} long` : "missing"}`)
    }
    // Whoever keeps the buffers aligns them; one that came over a socket may be anywhere.
    return buffer.byteOffset % size === 0
      ? new type(buffer.buffer, buffer.byteOffset, bytes / size)
      : new type(ownCopy(buffer.subarray(0, bytes)), 0, bytes / size)
  }
}

const ownCopy = (bytes: Uint8Array): ArrayBuffer => {
  const copy = new Uint8Array(bytes.byteLength)
  copy.set(bytes)
  return copy.buffer
}
