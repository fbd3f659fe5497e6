// Reads a value with a table of special objects (Table.ts): all are made blank first, so that whatever
// refers to them finds them, and filled when everything is read. Constructors of listed classes are not run.
import type { Crossing, CrossingClass } from "./Crossing.ts"
import { annotateReason, blankEffect, fillEffect, type Species } from "./EffectValue.ts"
import { blankError, fillArguments, fillHidden } from "./ErrorValue.ts"
import type { HeadReader } from "./head.ts"
import { unpackNumbers } from "./items.ts"
import { put } from "./put.ts"
import { Refused } from "./Refused.ts"
import type { BufferArgument, ClassArgument, Shape } from "./Table.ts"

/** The value of a head whose table comes first. Throws Refused where this side does not know a class. */
export const revive = (reader: HeadReader, crossing: Crossing): unknown => {
  const [shapes, entries] = reader.readValue() as [ReadonlyArray<unknown>, ReadonlyArray<number>]
  const blanks = entries.map((n) => blankOf(shapes[2 * n] as Shape, shapes[2 * n + 1], crossing))
  reader.blanks = blanks
  const [value, payloads] = reader.readValue() as [unknown, ReadonlyArray<unknown>]
  entries.forEach((n, i) => fill(shapes[2 * n] as Shape, blanks[i], payloads[i]))
  entries.forEach((n, i) => {
    if (shapes[2 * n] === "class" && (shapes[2 * n + 1] as ClassArgument)[1]) Object.freeze(blanks[i])
  })
  return value
}

const blankOf = (shape: Shape, argument: unknown, crossing: Crossing): object => {
  switch (shape) {
    case "plain":
      return {}
    case "array":
    case "numbers":
      return []
    case "map":
      return new Map()
    case "set":
      return new Set()
    case "bare":
      return Object.create(null)
    case "buffer":
      return blankBuffer(argument as BufferArgument)
    case "error":
      return blankError(argument as string)
    case "class":
      return blankClass(argument as ClassArgument, crossing)
    default:
      return blankEffect(shape, argument)
  }
}

const blankBuffer = ([shared, bytes, maxBytes]: BufferArgument): ArrayBufferLike => {
  const options = maxBytes === undefined ? undefined : { maxByteLength: maxBytes }
  return shared ? new SharedArrayBuffer(bytes, options) : new ArrayBuffer(bytes, options)
}

const blankClass = ([identifier, , native]: ClassArgument, crossing: Crossing): object => {
  const known: CrossingClass | undefined = crossing.classOf(identifier)
  if (native !== undefined) {
    const error = blankError(native, known?.prototype)
    if (known === undefined) fillHidden(error, { name: identifier })
    return error
  }
  if (known !== undefined) return Object.create(known.prototype)
  throw new Refused(
    "",
    `the class ${identifier} is not known here: list it in \`schemas\` of the task module that takes it`
  )
}

const fill = (shape: Shape, blank: object, payload: unknown): void => {
  if (payload === undefined) return
  switch (shape) {
    case "array":
      ;(blank as Array<unknown>).length = (payload as Array<unknown>).length
      return putAll(blank, payload as object)
    case "numbers":
      return unpackNumbers(payload as Float64Array, blank as Array<number>)
    case "map":
      ;(payload as Map<unknown, unknown>).forEach((value, key) => (blank as Map<unknown, unknown>).set(key, value))
      return
    case "set":
      ;(payload as Set<unknown>).forEach((member) => (blank as Set<unknown>).add(member))
      return
    case "buffer":
      return new Uint8Array(blank as ArrayBuffer).set(payload as Uint8Array)
    case "error":
      return fillError(blank, payload)
    case "class":
      return blank instanceof Error ? fillError(blank, payload) : putAll(blank, payload as object)
    case "plain":
    case "bare":
      return putAll(blank, payload as object)
    default:
      return fillSpecies(shape, blank, payload)
  }
}

const putAll = (blank: object, fields: object): void => {
  for (const name of Object.keys(fields)) put(blank, name, (fields as Record<string, unknown>)[name])
}

const fillError = (blank: object, payload: unknown): void => {
  const [hidden, fields, names] = payload as readonly [object, object, ReadonlyArray<string> | undefined]
  fillHidden(blank, hidden)
  putAll(blank, fields)
  if (names !== undefined) fillArguments(blank, names)
}

const fillSpecies = (species: Species, blank: object, payload: unknown): void => {
  if (species !== "fail" && species !== "die" && species !== "interrupt") return fillEffect(species, blank, payload)
  const [content, annotations] = payload as readonly [unknown, ReadonlyMap<string, unknown> | undefined]
  fillEffect(species, blank, content)
  if (annotations !== undefined) annotateReason(blank, annotations)
}
