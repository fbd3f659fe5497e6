// How small tasks may be: Task Bench's patterns, and for each one its METG(50 %). Rounds over all cases in turn, one sweep
// of each case in a round; the peak is measured between the sweeps, and the best of the run counts for all.
import type { Bench, Given } from "../harness/Bench.ts"
import { loadRival } from "../harness/loadRival.ts"
import { median, rounded, rowOf } from "../harness/Row.ts"
import { efficiencyOf, metgOf, type Point, type Setting } from "./granularity.ts"
import { type Kernel, kernels, workOf } from "./kernels.ts"
import { type Plan, planOf } from "./Plan.ts"
import type { Load } from "./point.ts"
import type { Runner } from "./Runner.ts"
import { nextStart, sweepPoints } from "./sweep.ts"
import { type Pattern, patterns, taskGraph } from "./TaskGraph.ts"

/** Patterns whose METG is quoted for three widths; the others run at width 8. */
const quoted: ReadonlyArray<Pattern> = ["stencil_1d", "nearest", "spread", "fft", "all_to_all", "no_comm"]

interface Case {
  readonly runner: Runner
  readonly kernel: Kernel
  /** The graph with about so many tasks; the most that it gets. */
  readonly planOf: (tasks: number) => Plan
  readonly tasks: number
  plan: Plan
  /** How many sweeps it gets, and what they gave. */
  readonly samples: number
  readonly sweeps: Array<ReadonlyArray<Point>>
  /** Where the next sweep begins; the most iterations that are tried. */
  start: number
  readonly most: number
}

/** How a system is measured: a slow one gets fewer tasks and samples, and begins with longer tasks. */
interface Way {
  readonly load: () => Promise<(threads: number) => Promise<Runner>>
  readonly tasks: (given: Given) => number
  readonly samples: (given: Given) => number
  readonly start: Readonly<Record<Kernel, number>>
  readonly widths: (given: Given, pattern: Pattern, kernel: Kernel) => ReadonlyArray<number>
}

const ways: Readonly<Record<string, Way>> = {
  poniard: {
    load: async () => (await import("./poniard.ts")).poniard,
    tasks: (given) => given.numbers("tasks", [given.quick ? 400 : 10_000])[0],
    samples: (given) => given.samples,
    start: { compute_bound: 512, memory_bound: 16 },
    widths: (given, pattern, kernel) => {
      if (kernel === "memory_bound" && pattern !== "stencil_1d") return []
      if (kernel === "memory_bound" && given.quick) return [8]
      return pattern === "stencil_1d" || (quoted.includes(pattern) && !given.quick) ? [2, 8, 32] : [8]
    }
  },
  dask: {
    load: async () => (await import("./dask.ts")).dask(),
    tasks: (given) => given.quick ? 40 : 80,
    samples: () => 5,
    start: { compute_bound: 1024, memory_bound: 0 },
    widths: (given, pattern, kernel) =>
      kernel === "compute_bound" && (pattern === "stencil_1d" || !given.quick) ? [8] : []
  }
}

const casesOf = (given: Given, runner: Runner, way: Way): ReadonlyArray<Case> => {
  const cases: Array<Case> = []
  const named = given.texts("pattern", [])
  const does = kernels.filter((kernel) => way.start[kernel] > 0)
  for (const kernel of does.filter((kernel) => given.texts("kernel", kernels).includes(kernel))) {
    for (const pattern of patterns.filter((pattern) => named.length === 0 || named.includes(pattern))) {
      const usual = way.widths(given, pattern, named.length === 0 ? kernel : "compute_bound")
      for (const width of given.numbers("width", usual)) {
        const [radix] = given.numbers("radix", [5])
        const ofTasks = (tasks: number) => planOf(taskGraph(pattern, { width, steps: Math.ceil(tasks / width), radix }))
        const tasks = way.tasks(given)
        const plan = ofTasks(Math.min(tasks, fewest))
        const start = way.start[kernel]
        const samples = way.samples(given)
        cases.push({ runner, kernel, planOf: ofTasks, tasks, plan, samples, sweeps: [], start, most: start * 32 })
      }
    }
  }
  return cases
}

/** The best work per ms of each runner and kernel that was measured so far. */
type Peaks = Map<string, number>

const peakKey = ({ kernel, runner }: Case): string => `${runner.name} ${kernel}`

const measurePeak = async (one: Case, peaks: Peaks): Promise<void> => {
  const measured = await one.runner.peak(loadOf(one, 0, 16))
  peaks.set(peakKey(one), Math.max(measured, peaks.get(peakKey(one)) ?? 0))
}

const loadOf = ({ kernel }: Case, iterations: number, bytes: number): Load => ({ kernel, iterations, bytes })

const settingOf = ({ kernel, plan }: Case, cores: number, peak: number): Setting => ({
  tasks: plan.tasks,
  cores,
  peak,
  work: (iterations: number) => workOf(kernel, iterations)
})

const outputBytes = (given: Given): number => {
  const [text] = given.texts("output", ["16"])
  return text === "number" ? 0 : Number(text)
}

const valuesOf = (given: Given, one: Case, peaks: Peaks): ReadonlyArray<number> =>
  one.sweeps.map((points) => metgOf(points, settingOf(one, given.threads, peaks.get(peakKey(one))!)))

