// Reads every form of Effect's `Duration.Input` without loading Effect, for the option `timeout`.
import type * as Duration from "effect/Duration"

const units: { readonly [unit: string]: number } = {
  nano: 1e-6,
  micro: 1e-3,
  milli: 1,
  second: 1e3,
  minute: 6e4,
  hour: 3.6e6,
  day: 8.64e7,
  week: 6.048e8
}

const text = /^(-?\d+(?:\.\d+)?)\s+(nano|micro|milli|second|minute|hour|day|week)s?$/

const fields: ReadonlyArray<readonly [name: keyof Duration.DurationObject, millis: number]> = [
  ["weeks", units.week],
  ["days", units.day],
  ["hours", units.hour],
  ["minutes", units.minute],
  ["seconds", units.second],
  ["milliseconds", 1],
  ["microseconds", units.micro],
  ["nanoseconds", units.nano]
]

/** Milliseconds (fractions kept, `Infinity` possible) of a `Duration.Input`; undefined if it is none. */
export const readMillis = (input: unknown): number | undefined => {
  switch (typeof input) {
    case "number":
      return Number.isNaN(input) ? undefined : input
    case "bigint":
      return Number(input) * units.nano
    case "string": {
      if (input === "Infinity" || input === "-Infinity") return Number(input)
      const match = text.exec(input)
      return match === null ? undefined : Number(match[1]) * units[match[2]]
    }
    case "object":
      return input === null ? undefined : ofObject(input)
    default:
      return undefined
  }
}

const ofObject = (input: object): number | undefined => {
  if (Array.isArray(input)) {
    if (input.length !== 2 || !input.every((part) => typeof part === "number")) return undefined
    const millis = input[0] * units.second + input[1] * units.nano
    return Number.isNaN(millis) ? undefined : millis
  }
  if ("~effect/Duration" in input) return ofDuration((input as Duration.Duration).value)
  let millis: number | undefined
  for (const [name, unit] of fields) {
    const part = (input as Duration.DurationObject)[name]
    if (part === undefined) continue
    if (typeof part !== "number" || Number.isNaN(part)) return undefined
    millis = (millis ?? 0) + part * unit
  }
  return millis
}

const ofDuration = (value: Duration.DurationValue): number => {
  switch (value._tag) {
    case "Millis":
      return value.millis
    case "Nanos":
      return Number(value.nanos) * units.nano
    case "Infinity":
      return Infinity
    case "NegativeInfinity":
      return -Infinity
  }
}
