// Jobs with four times as much data as memory: how long they take, what they write and read, what memory they have, against
// the same job with memory for everything and a plain write and read of what does not fit. A process for each sample.
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { Outcome } from "../../examples/out-of-core/runJob.ts"
import type { Bench, Given } from "../harness/Bench.ts"
import { check, type Contestant, interleave, type Series } from "../harness/interleave.ts"
import { loadRival } from "../harness/loadRival.ts"
import { median, rounded, type Row } from "../harness/Row.ts"
import { daskJobs, type DaskRun, loadDask, type RunDask } from "./dask.ts"
import { workloads } from "./workloads.ts"

const MIB = 2 ** 20
/** Data in budgets. */
const TIMES = 4
/** What the process may use beside the budget: at most so much, and so much for each thread. */
const PROCESS_BYTES = 120 * MIB
const THREAD_BYTES = 80 * MIB
/** Seconds that Dask is waited for. */
const PATIENCE = 60

const run = promisify(execFile)

/**
 * How the processes are started, all of them: as README.md says for one that is to have little memory beside its budget.
 * Neither V8's young generation nor the allocator keeps what is free again.
 */
const NODE = ["--max-semi-space-size=8"]
const MALLOC = { MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: "131072", MALLOC_TRIM_THRESHOLD_: "131072" }

/** Runs a script of this folder in a process of its own and reads the one line of JSON that it prints. */
const inProcess = async <A>(script: string, ...args: ReadonlyArray<string | number>): Promise<A> => {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const env = { ...process.env, ...MALLOC }
  const { stdout } = await run(process.execPath, [...NODE, path, ...args.map(String)], { env, maxBuffer: 64 * MIB })
  return JSON.parse(stdout) as A
}

interface Sampled extends Outcome {
  readonly dataBytes: number
  readonly blockBytes: number
}

interface Case {
  readonly name: string
  readonly bytes: number
  readonly budget: number
  readonly threads: number
}

/** One who runs the job with so much memory; what it tells is kept in `all`. */
const job = (name: string, { bytes, name: of, threads }: Case, budget: number, all: Array<Sampled>): Contestant => ({
  name,
  sample: async () => {
    const sampled = await inProcess<Sampled>("sample.ts", of, bytes, budget, threads)
    check(sampled.wrong === undefined, () => `${of}: ${sampled.wrong}`)
    all.push(sampled)
    return { value: sampled.seconds }
  }
})

/** Writes and reads what does not fit, in the job's blocks. */
const ideal = async ({ budget, bytes, name, threads }: Case): Promise<Contestant> => {
  const { jobOf, passes } = workloads[name]
  const { blockBytes, dataBytes } = await jobOf(bytes, threads)
  return {
    name: "ideal",
    sample: async () => {
      const { seconds } = await inProcess<{ seconds: number }>("ideal.ts", dataBytes - budget, blockBytes, passes)
      return { value: seconds }
    }
  }
}

/** The worst of a figure in all samples: a limit holds always or not at all. */
const worst = (all: ReadonlyArray<Sampled>, of: (sampled: Sampled) => number): number => Math.max(...all.map(of))

/** Dask with the same job, and what its blocks are made of; undefined, with a note, if it does not finish. */
const rival = async (given: Given, one: Case, run: RunDask | undefined) => {
  if (run === undefined) return undefined
  if (!daskJobs.includes(one.name)) {
    given.note(`${one.name}: dask is left out, it has no job like that: its tokeniser would be Python's`)
    return undefined
  }
  const limit = one.budget + PROCESS_BYTES + THREAD_BYTES * one.threads
  const { bytes, name, threads } = one
  const patience = PATIENCE * Math.max(1, bytes / (256 * MIB))
  const once = async (): Promise<DaskRun | undefined> => {
    const told = await run({ name, bytes, limit, processes: threads }, patience)
    if (typeof told !== "string") return told
    given.note(`${name}: dask, with ${limit / MIB} MiB for its processes: ${told}`)
    return undefined
  }
  const trial = await once()
  if (trial === undefined) return undefined
  const sample = async () => {
    const told = await once()
    check(told?.correct ?? true, () => `${name}: dask`)
    // what did not finish this time took longer than that
    return { value: told?.seconds ?? patience }
  }
  return { contestant: { name: "dask", sample }, arrays: trial.arrays }
}

