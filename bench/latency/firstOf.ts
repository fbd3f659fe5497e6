// `latency` first-of-N: how long a program waits for the first of many results. A graph of N tasks is built before the
// clock starts; then it is collected. Two moments count: a function of the program, on the main thread, has the result
// of the first task in hand (the figure), and the first of all results has been computed on a thread (beside it).
import { ManagedRuntime } from "effect"
import { collect, delayed, Engine } from "poniard"
import type { Given } from "../harness/Bench.ts"
import { check, type Contestant, interleave } from "../harness/interleave.ts"
import { rounded, rowOf } from "../harness/Row.ts"
import { marked } from "../tasks.ts"
import { momentOf, nowUs, numberOf } from "./marks.ts"

type Runtime = ManagedRuntime.ManagedRuntime<Engine, unknown>

/** One sample. The closure takes the first task and comes first in the list, as a program that waits for it would. */
const contestant = (runtime: Runtime, tasks: number): Contestant => ({
  name: "poniard",
  sample: async () => {
    const originUs = nowUs()
    let seenUs = Infinity
    const task = delayed(marked)
    const made = Array.from({ length: tasks }, (_, i) => task(i, originUs))
    const seen = delayed((first: number) => {
      seenUs = nowUs()
      return first
    })(made[0])
    const startedUs = nowUs()
    const [first, ...results] = await runtime.runPromise(collect([seen, ...made]))
    const endedUs = nowUs()
    check(first === results[0] && results.length === tasks, () => `${first} and ${results.length} of ${tasks}`)
    let computedUs = Infinity
    for (let i = 0; i < tasks; i++) {
      const moment = momentOf(results[i], originUs)
      check(numberOf(results[i]) === i && moment + 1 >= startedUs && moment <= endedUs, () => `${results[i]} at ${i}`)
      computedUs = Math.min(computedUs, moment)
    }
    return {
      value: (seenUs - startedUs) / 1000,
      beside: { computedMs: (computedUs - startedUs) / 1000, allMs: (endedUs - startedUs) / 1000 }
    }
  }
})

/** The case `first-of-100000` (with --quick `first-of-10000`). */
export const firstOf = async (given: Given): Promise<void> => {
  const tasks = given.quick ? 10_000 : 100_000
  const runtime = ManagedRuntime.make(Engine.layer({ threads: given.threads }))
  await runtime.context()
  try {
    const [series] = await interleave([contestant(runtime, tasks)], { samples: given.samples, warmUps: 2 })
    const beside = Object.fromEntries(Object.entries(series.beside).map(([name, value]) => [name, rounded(value)]))
    const parameters = { system: "poniard", threads: given.threads, tasks, ...beside }
    given.row(rowOf({ bench: "latency", case: `first-of-${tasks}`, unit: "ms", parameters }, series.values))
  } finally {
    await runtime.dispose()
  }
}
