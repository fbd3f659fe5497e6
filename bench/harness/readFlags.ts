// Reads the command line of the benchmarks. Every mistake in it is named before anything runs.
// Not for the product's own command line: that is built with effect/cli.
import { parseArgs } from "node:util"
import type { Bench } from "./Bench.ts"

/** What the command line said. */
export interface Flags {
  readonly names: ReadonlyArray<string>
  readonly quick: boolean
  readonly json: boolean
  readonly profile: boolean
  readonly help: boolean
  readonly samples: number | undefined
  readonly threads: number
  /** Values given for benches' parameters, by parameter. */
  readonly narrowed: ReadonlyMap<string, ReadonlyArray<string>>
}

type Allowed = ReadonlyArray<string> | "number"

const parametersOf = (benches: ReadonlyArray<Bench>): Map<string, Allowed> => {
  const all = new Map<string, Allowed>()
  for (const bench of benches) {
    for (const [name, allowed] of Object.entries(bench.parameters)) {
      const known = all.get(name)
      all.set(
        name,
        known === undefined || known === "number" || allowed === "number" ? allowed : [...known, ...allowed]
      )
    }
  }
  return all
}

const wholeNumber = (flag: string, text: string, least: number): number => {
  const value = Number(text.replaceAll("_", ""))
  if (!Number.isInteger(value) || value < least) {
    throw new Error(`--${flag} ${text}: give a whole number, at least ${least}`)
  }
  return value
}

const valuesOf = (flag: string, text: string, allowed: Allowed): ReadonlyArray<string> => {
  const values = text.split(",")
  for (const value of values) {
    if (allowed === "number") wholeNumber(flag, value, 1)
    else if (!allowed.includes(value)) {
      throw new Error(`--${flag} ${value}: not one of ${[...new Set(allowed)].join(", ")}`)
    }
  }
  return values.map((value) => allowed === "number" ? value.replaceAll("_", "") : value)
}

/** Reads `argv` (without node and script). Throws an Error with what to write instead. */
export const readFlags = (argv: ReadonlyArray<string>, benches: ReadonlyArray<Bench>): Flags => {
  const parameters = parametersOf(benches)
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      quick: { type: "boolean" },
      json: { type: "boolean" },
      profile: { type: "boolean" },
      help: { type: "boolean", short: "h" },
      samples: { type: "string" },
      threads: { type: "string" },
      ...Object.fromEntries([...parameters.keys()].map((name) => [name, { type: "string" as const }]))
    }
  })
  const given: Readonly<Record<string, string | boolean | undefined>> = values
  const text = (name: string) => typeof given[name] === "string" ? given[name] : undefined
  const known = benches.map((bench) => bench.name)
  const stranger = positionals.find((name) => !known.includes(name))
  if (stranger !== undefined) throw new Error(`no benchmark named ${stranger}; there are ${known.join(", ")}`)
  const narrowed = new Map<string, ReadonlyArray<string>>()
  for (const [name, allowed] of parameters) {
    const value = text(name)
    if (value !== undefined) narrowed.set(name, valuesOf(name, value, allowed))
  }
  const samples = text("samples")
  return {
    names: positionals.length === 0 ? known : positionals,
    quick: given["quick"] === true,
    json: given["json"] === true,
    profile: given["profile"] === true,
    help: given["help"] === true,
    samples: samples === undefined ? undefined : wholeNumber("samples", samples, 5),
    threads: wholeNumber("threads", text("threads") ?? "2", 1),
    narrowed
  }
}
