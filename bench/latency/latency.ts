// How long one small thing takes: a single task there and back, the first result of a fresh process and of a large graph.
// Not throughput (that is overhead and rivals): nothing here can be hidden in a batch.
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { Bench, Given } from "../harness/Bench.ts"
import { best, check, type Contestant, interleave, type Series } from "../harness/interleave.ts"
import { loadRival } from "../harness/loadRival.ts"
import { rowOf } from "../harness/Row.ts"
import { open, systemNames, systems } from "../systems/systems.ts"
import { noop } from "../work.ts"

/** Ours is the case itself; the others are cases of their own names, so that a case is one row. */
const caseOf = (name: string, system: string): string => system === "poniard" ? name : `${name}-${system}`

const report = (
  given: Given,
  what: { readonly name: string; readonly unit: string; readonly floor: string },
  entries: ReadonlyArray<{ readonly system: string; readonly setting: string; readonly series: Series }>
): void => {
  for (const system of new Set(entries.map((entry) => entry.system))) {
    const own = entries.filter((entry) => entry.system === system)
    const winner = best(own.map((entry) => entry.series))
    const { setting } = own.find((entry) => entry.series === winner)!
    const other = system === "poniard" ? "bare-workers" : "poniard"
    const against = entries.find((entry) => entry.system === other)
    given.row(rowOf(
      {
        bench: "latency",
        case: caseOf(what.name, system),
        unit: what.unit,
        parameters: { system, setting, threads: given.threads }
      },
      winner.values,
      against && { name: other === "bare-workers" ? what.floor : other, values: against.series.values }
    ))
  }
}

/** Trips of a sample, about a quarter of a second: how fast a thread wakes depends on what the machine did just before. */
const TRIPS = 5000

const roundtrip = async (given: Given): Promise<void> => {
  const trips = given.quick ? 300 : TRIPS
  const pools = await open(given.texts("system", systemNames), given.threads, given.note)
  const contestants = pools.map((opened): Contestant => ({
    name: opened.system,
    sample: async () => {
      const inputs = Array.from({ length: Math.min(trips, opened.most.inTurn) }, (_, i) => i)
      const started = performance.now()
      const results = await opened.pool.inTurn("noop", inputs)
      const us = (performance.now() - started) * 1000
      for (const input of inputs) check(results[input] === noop(input), () => `${results[input]} for ${input}`)
      return { value: us / inputs.length }
    }
  }))
  try {
    const series = await interleave(contestants, {
      samples: given.samples,
      warmUps: 5,
      warmMs: given.quick ? 300 : 1000,
      swept: "young"
    })
    const entries = series.map((series, at) => ({ system: pools[at].system, setting: pools[at].setting, series }))
    report(given, { name: "roundtrip", unit: "us", floor: "postMessage" }, entries)
  } finally {
    await Promise.all(pools.map((opened) => opened.pool.close()))
  }
}

const run = promisify(execFile)
const script = fileURLToPath(new URL("cold-start.ts", import.meta.url))

/** Starts a process of its own for one sample and reads the milliseconds that it prints. */
const freshProcess = async (system: string, setting: string, threads: number): Promise<number> => {
  const { stdout } = await run(process.execPath, [script, system, setting, String(threads)])
  const ms = Number(stdout)
  check(stdout.trim() !== "" && ms > 0, () => `cold-start of ${system} printed ${JSON.stringify(stdout)}`)
  return ms
}

const coldStart = async (given: Given): Promise<void> => {
  const names = given.texts("system", systemNames)
  const tried: Array<{ readonly system: string; readonly setting: string }> = []
  for (const system of systems.filter((system) => names.includes(system.name))) {
    const isThere = await loadRival(system.name, system.load, given.note)
    if (isThere !== undefined) tried.push({ system: system.name, setting: system.settings[0] })
  }
  const contestants = tried.map(({ setting, system }): Contestant => ({
    name: system,
    sample: async () => ({ value: await freshProcess(system, setting, given.threads) })
  }))
  const series = await interleave(contestants, { samples: given.samples, warmUps: 1 })
  report(
    given,
    { name: "cold-start", unit: "ms", floor: "bare-workers" },
    series.map((series, at) => ({ ...tried[at], series }))
  )
}

const cases = ["roundtrip", "cold-start", "first-of-100000"]

/** The benchmark `latency`: cases `roundtrip`, `cold-start` and `first-of-100000`. */
export const latency: Bench = {
  name: "latency",
  about: "one task there and back (us); a fresh process, and a large graph, to its first result (ms)",
  parameters: { case: cases, system: systemNames },
  run: async (given) => {
    for (const name of given.texts("case", cases)) {
      if (name === "roundtrip") await roundtrip(given)
      if (name === "cold-start") await coldStart(given)
      if (name === "first-of-100000") await (await import("./firstOf.ts")).firstOf(given)
    }
  }
}