/** The figures of one case, ours in the columns; `ratio` is how many times as long Dask takes. */
const rowOf = (
  one: Case,
  all: ReadonlyArray<Sampled>,
  roomy: ReadonlyArray<Sampled>,
  series: ReadonlyArray<Series>,
  arrays: string | undefined
): Row => {
  const [{ values }, inMemory, floor, dask] = series
  const seconds = median(values)
  const [inMemorySeconds, idealSeconds] = [median(inMemory.values), median(floor.values)]
  return {
    bench: "spill",
    case: one.name,
    unit: "s",
    min: rounded(Math.min(...values)),
    median: rounded(seconds),
    max: rounded(Math.max(...values)),
    samples: values.length,
    ...dask === undefined ? {} : { ratio: rounded(median(dask.values) / seconds), against: "dask" },
    parameters: {
      threads: one.threads,
      dataBytes: all[0].dataBytes,
      budgetBytes: one.budget,
      blockBytes: all[0].blockBytes,
      tasks: all[0].tasks,
      spilledBytes: worst(all, (sampled) => sampled.spilledBytes),
      restoredBytes: worst(all, (sampled) => sampled.restoredBytes),
      peakStoreBytes: worst(all, (sampled) => sampled.peakStoreBytes),
      peakRssBytes: worst(all, (sampled) => sampled.peakRssBytes),
      overdrafts: worst(all, (sampled) => sampled.overdrafts),
      seconds: rounded(seconds),
      inMemorySeconds: rounded(inMemorySeconds),
      inMemoryStoreBytes: worst(roomy, (sampled) => sampled.peakStoreBytes),
      idealSeconds: rounded(idealSeconds),
      timesFloor: rounded(seconds / (idealSeconds + inMemorySeconds)),
      ...dask === undefined ? {} : { daskSeconds: rounded(median(dask.values)), daskArrays: arrays! },
      // a wrong answer has ended the benchmark before this
      correct: true as unknown as number
    }
  }
}

const runCase = async (given: Given, one: Case, run: RunDask | undefined): Promise<void> => {
  const all: Array<Sampled> = []
  const roomy: Array<Sampled> = []
  const against = await rival(given, one, run)
  const contestants = [
    job("poniard", one, one.budget, all),
    job("in memory", one, one.bytes * TIMES, roomy),
    await ideal(one),
    ...against === undefined ? [] : [against.contestant]
  ]
  const series = await interleave(contestants, { samples: given.samples, warmUps: 0 })
  check(worst(roomy, (sampled) => sampled.spilledBytes) === 0, () => `${one.name}: spilled though there was memory`)
  given.row(rowOf(one, all, roomy, series, against?.arrays))
}

/** The benchmark `spill`: a case for each workload. */
export const spill: Bench = {
  name: "spill",
  about: "jobs with four times as much data as memory, against the same in memory and a plain write and read",
  parameters: { workload: Object.keys(workloads), mib: "number", system: ["poniard", "dask"] },
  samples: 5,
  run: async (given) => {
    const systems = given.texts("system", ["poniard", "dask"])
    const dask = systems.includes("dask") ? await loadRival("dask", loadDask, given.note) : undefined
    for (const mib of given.numbers("mib", [given.quick ? 256 : 2048])) {
      for (const name of given.texts("workload", Object.keys(workloads))) {
        const bytes = mib * MIB
        await runCase(given, { name, bytes, budget: bytes / TIMES, threads: given.threads }, dask)
      }
    }
  }
}