/** The same graph on the other system, if that was measured. */
const rivalOf = ({ kernel, plan: { graph }, runner }: Case, cases: ReadonlyArray<Case>): Case | undefined =>
  cases.find((other) =>
    other.runner !== runner && other.kernel === kernel && other.plan.graph.pattern === graph.pattern
    && other.plan.graph.width === graph.width
  )

const print = (given: Given, one: Case, cases: ReadonlyArray<Case>, peaks: Peaks): void => {
  const { kernel, plan: { graph, tasks }, runner } = one
  const peak = peaks.get(peakKey(one))!
  const values = valuesOf(given, one, peaks)
  const rival = rivalOf(one, cases)
  const shortest = Math.min(...one.sweeps.flatMap((points) => points.map((point) => point.iterations)))
  const parameters = {
    system: runner.name,
    kernel,
    width: graph.width,
    ...graph.pattern === "nearest" || graph.pattern === "spread" || graph.pattern === "random_nearest"
      ? { radix: graph.radix }
      : {},
    ...graph.pattern === "spread" || graph.pattern === "random_nearest" ? { period: graph.period } : {},
    steps: graph.steps,
    tasks,
    output: outputBytes(given),
    threads: given.threads,
    iterations: shortest,
    [kernel === "compute_bound" ? "peakGflops" : "peakGBps"]: rounded(peak / 1e6)
  }
  const name = `${graph.pattern}${kernel === "memory_bound" ? "-memory" : ""}`
  given.row(rowOf(
    {
      bench: "metg",
      case: runner.name === "poniard" ? name : `${name}-${runner.name}`,
      unit: "us",
      parameters
    },
    values,
    rival && { name: rival.runner.name, values: valuesOf(given, rival, peaks) }
  ))
  if (median(values) === Infinity) given.note(`${name}, width ${graph.width}: one half of the peak was not reached`)
}

/** Rounds after the fifth are left out when this many ms are over: a run ends. */
const patience = (given: Given): number => given.quick ? 15_000 : 200_000

/** One sweep of a case; the next one begins where this one found one half of the peak. No run is above the peak. */
const sweepOnce = async (given: Given, one: Case, peaks: Peaks): Promise<ReadonlyArray<Point>> => {
  const bytes = outputBytes(given)
  const peak = peaks.get(peakKey(one))!
  const setting = settingOf(one, given.threads, peak)
  const points = await sweepPoints((i) => one.runner.run(one.plan, loadOf(one, i, bytes)), one, setting)
  peaks.set(peakKey(one), Math.max(peak, ...points.map((point) => efficiencyOf(point, setting) * peak)))
  one.start = nextStart(points, setting)
  return points
}

/** The tasks of a graph in the first round, and the least of one whose runs would take longer than is reasonable. */
const fewest = 2000
const reasonableMs = 120

/** A first sweep that does not count: it shows where half of the peak lies, and how many tasks a run can have. */
const warmUp = async (given: Given, one: Case, peaks: Peaks): Promise<void> => {
  await measurePeak(one, peaks)
  const points = await sweepOnce(given, one, peaks)
  const { ms } = points.find((point) => point.iterations === one.start)!
  const possible = Math.floor(one.plan.tasks * reasonableMs / ms)
  one.plan = one.planOf(Math.min(one.tasks, Math.max(fewest, possible)))
}

/** A first round that does not count, then rounds in which the order of the cases shifts by one. */
const measure = async (given: Given, cases: ReadonlyArray<Case>): Promise<void> => {
  const peaks: Peaks = new Map()
  for (const one of cases) await warmUp(given, one, peaks)
  const began = performance.now()
  for (let round = 0; round < given.samples; round++) {
    if (round >= 5 && performance.now() - began > patience(given)) {
      given.note(`ended after ${round} rounds of ${given.samples}: ${patience(given) / 1000} s are over`)
      break
    }
    for (let turn = 0; turn < cases.length; turn++) {
      const one = cases[(round + turn) % cases.length]
      if (one.sweeps.length >= one.samples) continue
      if (turn % 4 === 0) await measurePeak(one, peaks)
      one.sweeps.push(await sweepOnce(given, one, peaks))
    }
  }
  for (const one of cases) print(given, one, cases, peaks)
}

/** The benchmark `metg`: cases are patterns, by widths and kernels. */
export const metg: Bench = {
  name: "metg",
  about: "Task Bench: the smallest tasks that leave half of the machine to their work, in core-us, METG(50 %)",
  parameters: {
    system: Object.keys(ways),
    pattern: patterns,
    width: "number",
    kernel: kernels,
    radix: "number",
    tasks: "number",
    output: ["number", "16", "64", "1024", "4096"]
  },
  samples: 9,
  run: async (given) => {
    const runners: Array<Runner> = []
    const cases: Array<Case> = []
    try {
      for (const name of given.texts("system", Object.keys(ways)).filter((name) => name in ways)) {
        const start = await loadRival(name, ways[name].load, given.note)
        if (start === undefined) continue
        const runner = await start(given.threads)
        runners.push(runner)
        cases.push(...casesOf(given, runner, ways[name]))
      }
      await measure(given, cases)
    } finally {
      await Promise.all(runners.map((runner) => runner.close()))
    }
  }
}
