// Takes samples of several contestants in turn, so that noise of the machine hits all of them alike.
// Not for comparing figures of different runs: on a shared box only ratios within one run mean anything.
import { setTimeout } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { median } from "./Row.ts"

/** One measurement: the figure itself, and figures beside it (parts of it) under their names. */
export interface Sample {
  readonly value: number
  readonly beside?: Readonly<Record<string, number>>
}

/** Somebody who is measured: each call of `sample` does the whole work once, checks it and gives the figure. */
export interface Contestant {
  readonly name: string
  readonly sample: () => Promise<Sample>
}

/** All samples of one contestant, in order. */
export interface Series {
  readonly name: string
  readonly values: ReadonlyArray<number>
  /** The medians of the figures beside. */
  readonly beside: Readonly<Record<string, number>>
}

setFlagsFromString("--expose-gc")
// V8 throws away the code of functions that were not called between a few collections, and here many are forced while
// others have their turn: everybody would be measured compiling.
setFlagsFromString("--no-flush-bytecode")
const collectGarbage = runInNewContext("gc") as (options: { readonly type: "major" | "minor" }) => void

/**
 * Which garbage is collected before a sample. A full collection takes away the layout of each class of which nothing is left, and all
 * code that was compiled for it: a sample of some tens of ms would be one of V8 compiling. Such ones ask for "young".
 */
export type Swept = "all" | "young"

/** ms for V8's helper threads to end their part of a collection: on two cores they would take from the sample. */
const SETTLE_MS = 20

/** Sweeps the heap, off the clock: nobody pays for the garbage of the sample before. */
export const sweep = (swept: Swept = "all"): Promise<void> => {
  collectGarbage({ type: swept === "all" ? "major" : "minor" })
  return setTimeout(SETTLE_MS)
}

const seriesOf = (name: string, samples: ReadonlyArray<Sample>): Series => ({
  name,
  values: samples.map((sample) => sample.value),
  beside: Object.fromEntries(
    Object.keys(samples[0]?.beside ?? {}).map((key) => [key, median(samples.map((sample) => sample.beside![key]))])
  )
})

/** Lets one work until `ms` have passed: only then has V8 compiled what is to be measured. */
const warm = async (contestant: Contestant, ms: number): Promise<void> => {
  for (const until = performance.now() + ms; performance.now() < until;) await contestant.sample()
}

/**
 * Warms each up for `warmMs` (none if not given) and runs `warmUps` rounds that do not count, then `samples` that do; the
 * order shifts by one each round. Before each `swept` is collected, all unless given.
 */
export const interleave = async (
  contestants: ReadonlyArray<Contestant>,
  options: { readonly samples: number; readonly warmUps: number; readonly warmMs?: number; readonly swept?: Swept }
): Promise<ReadonlyArray<Series>> => {
  for (const contestant of contestants) await warm(contestant, options.warmMs ?? 0)
  const taken = contestants.map((): Array<Sample> => [])
  for (let round = 0; round < options.warmUps + options.samples; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const at = (round + turn) % contestants.length
      await sweep(options.swept)
      const sample = await contestants[at].sample()
      if (round >= options.warmUps) taken[at].push(sample)
    }
  }
  return contestants.map((contestant, at) => seriesOf(contestant.name, taken[at]))
}

/** The series with the smallest median. */
export const best = (series: ReadonlyArray<Series>): Series =>
  series.reduce((a, b) => median(b.values) < median(a.values) ? b : a)

/** Fails with a sentence when a result is not what it must be: a wrong result has no speed. */
export const check = (is: boolean, what: () => string): void => {
  if (!is) throw new Error(`wrong result: ${what()}`)
}
