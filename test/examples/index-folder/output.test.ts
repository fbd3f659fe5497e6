// What the program writes where: the result on standard output, everything else on standard error, and nothing at all that
// nobody asked for.
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"
import { newFolder, randomText } from "./folder.ts"

const program = fileURLToPath(new URL("../../../examples/index-folder.ts", import.meta.url))
const scratch = newFolder()
const small = join(scratch, "small")
const big = join(scratch, "big")
const spills = join(scratch, "spills")
for (const folder of [small, big, spills]) mkdirSync(folder)
writeFileSync(join(small, "a.txt"), "one two two")
for (let k = 0; k < 4; k++) writeFileSync(join(big, `${k}.txt`), randomText(200_000, k))
afterAll(() => rmSync(scratch, { recursive: true }))

const run = (spillTo: string, ...flags: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [program, "--threads", "1", ...flags], {
    encoding: "utf8",
    env: { ...process.env, PONIARD_SPILL_DIR: spillTo, NO_COLOR: "1" },
    timeout: 60_000
  })

describe("what npm start writes", { timeout: 60_000 }, () => {
  it("is the result, and nothing else where nothing is wrong", () => {
    const { status, stderr, stdout } = run(spills, "--folder", small, "--json")
    assert.deepStrictEqual([status, stderr, JSON.parse(stdout).words], [0, "", 3])
  })

  it("is a sentence if the budget is too small for an engine, without a stack", () => {
    const { status, stderr, stdout } = run(spills, "--folder", small, "--memory", "1KiB")
    assert.deepStrictEqual([status, stdout], [1, ""])
    assert.match(stderr, /a budget of 1024 bytes is too small: give 1 MiB or more/)
    assert.notMatch(stderr, /\bat \S+:\d+/)
  })

  it("leaves standard output empty with --json if a flag is bad", () => {
    for (const bad of [["--memory", "lots"], ["--out", ""], ["--threads", "0"], ["--colour"]]) {
      const { status, stderr, stdout } = run(spills, "--json", ...bad)
      assert.deepStrictEqual([status, stdout], [1, ""], bad.join(" "))
      assert.include(stderr, bad[0])
    }
  })

  it("says so if the budget could not hold, since nothing could be moved to disk", () => {
    const { status, stderr, stdout } = run("/proc/nowhere", "--folder", big, "--memory", "2MiB", "--json")
    assert.strictEqual(status, 0, stderr)
    const { budgetBytes, peakStoreBytes } = JSON.parse(stdout)
    assert.isAbove(peakStoreBytes, budgetBytes)
    assert.match(stderr, /^warning: .* data took up to .* where 2\.0 MiB were allowed: .*\/proc\/nowhere/m)
  })
})
