// Effect's own data that may cross: Option, Result, Exit, Cause and its reasons, Duration, DateTime. Recognised by
// their type ids, so that encoding loads nothing; Effect is loaded when the first one is decoded. An object is made
// blank and filled afterwards, so that cycles and shared references come out as they went in.
import type * as Cause from "effect/Cause"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Exit from "effect/Exit"
import type * as Option from "effect/Option"
import type * as Result from "effect/Result"
import { createRequire } from "node:module"

/** What of Effect a value is. */
export type Species =
  | "some"
  | "none"
  | "success"
  | "failure"
  | "succeeded"
  | "failed"
  | "cause"
  | "fail"
  | "die"
  | "interrupt"
  | "duration"
  | "utc"
  | "zoned"

/** The property that holds what a species contains; the others are told by their argument alone. */
export const slotOf: { readonly [S in Species]?: string } = {
  some: "value",
  success: "success",
  failure: "failure",
  succeeded: "value",
  failed: "cause",
  cause: "reasons",
  fail: "error",
  die: "defect"
}

/** The species of an object, or undefined if it is none of Effect's data that may cross. */
export const speciesOf = (o: object): Species | undefined => {
  const tag = (o as { readonly _tag?: unknown })._tag
  if ("~effect/Option" in o) return tag === "Some" ? "some" : "none"
  if ("~effect/Result" in o) return tag === "Success" ? "success" : "failure"
  if ("~effect/Exit" in o) return tag === "Success" ? "succeeded" : "failed"
  if ("~effect/Cause" in o) return "cause"
  if ("~effect/Cause/Reason" in o) return tag === "Fail" ? "fail" : tag === "Die" ? "die" : "interrupt"
  if ("~effect/Duration" in o) return "duration"
  if ("~effect/DateTime" in o) return tag === "Zoned" ? "zoned" : "utc"
  return undefined
}

/** What is needed to make the blank: plain data; undefined for most. */
export const argumentOf = (species: Species, o: object): unknown => {
  switch (species) {
    case "interrupt":
      return (o as Cause.Interrupt).fiberId
    case "duration":
      return durationArgument((o as Duration.Duration).value)
    case "utc":
      return (o as DateTime.Utc).epochMilliseconds
    case "zoned": {
      const { epochMilliseconds, zone } = o as DateTime.Zoned
      return [epochMilliseconds, zone._tag === "Named" ? zone.id : zone.offset]
    }
    default:
      return undefined
  }
}

const durationArgument = (value: Duration.DurationValue): number | bigint => {
  switch (value._tag) {
    case "Millis":
      return value.millis
    case "Nanos":
      return value.nanos
    case "Infinity":
      return Infinity
    case "NegativeInfinity":
      return -Infinity
  }
}

/** A value of the species that still holds nothing. Loads Effect. */
export const blankEffect = (species: Species, argument: unknown): object => {
  switch (species) {
    case "none":
      return load<typeof Option>("effect/Option").none()
    case "interrupt":
      return load<typeof Cause>("effect/Cause").makeInterruptReason(argument as number | undefined)
    case "duration": {
      const duration = load<typeof Duration>("effect/Duration")
      return typeof argument === "bigint" ? duration.nanos(argument) : duration.millis(argument as number)
    }
    case "utc":
      return load<typeof DateTime>("effect/DateTime").makeUnsafe(argument as number)
    case "zoned": {
      const [epoch, timeZone] = argument as [number, string | number]
      return load<typeof DateTime>("effect/DateTime").makeZonedUnsafe(epoch, { timeZone })
    }
    default:
      return makerOf(species)(undefined)
  }
}

/** Puts the content into a blank. */
export const fillEffect = (species: Species, blank: object, content: unknown): void => {
  if (slotOf[species] === undefined) return
  ;(blank as Record<PropertyKey, unknown>)[keyOf(species)] = content
}

/** Gives a reason of a Cause its annotations. */
export const annotateReason = (blank: object, annotations: ReadonlyMap<string, unknown>): void => {
  ;(blank as { annotations: ReadonlyMap<string, unknown> }).annotations = annotations
}

const makerOf = (species: Species): (content: unknown) => object => {
  switch (species) {
    case "some":
      return load<typeof Option>("effect/Option").some
    case "success":
      return load<typeof Result>("effect/Result").succeed
    case "failure":
      return load<typeof Result>("effect/Result").fail
    case "succeeded":
      return load<typeof Exit>("effect/Exit").succeed
    case "failed":
      return load<typeof Exit>("effect/Exit").failCause as (content: unknown) => object
    case "cause":
      return load<typeof Cause>("effect/Cause").fromReasons as (content: unknown) => object
    case "fail":
      return load<typeof Cause>("effect/Cause").makeFailReason
    case "die":
      return load<typeof Cause>("effect/Cause").makeDieReason
    default:
      throw new Error(`${species} has no content`)
  }
}

const keys = new Map<Species, PropertyKey>()

/** Under which key Effect itself keeps the content (an Exit's is not its public name): found by looking once. */
const keyOf = (species: Species): PropertyKey => {
  const found = keys.get(species)
  if (found !== undefined) return found
  const mark: ReadonlyArray<never> = []
  const probe = makerOf(species)(mark) as Record<PropertyKey, unknown>
  const key = Reflect.ownKeys(probe).find((candidate) => probe[candidate] === mark)
  if (key === undefined) {
    throw new Error(`this version of effect keeps the content of "${species}" where Poniard cannot`)
  }
  keys.set(species, key)
  return key
}

const loaded = new Map<string, unknown>()
let require: NodeJS.Require | undefined

/** A module of Effect, loaded synchronously by the first who needs it; it is the instance that `import` gives. */
const load = <M>(specifier: string): M => {
  let module = loaded.get(specifier)
  if (module === undefined) {
    require ??= createRequire(import.meta.url)
    loaded.set(specifier, module = require(specifier))
  }
  return module as M
}
