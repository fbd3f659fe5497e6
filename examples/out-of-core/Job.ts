// What the examples sum, transpose, sort and groupby have in common: each cuts an amount of data into blocks, runs on an
// engine, and says afterwards whether its answer is right. Types only; what is run is in each example's own folder.
import type * as Effect from "effect/Effect"
import type { Engine, TaskError } from "poniard"

/** How many blocks, of how many numbers or records each, and what they are made from. */
export interface Cut {
  readonly blocks: number
  readonly length: number
  readonly seed: number
}

/** What came of a job; nothing of it is taken for granted. */
export interface Finding {
  /** The answer, for people. */
  readonly says: string
  /** Computes the answer in another way, without the engine: what is wrong with the one above, or nothing. */
  readonly wrong: () => string | undefined
}

/** A job over a certain amount of data. */
export interface Job {
  /** How the data is cut, for people. */
  readonly says: string
  /** Bytes of the data; about what was asked for. */
  readonly dataBytes: number
  /** Bytes of a block, the unit in which tasks take and make the data. */
  readonly blockBytes: number
  /** Describes the tasks and waits for what comes of them. */
  readonly run: Effect.Effect<Finding, TaskError, Engine>
}

/** A kind of job, for any amount of data. */
export interface Workload {
  /** The name of the example's folder. */
  readonly name: string
  /** What it does, in a sentence. */
  readonly about: string
  /** How often a program without an engine would read back what does not fit in memory. */
  readonly passes: number
  /** The job for about so many bytes; the same seed makes the same data. */
  readonly jobOf: (bytes: number, seed: number) => Job
}
