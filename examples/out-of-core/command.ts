// The command line of the examples sum, transpose, sort and groupby: flags in, one report out. A wrong flag is refused
// with a sentence, a wrong answer ends with exit code 1. What is computed is each example's own.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ByteSize from "effect/ByteSize"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { availableParallelism } from "node:os"
import { Engine } from "poniard"
import type { Job, Workload } from "./Job.ts"
import type { Outcome } from "./runJob.ts"
import { runJob } from "./runJob.ts"

const MIB = 2 ** 20
const LEAST_DATA = MIB
const MOST_DATA = 16 * 1024 * MIB

const bytesOf = (text: string): number => Option.match(ByteSize.fromString(text), { onNone: () => NaN, onSome: Number })

const size = (name: string, least: number, most: number) =>
  Flag.String(name).pipe(
    Flag.withMetavar("BYTES"),
    Flag.filter(
      (text) => bytesOf(text) >= least && bytesOf(text) <= most,
      (text) => `a size such as 64MiB or "1.5 GB", from ${least / MIB} MiB to ${most / MIB} MiB, not "${text}"`
    ),
    Flag.map(bytesOf)
  )

const wholeNumber = (name: string, least: number, most: number) =>
  Flag.Int(name).pipe(
    Flag.filter((n) => n >= least && n <= most, (n) => `a whole number from ${least} to ${most}, not ${n}`)
  )

const flags = {
  size: size("size", LEAST_DATA, MOST_DATA).pipe(
    Flag.withDescription("how much data; what is made of it comes on top"),
    Flag.withDefault(256 * MIB)
  ),
  memory: size("memory", MIB, 1024 * MOST_DATA).pipe(
    Flag.withDescription("what the data may occupy in memory; the rest goes to disk"),
    Flag.withDefault(64 * MIB)
  ),
  threads: wholeNumber("threads", 1, 256).pipe(
    Flag.withMetavar("N"),
    Flag.withDescription("worker threads; one a core if not given"),
    Flag.withDefault(availableParallelism())
  ),
  seed: wholeNumber("seed", 0, 2 ** 31 - 1).pipe(
    Flag.withMetavar("N"),
    Flag.withDescription("what the data is made from"),
    Flag.withDefault(1)
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("print nothing but one JSON object at the end"),
    Flag.withoutNegation,
    Flag.withDefault(false)
  )
}

const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`

/** The report for people: what was done, what came out, whether it is right, and what it took. */
export const showOutcome = (job: Job, outcome: Outcome, threads: number): string => {
  const { budgetBytes, peakRssBytes, peakStoreBytes, restoredBytes, seconds, spilledBytes, tasks, trouble } = outcome
  return [
    `${job.says}: ${mib(job.dataBytes)} in ${seconds.toFixed(2)} s, ${
      tasks.toLocaleString("en")
    } tasks on ${threads} ` +
    `thread${threads === 1 ? "" : "s"}.`,
    `${outcome.says}: ${outcome.wrong === undefined ? "correct" : `wrong, ${outcome.wrong}`}.`,
    `In memory at most ${mib(peakStoreBytes)} of ${mib(budgetBytes)}; ${mib(spilledBytes)} spilled to disk, ` +
    `${mib(restoredBytes)} read back; the process at most ${mib(peakRssBytes)}.`,
    ...trouble === undefined ? [] : [`The disk: ${trouble.split("\n", 1)[0]}`]
  ].join("\n")
}

const showJson = (job: Job, { wrong, ...outcome }: Outcome): string =>
  JSON.stringify({
    ...outcome,
    dataBytes: job.dataBytes,
    blockBytes: job.blockBytes,
    correct: wrong === undefined,
    wrong
  })

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** Runs an example as a program. */
export const runCommand = (workload: Workload): void => {
  const main = Effect.fnUntraced(function*({ json, memory, seed, size, threads }: {
    readonly size: number
    readonly memory: number
    readonly threads: number
    readonly seed: number
    readonly json: boolean
  }) {
    const job = workload.jobOf(size, seed)
    const outcome = yield* runJob(job).pipe(
      Effect.provide(Engine.layer({ threads, memory })),
      Effect.mapError((error) => new CliError.UserError({ cause: error, userMessage: messageOf(error) }))
    )
    yield* Console.log(json ? showJson(job, outcome) : showOutcome(job, outcome, threads))
    if (outcome.wrong !== undefined) process.exitCode = 1
  })
  Command.make(workload.name, flags, main).pipe(
    Command.withDescription(`${workload.about} With more data than memory, and on all cores.`),
    Command.run({ version: "0.1.0" }),
    Effect.provide(NodeServices.layer),
    NodeRuntime.runMain
  )
}
