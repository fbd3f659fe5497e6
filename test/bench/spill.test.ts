// What the benchmark `spill` puts together: a sample is a process of its own, spills, is right, and tells the figures that
// the rows need. Not how fast that is; not the other workloads, which test/examples runs; not Dask.
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"

const MIB = 2 ** 20

const run = (script: string, ...args: ReadonlyArray<string | number>): Record<string, unknown> => {
  const path = fileURLToPath(new URL(`../../bench/spill/${script}`, import.meta.url))
  return JSON.parse(execFileSync(process.execPath, [path, ...args.map(String)], { encoding: "utf8" }))
}

describe("a sample of spill", () => {
  it.each(["sum", "index"])("of %s is right with a quarter of the memory that its data takes", (name) => {
    const sampled = run("sample.ts", name, 16 * MIB, 4 * MIB, 2)
    assert.strictEqual(sampled["wrong"], undefined)
    assert.strictEqual(sampled["budgetBytes"], 4 * MIB)
    assert.closeTo(sampled["dataBytes"] as number, 16 * MIB, MIB)
    for (const figure of ["spilledBytes", "restoredBytes", "peakStoreBytes", "peakRssBytes", "seconds", "tasks"]) {
      assert.isAbove(sampled[figure] as number, 0, figure)
    }
  })

  it("is compared with a plain write and read of blocks, the last one shorter", () => {
    assert.isAbove(run("ideal.ts", 2.5 * MIB, MIB, 2)["seconds"] as number, 0)
  })
})
