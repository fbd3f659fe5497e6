// Many independent calls of one function: ours against every thread pool that is installed, and against bare workers.
// The clock runs from the first call to the last result; all systems get the same inputs in the same run.
import type { Bench, Given } from "./harness/Bench.ts"
import { best, check, type Contestant, interleave, type Series } from "./harness/interleave.ts"
import { median, rounded, rowOf } from "./harness/Row.ts"
import { open, type Opened, systemNames, systems } from "./systems/systems.ts"
import { noop, seeds, spinInput, spun, type Work } from "./work.ts"

interface Case {
  readonly name: string
  readonly work: Work
  readonly tasks: number
  readonly input: (i: number) => number
  readonly expected: (input: number) => number
}

const contestant = (opened: Opened, what: Case): Contestant => ({
  name: `${opened.system} ${opened.setting}`,
  sample: async () => {
    const tasks = Math.min(what.tasks, opened.most.together)
    const inputs = Array.from({ length: tasks }, (_, i) => what.input(i))
    const started = performance.now()
    const results = await opened.pool.together(what.work, inputs)
    const us = (performance.now() - started) * 1000
    check(results.length === tasks, () => `${opened.system} gave ${results.length} of ${tasks}`)
    for (let i = 0; i < tasks; i++) {
      check(results[i] === what.expected(inputs[i]), () => `${opened.system} gave ${results[i]} for ${inputs[i]}`)
    }
    return { value: us / tasks }
  }
})

/** Iterations of `spin` that take 1 ms when the machine is quiet: the fastest of 30 tries in a worker. */
const iterationsOfOneMs = async (opened: Opened): Promise<number> => {
  const iterations = 1_000_000
  let fastest = Infinity
  for (let i = 0; i < 30; i++) {
    const started = performance.now()
    await opened.pool.inTurn("spin", [spinInput(i, iterations)])
    fastest = Math.min(fastest, performance.now() - started)
  }
  return Math.round(iterations / fastest)
}

/** Tasks a sample while settings are compared, at most. */
const HEAT_TASKS = 20_000

interface Entry {
  readonly opened: Opened
  readonly series: Series
}

const measure = async (given: Given, what: Case, pools: ReadonlyArray<Opened>): Promise<ReadonlyArray<Entry>> => {
  const series = await interleave(pools.map((opened) => contestant(opened, what)), {
    samples: given.samples,
    warmUps: 2,
    warmMs: given.quick ? 300 : 1000,
    swept: "young"
  })
  return pools.map((opened, at) => ({ opened, series: series[at] }))
}

const closing = async <A>(pools: ReadonlyArray<Opened>, use: () => Promise<A>): Promise<A> => {
  try {
    return await use()
  } finally {
    await Promise.all(pools.map((opened) => opened.pool.close()))
  }
}

/** The heat: which setting of each system is the best. Dask is measured here only: its processes are never quite idle. */
const heat = async (given: Given, what: Case, names: ReadonlyArray<string>): Promise<ReadonlyArray<Entry>> => {
  const several = names.filter((name) =>
    name === "dask" || systems.find((one) => one.name === name)!.settings.length > 1
  )
  const winners: Array<Entry> = []
  for (const name of several) {
    const pools = await open([name], given.threads, given.note)
    if (pools.length === 0) continue
    const entries = await closing(pools, () => measure(given, what, pools))
    const winner = best(entries.map(({ series }) => series))
    winners.push(entries.find(({ series }) => series === winner)!)
    if (entries.length === 1) continue
    const all = entries.map(({ opened, series }) => `${opened.setting} ${rounded(median(series.values))}`)
    given.note(`${what.name}, ${name}, median us/task: ${all.join(", ")}`)
  }
  return winners
}

/** Each system in its best setting, in turn: few enough threads that those who wait do not disturb. */
const runCase = async (given: Given, what: Case, names: ReadonlyArray<string>): Promise<void> => {
  const winners = await heat(given, { ...what, tasks: Math.min(what.tasks, HEAT_TASKS) }, names)
  const chosen = new Map(winners.map(({ opened }) => [opened.system, opened.setting]))
  const pools = await open(names.filter((name) => name !== "dask"), given.threads, given.note, chosen)
  const entries = [
    ...await closing(pools, () => measure(given, what, pools)),
    ...winners.filter(({ opened }) => opened.system === "dask")
  ]
  const valuesOf = (system: string): Series | undefined =>
    entries.find(({ opened }) => opened.system === system)?.series
  for (const { opened: { most, setting, system }, series } of entries) {
    const against = system === "poniard" ? "bare-workers" : "poniard"
    const other = valuesOf(against)
    const parameters = { system, setting, threads: given.threads, tasks: Math.min(what.tasks, most.together) }
    given.row(
      rowOf(
        { bench: "rivals", case: what.name, unit: "us/task", parameters },
        series.values,
        other && { name: against, values: other.values }
      )
    )
  }
}

/** The benchmark `rivals`: cases `noop` and `spin-1ms`. */
export const rivals: Bench = {
  name: "rivals",
  about: "independent calls on threads, ours and others, first call to last result",
  parameters: { case: ["noop", "spin-1ms"], system: systemNames, tasks: "number" },
  run: async (given) => {
    const names = given.texts("system", systemNames)
    for (const name of given.texts("case", ["noop", "spin-1ms"])) {
      if (name === "noop") {
        const [tasks] = given.numbers("tasks", [given.quick ? 5000 : 100_000])
        await runCase(given, { name, work: "noop", tasks, input: (i) => i, expected: noop }, names)
      }
      if (name === "spin-1ms") {
        const [tasks] = given.numbers("tasks", [given.quick ? 200 : 400])
        const floor = await open(["bare-workers"], given.threads, given.note)
        const iterations = await closing(floor, () => iterationsOfOneMs(floor[0]))
        given.note(`spin-1ms: ${iterations} iterations a task`)
        const input = (i: number) => spinInput(i % seeds, iterations)
        await runCase(given, { name, work: "spin", tasks, input, expected: spun }, names)
      }
    }
  }
}
