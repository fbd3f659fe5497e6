// What a task costs that does nothing: description, submission, scheduling, results. Shapes of graphs on processors.
// What is measured stands in runProcessor.ts, loaded only when it runs: rivals can be measured without the engine.
import type { Bench } from "../harness/Bench.ts"
import { type Processor, processors, shapes } from "./Plan.ts"

/** The benchmark `overhead`: processors by shapes by numbers of tasks. */
export const overhead: Bench = {
  name: "overhead",
  about: "a task that does nothing, from its description to its result",
  parameters: { processor: processors, shape: shapes, tasks: "number" },
  run: async (given) => {
    const { runProcessor } = await import("./runProcessor.ts")
    for (const processor of given.texts("processor", processors) as ReadonlyArray<Processor>) {
      const usual = given.quick ? [20_000] : processor === "null" ? [100_000, 1_000_000] : [100_000]
      for (const tasks of given.numbers("tasks", usual)) await runProcessor(given, processor, tasks)
    }
  }
}
