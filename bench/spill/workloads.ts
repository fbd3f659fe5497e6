// The jobs that `spill` measures, by name: the examples themselves, nothing of theirs is copied here.
import { groupby } from "../../examples/groupby/groupby.ts"
import type { Job, Workload } from "../../examples/out-of-core/Job.ts"
import { sorting } from "../../examples/sort/sort.ts"
import { sum } from "../../examples/sum/sum.ts"
import { transpose } from "../../examples/transpose/transpose.ts"
import { indexing } from "./indexing.ts"

const SEED = 1

/** What is measured, and how often what does not fit in memory must be read back at least. */
export interface Measured {
  readonly passes: number
  /** The job over about so many bytes. */
  readonly jobOf: (bytes: number, threads: number) => Promise<Job>
}

const measured = ({ jobOf, passes }: Workload): Measured => ({ passes, jobOf: async (bytes) => jobOf(bytes, SEED) })

/** The workloads by their names. */
export const workloads: Readonly<Record<string, Measured>> = {
  sum: measured(sum),
  transpose: measured(transpose),
  sort: measured(sorting),
  groupby: measured(groupby),
  index: { passes: 1, jobOf: indexing }
}
