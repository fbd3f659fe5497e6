// What a task costs that does nothing: description, submission, scheduling, results. Shapes of graphs on processors.
// What is measured stands in runProcessor.ts, loaded only when it runs: rivals can be measured without the engine.
import type { Bench } from "../harness/Bench.ts"
import { fuses, type Processor, processors, type Shape, shapes } from "./Plan.ts"

/** How many tasks a graph has: rows of the same processor are measured in turn, with one engine. */
const usual: Readonly<Record<Processor, ReadonlyArray<(shape: Shape) => number>>> = {
  null: [() => 100_000, () => 1_000_000],
  fiber: [() => 100_000],
  threads: [(shape) => shape === "chain" ? 100_000 : 200_000]
}

/** The benchmark `overhead`: processors by shapes by numbers of tasks. */
export const overhead: Bench = {
  name: "overhead",
  about: "a task that does nothing, from its description to its result",
  parameters: { processor: processors, shape: shapes, tasks: "number", fuse: fuses },
  run: async (given) => {
    const { runProcessor } = await import("./runProcessor.ts")
    for (const processor of given.texts("processor", processors) as ReadonlyArray<Processor>) {
      const asked = given.numbers("tasks", given.quick ? [20_000] : []).map((tasks) => () => tasks)
      for (const tasksOf of asked.length > 0 ? asked : usual[processor]) await runProcessor(given, processor, tasksOf)
    }
  }
}
