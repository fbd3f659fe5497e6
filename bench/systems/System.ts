// The narrow interface between benchmarks and the systems that they compare: one file per system beside this one.
// A new rival is a file that exports a System and a name in the list of systems.ts. Only what all of them can do.
import type { Work } from "../work.ts"

/** A pool that is up: its threads have started, or start with the first task. */
export interface Pool {
  /** One task per input, all given at once; the results in the order of the inputs. */
  readonly together: (work: Work, inputs: ReadonlyArray<number>) => Promise<ArrayLike<number>>
  /** The same tasks, each given when the result of the one before has come back. */
  readonly inTurn: (work: Work, inputs: ReadonlyArray<number>) => Promise<ArrayLike<number>>
  /** Ends all threads. */
  readonly close: () => Promise<void>
}

/** Somebody who runs functions on worker threads. */
export interface System {
  readonly name: string
  /** Its settings worth trying, by a short text; all are measured, the best one counts. */
  readonly settings: ReadonlyArray<string>
  /** For a slow one: the most tasks that it gets at once, and in turn, so that a run ends. Its cost per task is quoted. */
  readonly most?: { readonly together: number; readonly inTurn: number }
  /** Loads it: gives how to start a pool with a setting and a number of threads, or fails if it is not installed. */
  readonly load: () => Promise<(setting: string, threads: number) => Promise<Pool>>
}

/** A pool from a function that runs one task: what every plain thread pool can do. */
export const poolOf = (run: (work: Work, input: number) => PromiseLike<number>, close: () => Promise<void>): Pool => ({
  together: (work, inputs) => Promise.all(inputs.map((input) => run(work, input))),
  inTurn: async (work, inputs) => {
    const results: Array<number> = []
    for (const input of inputs) results.push(await run(work, input))
    return results
  },
  close
})
