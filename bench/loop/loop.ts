// For how long the engine keeps its thread from anything else: the longest block of the event loop while a graph of a
// million tasks is submitted and run on threads. The program's own loop that describes them is not in it.
import { ManagedRuntime } from "effect"
import { collect, Engine } from "poniard"
import type { Bench, Given } from "../harness/Bench.ts"
import { check, type Contestant, interleave } from "../harness/interleave.ts"
import { rounded, rowOf } from "../harness/Row.ts"
import { describe, moduleFunctions } from "../overhead/describe.ts"
import { expected, planOf, type Shape, shapes } from "../overhead/Plan.ts"
import { watched } from "./probe.ts"

type Runtime = ManagedRuntime.ManagedRuntime<Engine, unknown>

const contestant = (runtime: Runtime, shape: Shape, tasks: number): Contestant => {
  const plan = planOf(shape, tasks)
  const wanted = expected(plan)
  return {
    name: shape,
    sample: async () => {
      const delayeds = describe(plan, moduleFunctions)
      const started = performance.now()
      const [results, { longestMs, ...beside }] = await watched(() => runtime.runPromise(collect(delayeds)))
      const ranMs = performance.now() - started
      check(results.length === wanted.length, () => `${results.length} results, not ${wanted.length}`)
      for (let i = 0; i < wanted.length; i++) {
        check(results[i] === wanted[i], () => `${shape}: ${results[i]} instead of ${wanted[i]} at ${i}`)
      }
      return { value: longestMs, beside: { ...beside, ranMs } }
    }
  }
}

const runShapes = async (given: Given, runtime: Runtime, tasks: number): Promise<void> => {
  const named = given.texts("shape", ["fanout", "tree", "random"]) as ReadonlyArray<Shape>
  const contestants = named.map((shape) => contestant(runtime, shape, tasks))
  const series = await interleave(contestants, { samples: given.samples, warmUps: 1 })
  series.forEach((one, at) => {
    const beside = Object.fromEntries(Object.entries(one.beside).map(([name, value]) => [name, rounded(value)]))
    const parameters = { system: "poniard", shape: named[at], threads: given.threads, tasks, ...beside }
    given.row(rowOf({ bench: "loop", case: "longest-block", unit: "ms", parameters }, one.values))
  })
}

/** The benchmark `loop`: case `longest-block`, by shapes. */
export const loop: Bench = {
  name: "loop",
  about: "the longest block of the event loop while a large graph is submitted and run, less the collector's pauses",
  parameters: { shape: shapes, tasks: "number" },
  samples: 5,
  run: async (given) => {
    const runtime = ManagedRuntime.make(Engine.layer({ threads: given.threads }))
    await runtime.context()
    try {
      for (const tasks of given.numbers("tasks", [given.quick ? 100_000 : 1_000_000])) {
        await runShapes(given, runtime, tasks)
      }
    } finally {
      await runtime.dispose()
    }
  }
}
