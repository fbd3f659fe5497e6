// What a task costs in memory while it waits: a graph of a million tasks that all wait for two others each. Not what
// results occupy: that is bounded by the budget, and tested.
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { Bench } from "../harness/Bench.ts"
import { check, interleave } from "../harness/interleave.ts"
import { rounded, rowOf } from "../harness/Row.ts"

const run = promisify(execFile)
const script = fileURLToPath(new URL("sample.ts", import.meta.url))

/** The benchmark `memory`: case `waiting-tasks`. */
export const memory: Bench = {
  name: "memory",
  about: "a task that waits, in bytes of JavaScript memory",
  parameters: { tasks: "number" },
  samples: 5,
  run: async (given) => {
    const [tasks] = given.numbers("tasks", [given.quick ? 100_000 : 1_000_000])
    const sample = async () => {
      const { stdout } = await run(process.execPath, [script, String(tasks), String(given.threads)])
      const { bytes, ...beside } = JSON.parse(stdout) as { readonly bytes: number } & Readonly<Record<string, number>>
      check(bytes > 0, () => `${bytes} bytes per task`)
      return { value: bytes, beside }
    }
    const [series] = await interleave([{ name: "poniard", sample }], { samples: given.samples, warmUps: 0 })
    const beside = Object.fromEntries(Object.entries(series.beside).map(([name, value]) => [name, rounded(value)]))
    const parameters = { system: "poniard", threads: given.threads, tasks, ...beside }
    given.row(rowOf({ bench: "memory", case: "waiting-tasks", unit: "bytes/task", parameters }, series.values))
  }
}
