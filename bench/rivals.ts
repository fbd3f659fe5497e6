// Many independent calls of one function: ours against every thread pool that is installed, and against bare workers.
// The clock runs from the first call to the last result; all systems get the same inputs in the same run.
import type { Bench, Given } from "./harness/Bench.ts"
import { best, check, type Contestant, interleave, type Series } from "./harness/interleave.ts"
import { median, rounded, rowOf } from "./harness/Row.ts"
import { open, type Opened, systemNames } from "./systems/systems.ts"
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

const runCase = async (given: Given, what: Case, pools: ReadonlyArray<Opened>): Promise<void> => {
  const series = await interleave(pools.map((opened) => contestant(opened, what)), {
    samples: given.samples,
    warmUps: 2,
    warmMs: given.quick ? 300 : 1000
  })
  const bestOf = new Map<string, { readonly setting: string; readonly series: Series }>()
  for (const system of new Set(pools.map((opened) => opened.system))) {
    const own = series.filter((_, at) => pools[at].system === system)
    const winner = best(own)
    bestOf.set(system, { setting: pools[series.indexOf(winner)].setting, series: winner })
    if (own.length > 1) {
      given.note(
        `${what.name}, ${system}, median us/task: ${
          own.map((one) => `${one.name.slice(system.length + 1)} ${rounded(median(one.values))}`).join(", ")
        }`
      )
    }
  }
  for (const [system, { series: own, setting }] of bestOf) {
    const other = bestOf.get(system === "poniard" ? "bare-workers" : "poniard")?.series
    const most = pools.find((opened) => opened.system === system)!.most.together
    const parameters = { system, setting, threads: given.threads, tasks: Math.min(what.tasks, most) }
    given.row(
      rowOf(
        { bench: "rivals", case: what.name, unit: "us/task", parameters },
        own.values,
        other && { name: system === "poniard" ? "bare-workers" : "poniard", values: other.values }
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
    const pools = await open(given.texts("system", systemNames), given.threads, given.note)
    const floor = pools.find((opened) => opened.system === "bare-workers")
      ?? (await open(["bare-workers"], given.threads, given.note))[0]
    try {
      for (const name of given.texts("case", ["noop", "spin-1ms"])) {
        if (name === "noop") {
          const [tasks] = given.numbers("tasks", [given.quick ? 5000 : 20_000])
          await runCase(given, { name, work: "noop", tasks, input: (i) => i, expected: noop }, pools)
        }
        if (name === "spin-1ms") {
          const [tasks] = given.numbers("tasks", [given.quick ? 200 : 400])
          const iterations = await iterationsOfOneMs(floor)
          given.note(`spin-1ms: ${iterations} iterations a task`)
          const input = (i: number) => spinInput(i % seeds, iterations)
          await runCase(given, { name, work: "spin", tasks, input, expected: spun }, pools)
        }
      }
    } finally {
      await Promise.all([...pools, floor].map((opened) => opened.pool.close()))
    }
  }
}
