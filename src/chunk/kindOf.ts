// What an object is to the codec, told by its prototype: JavaScript's own classes (of any realm), listed classes,
// errors, Effect's data. What is "other" cannot cross. How each kind is carried is in Scan.ts and Spine.ts.
import { types } from "node:util"
import type { Crossing } from "./Crossing.ts"
import { speciesOf } from "./EffectValue.ts"

/**
 * The kinds. `leaf`: Date, RegExp and boxed primitives; `view`: typed arrays, DataView and Node's Buffer; `buffer`:
 * ArrayBuffer and SharedArrayBuffer; `bare`: no prototype; `class`: listed; `effect`: Option and its like.
 */
export type Kind =
  | "plain"
  | "array"
  | "map"
  | "set"
  | "leaf"
  | "view"
  | "buffer"
  | "bare"
  | "class"
  | "error"
  | "effect"
  | "other"

const ofNative: { readonly [name: string]: Kind } = {
  Object: "plain",
  Array: "array",
  Map: "map",
  Set: "set",
  Date: "leaf",
  RegExp: "leaf",
  Boolean: "leaf",
  Number: "leaf",
  String: "leaf",
  BigInt: "leaf",
  ArrayBuffer: "buffer",
  SharedArrayBuffer: "buffer",
  Int8Array: "view",
  Uint8Array: "view",
  Uint8ClampedArray: "view",
  Int16Array: "view",
  Uint16Array: "view",
  Int32Array: "view",
  Uint32Array: "view",
  Float16Array: "view",
  Float32Array: "view",
  Float64Array: "view",
  BigInt64Array: "view",
  BigUint64Array: "view",
  DataView: "view"
}

const known = new WeakMap<object, Kind>([[Buffer.prototype, "view"]])

/** The kind of an object. `prototype` is its own, asked for by the caller, who has to look at it anyway. */
export const kindOf = (o: object, prototype: object | null, crossing: Crossing): Kind => {
  if (prototype === null) return "bare"
  let kind = known.get(prototype)
  if (kind === undefined) known.set(prototype, kind = ofNative[nativeName(prototype) ?? ""] ?? "other")
  if (kind !== "other") return isReally(kind, o) ? kind : "other"
  if (crossing.identifierOf(prototype) !== undefined) return "class"
  if (types.isNativeError(o) || o instanceof Error) return "error"
  return speciesOf(o) === undefined ? "other" : "effect"
}

/** Name of the native class with this prototype, in whichever realm; undefined if it is a user's. */
export const nativeName = (prototype: object): string | undefined => {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value
  if (typeof constructor !== "function" || constructor.prototype !== prototype) return undefined
  return nativeSource.test(Function.prototype.toString.call(constructor)) ? constructor.name : undefined
}

const nativeSource = /\{\s*\[native code\]\s*\}\s*$/

/** `Object.create(Map.prototype)` has a Map's prototype and is none; the serializer would write `{}`. */
const isReally = (kind: Kind, o: object): boolean => {
  switch (kind) {
    case "array":
      return Array.isArray(o)
    case "map":
      return types.isMap(o)
    case "set":
      return types.isSet(o)
    case "leaf":
      return types.isDate(o) || types.isRegExp(o) || types.isBoxedPrimitive(o)
    case "view":
      return ArrayBuffer.isView(o)
    case "buffer":
      return types.isAnyArrayBuffer(o)
    default:
      return true
  }
}
