// The jobs of `spill` on Dask (dask_spill.py): its LocalCluster, a process for each of our threads, which together may use
// what our process is allowed. Found on the machine or skipped; what it cannot finish in time is ended and told.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"

/** The first python3 of the path, and Debian's own: another one before it need not have its packages. */
const pythons = ["python3", "/usr/bin/python3"]

const script = fileURLToPath(new URL("dask_spill.py", import.meta.url))

/** What Dask can do of our workloads. */
export const daskJobs: ReadonlyArray<string> = ["sum", "transpose", "sort", "groupby"]

/** One run on Dask: seconds, whether the answer was right, and whether blocks were arrays of numpy or Python's own. */
export interface DaskRun {
  readonly seconds: number
  readonly correct: boolean
  readonly arrays: string
}

/** A job for Dask, in bytes; `limit`: what its processes may use together. */
export interface DaskJob {
  readonly name: string
  readonly bytes: number
  readonly limit: number
  readonly processes: number
}

/** Runs a job, or says in a sentence why it gave no result: it is ended when `patience` seconds are over. */
export type RunDask = (job: DaskJob, patience: number) => Promise<DaskRun | string>

/** Dask as it is on this machine. Fails as Node does for a package that is not there, so that the harness skips it. */
export const loadDask = async (): Promise<RunDask> => {
  const python = pythons.find((one) => spawnSync(one, ["-c", "import distributed"], { stdio: "ignore" }).status === 0)
  if (python === undefined) {
    const missing = new Error(`no "import distributed" in ${pythons.join(" or ")}`)
    throw Object.assign(missing, { code: "ERR_MODULE_NOT_FOUND" })
  }
  return (job, patience) => runIn(python, job, patience)
}

const runIn = async (python: string, job: DaskJob, patience: number): Promise<DaskRun | string> => {
  const { bytes, limit, name, processes } = job
  const folder = mkdtempSync(join(process.env["PONIARD_SPILL_DIR"] ?? tmpdir(), "poniard-dask-"))
  const args = [script, name, ...[bytes, limit, processes].map(String), folder]
  // a group of its own: its workers are processes, too, and go with it
  const child = spawn(python, args, { stdio: ["ignore", "pipe", "ignore"], detached: true })
  let late = false
  const timer = setTimeout(() => {
    late = true
    process.kill(-child.pid!, "SIGKILL")
  }, patience * 1000)
  try {
    const [output, [status]] = await Promise.all([text(child.stdout), once(child, "exit")])
    if (late) return `not finished after ${patience.toFixed(0)} s`
    return status === 0 ? JSON.parse(output) as DaskRun : `it ended with ${status}`
  } finally {
    clearTimeout(timer)
    rmSync(folder, { recursive: true, force: true })
  }
}
