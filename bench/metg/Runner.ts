// The narrow interface between `metg` and the systems that it measures: poniard.ts and dask.ts beside this file.
import type { Plan } from "./Plan.ts"
import type { Load } from "./point.ts"

/** Somebody who runs graphs of Task Bench. */
export interface Runner {
  readonly name: string
  /** Describes, submits and runs a graph, looks at the outputs that come back; milliseconds on the clock. */
  readonly run: (plan: Plan, load: Load) => Promise<number>
  /** The work of a kernel that its threads or processes do in a millisecond when they do nothing else. */
  readonly peak: (load: Load) => Promise<number>
  readonly close: () => Promise<void>
}
