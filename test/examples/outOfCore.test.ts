// The examples sum, transpose, sort and groupby as a user starts them: a process of its own, real threads, real files, four
// times as much data as memory. What they compute is checked by themselves, in another way; here that they do.
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"

const MIB = 2 ** 20
const examples = fileURLToPath(new URL("../../examples", import.meta.url))
const names = readdirSync(examples).filter((name) => existsSync(join(examples, name, `${name}.ts`)))

const scratch = mkdtempSync(join(tmpdir(), "poniard-test-"))
const spills = join(scratch, "spills")
mkdirSync(spills)
afterAll(() => rmSync(scratch, { recursive: true }))
const env = { ...process.env, PONIARD_SPILL_DIR: spills, NO_COLOR: "1" }

const run = (name: string, ...flags: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [join(examples, name, "main.ts"), ...flags], { encoding: "utf8", env, timeout: 60_000 })

describe.each(names)("examples/%s", (name) => {
  it("finishes with a quarter of the memory that its data takes, correct, and leaves nothing on disk", () => {
    const flags = ["--size", "64MiB", "--memory", "16MiB", "--threads", "2", "--json"]
    const { status, stderr, stdout } = run(name, ...flags)
    assert.strictEqual(status, 0, stderr)
    const outcome = JSON.parse(stdout)
    assert.isTrue(outcome.correct, outcome.wrong)
    assert.strictEqual(outcome.trouble, undefined)
    assert.closeTo(outcome.dataBytes, 64 * MIB, 2 * MIB)
    assert.strictEqual(outcome.budgetBytes, 16 * MIB)
    assert.isAbove(outcome.spilledBytes, 40 * MIB)
    assert.isAbove(outcome.restoredBytes, 40 * MIB)
    // Chunks in use cannot move. What a task reads is put side by side before it is sent, so that there are holes for
    // what it makes; where that did not come about in time, one block goes over the budget, and that is counted.
    assert.isAtMost(outcome.overdrafts, 1)
    assert.isAtMost(outcome.peakStoreBytes, 16 * MIB + outcome.overdrafts * outcome.blockBytes)
    assert.deepStrictEqual(readdirSync(spills), [])
  })

  it("says to people what it did, with any seed and one thread", () => {
    const { status, stderr, stdout } = run(
      name,
      "--size",
      "1.5 MiB",
      "--memory",
      "8MiB",
      "--threads",
      "1",
      "--seed",
      "7"
    )
    assert.strictEqual(status, 0, stderr)
    assert.match(stdout, /: 1\.\d MiB in \d+\.\d\d s, [\d,]+ tasks on 1 thread\.\n.*: correct\.\nIn memory at most/)
  })
})

describe("the command line that they share", () => {
  it("refuses a wrong flag with a sentence", () => {
    for (
      const [flag, value] of [["--size", "25"], ["--memory", "much"], ["--threads", "0"], ["--seed", "-1"]] as const
    ) {
      const { status, stderr } = run("sum", flag, value)
      assert.notStrictEqual(status, 0)
      assert.include(stderr, `flag ${flag}: "${value}". Expected: a `)
    }
  })
})
