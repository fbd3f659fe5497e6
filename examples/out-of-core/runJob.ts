// Runs a job on an engine and takes its figures: how long it took, what went to disk and came back, what memory it had.
// The clock stops when the job has its answer; whether that is right is found out afterwards.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Engine } from "poniard"
import type { TaskError } from "poniard"
import type { Job } from "./Job.ts"

/** A finished job in figures. */
export interface Outcome {
  /** The answer, for people. */
  readonly says: string
  /** What is wrong with the answer, if anything is. */
  readonly wrong: string | undefined
  readonly seconds: number
  readonly tasks: number
  readonly budgetBytes: number
  /** The most that chunks occupied, free parts of the arena included. */
  readonly peakStoreBytes: number
  readonly spilledBytes: number
  readonly restoredBytes: number
  /** How many times work went on beyond the budget. */
  readonly overdrafts: number
  /** What went wrong with the disk last, if anything did. */
  readonly trouble: string | undefined
  /** The most memory that this process has had, this job and everything before. */
  readonly peakRssBytes: number
}

/** Runs a job once; an engine for one job gives the figures of that job alone. */
export const runJob = Effect.fnUntraced(function*(job: Job): Effect.fn.Return<Outcome, TaskError, Engine> {
  const started = yield* Clock.currentTimeNanos
  const finding = yield* job.run
  const seconds = Number((yield* Clock.currentTimeNanos) - started) / 1e9
  const { memory, tasks } = yield* Engine.snapshot
  const peakRssBytes = process.resourceUsage().maxRSS * 1024
  return {
    says: finding.says,
    wrong: finding.wrong(),
    seconds,
    tasks: tasks.total,
    budgetBytes: memory.budgetBytes,
    peakStoreBytes: memory.peakStoreBytes,
    spilledBytes: memory.spilledBytes,
    restoredBytes: memory.restoredBytes,
    overdrafts: memory.overdrafts,
    trouble: memory.trouble,
    peakRssBytes
  }
})
