// Measures the shapes of `overhead` on one processor with one engine, whose threads are up before the first sample; or two
// engines in turn, one of which merges tasks that follow each other (`--fuse off,on`).
// The clock runs from the first `delayed(...)` to the end of `collect`; results are checked after it has stopped.
import { ManagedRuntime } from "effect"
import { collect, Engine } from "poniard"
import type { Given } from "../harness/Bench.ts"
import { check, type Contestant, interleave } from "../harness/interleave.ts"
import { profiler } from "../harness/profile.ts"
import { rounded, rowOf } from "../harness/Row.ts"
import { describe, effects, moduleFunctions } from "./describe.ts"
import { nullProcessor } from "./nullProcessor.ts"
import { expected, type Plan, planOf, type Processor, type Shape, usualShapes } from "./Plan.ts"

type Runtime = ManagedRuntime.ManagedRuntime<Engine, unknown>

const engineFor = (processor: Processor, threads: number, fuse: boolean): Runtime =>
  ManagedRuntime.make(
    processor === "null"
      ? Engine.layer({ threads: 0, processors: [nullProcessor()], fuse })
      : Engine.layer({ threads: processor === "fiber" ? 0 : threads, fuse })
  )

/** A shape in one of the engines. */
interface Case {
  readonly plan: Plan
  readonly fuse: boolean
  readonly contestant: Contestant
}

const caseOf = (runtime: Runtime, processor: Processor, plan: Plan, fuse: boolean): Case => {
  const made = contestant(runtime, processor, plan)
  return { plan, fuse, contestant: { ...made, name: fuse ? `${plan.shape}-fuse` : plan.shape } }
}

/** One sample: describe, collect, stop the clock, check. The null processor gives each task's own number. */
const contestant = (runtime: Runtime, processor: Processor, plan: Plan): Contestant => {
  const wanted = processor === "null" ? plan.wanted : expected(plan)
  const vocabulary = processor === "fiber" ? effects : moduleFunctions
  return {
    name: plan.shape,
    sample: async () => {
      const cpu = process.threadCpuUsage()
      const started = performance.now()
      const delayeds = describe(plan, vocabulary)
      const described = performance.now()
      const results = await runtime.runPromise(collect(delayeds))
      const ended = performance.now()
      const { system, user } = process.threadCpuUsage(cpu)
      check(results.length === wanted.length, () => `${results.length} results, not ${wanted.length}`)
      for (let i = 0; i < wanted.length; i++) {
        check(results[i] === wanted[i], () => `${plan.shape}: ${results[i]} instead of ${wanted[i]} at ${i}`)
      }
      const each = 1000 / plan.reached
      return {
        value: (ended - started) * each,
        beside: {
          describeUs: (described - started) * each,
          runUs: (ended - described) * each,
          mainCpuUs: (user + system) / plan.reached
        }
      }
    }
  }
}

const profiled = async (given: Given, contestant: Contestant, rounds: number): Promise<void> => {
  const profile = profiler()
  await profile.start()
  for (let round = 0; round < rounds; round++) await contestant.sample()
  given.note(`${contestant.name}: self time of the main thread over ${rounds} runs`)
  for (const line of await profile.stop()) given.note(line)
}

/** All shapes asked for, interleaved, each with its number of tasks; prints their rows. */
export const runProcessor = async (
  given: Given,
  processor: Processor,
  tasksOf: (shape: Shape) => number
): Promise<void> => {
  const fuses = given.texts("fuse", ["off"]).map((fuse) => fuse === "on")
  const runtimes = fuses.map((fuse) => engineFor(processor, given.threads, fuse))
  try {
    for (const runtime of runtimes) await runtime.context()
    const plans = (given.texts("shape", usualShapes) as ReadonlyArray<Shape>).map((shape) =>
      planOf(shape, tasksOf(shape))
    )
    const cases = plans.flatMap((plan) => fuses.map((fuse, i) => caseOf(runtimes[i], processor, plan, fuse)))
    const contestants = cases.map((one) => one.contestant)
    const series = await interleave(contestants, { samples: given.samples, warmUps: 2 })
    series.forEach((one, at) => {
      const { fuse, plan: { reached, shape } } = cases[at]
      const apart = cases.findIndex((other) => fuse && !other.fuse && other.plan.shape === shape)
      const beside = Object.fromEntries(Object.entries(one.beside).map(([name, value]) => [name, rounded(value)]))
      const threads = processor === "threads" ? { threads: given.threads } : {}
      const parameters = { processor, shape, tasks: tasksOf(shape), ran: reached, ...threads, ...beside }
      const row = { bench: "overhead", case: contestants[at].name, unit: "us/task", parameters }
      given.row(rowOf(row, one.values, apart < 0 ? undefined : { name: shape, values: series[apart].values }))
    })
    if (given.profile) { for (const one of contestants) await profiled(given, one, 3) }
  } finally {
    for (const runtime of runtimes) await runtime.dispose()
  }
}
