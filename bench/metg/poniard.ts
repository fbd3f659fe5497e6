// Task Bench on Poniard: each task is one `delayed(...)`, those that nobody takes are collected. The clock runs from the
// first `delayed(...)` to the end of `collect`.
import { ManagedRuntime } from "effect"
import { collect, type Delayed, delayed, Engine } from "poniard"
import { point } from "../tasks.ts"
import { peakOf } from "./peak.ts"
import type { Plan } from "./Plan.ts"
import { checkOutput, codeOf, type Load, loadCode, type Output, placeOf } from "./point.ts"
import type { Runner } from "./Runner.ts"

type Task = Delayed<Output>

/** The tasks that are wanted of a plan, one `delayed(...)` per task. */
const describe = ({ columns, first, graph, inputs, steps, tasks, wanted }: Plan, load: Load): ReadonlyArray<Task> => {
  const task = delayed(point)
  const code = codeOf(graph)
  const work = loadCode(load)
  const made: Array<Task> = []
  for (let i = 0; i < tasks; i++) {
    const taken: Array<Task> = []
    for (let at = first[i]; at < first[i + 1]; at++) taken.push(made[inputs[at]])
    made.push(task(code, placeOf(steps[i], columns[i]), work, ...taken))
  }
  return wanted.map((i) => made[i])
}

/** An engine with so many threads, and as many bare ones for the peak. */
export const poniard = async (threads: number): Promise<Runner> => {
  const runtime = ManagedRuntime.make(Engine.layer({ threads }))
  await runtime.context()
  const peak = peakOf(threads)
  return {
    name: "poniard",
    run: async (plan, load) => {
      const started = performance.now()
      const outputs = await runtime.runPromise(collect(describe(plan, load)))
      const ms = performance.now() - started
      plan.wanted.forEach((i, at) => checkOutput(outputs[at], load.bytes, plan.steps[i], plan.columns[i]))
      return ms
    },
    peak: ({ kernel }) => peak.measure(kernel),
    close: async () => {
      await Promise.all([runtime.dispose(), peak.close()])
    }
  }
}
