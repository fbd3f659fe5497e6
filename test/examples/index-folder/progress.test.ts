// How far the job is, while it runs: what is written, when, and where to. The line itself is tested with a clock that
// the test turns; the whole program is stopped for a while, so that it lasts long enough on any machine.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { spawn as start } from "node:child_process"
import { mkdirSync, rmSync, watch, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { collect, delayed, Engine, spawn } from "poniard"
import { afterAll, vi } from "vitest"
import { showProgress } from "../../../examples/index-folder/progress.ts"
import { showBytes } from "../../../examples/index-folder/report.ts"
import { r } from "../../engine/modules2/release.ts"
import { newFolder, randomText } from "./folder.ts"

const CLEAR = "\r\x1b[2K"

const program = fileURLToPath(new URL("../../../examples/index-folder.ts", import.meta.url))
const scratch = newFolder()
const [big, spills] = [join(scratch, "big"), join(scratch, "spills")]
mkdirSync(big)
mkdirSync(spills)
for (let k = 0; k < 8; k++) writeFileSync(join(big, `${k}.txt`), randomText(200_000, k))
afterAll(() => rmSync(scratch, { recursive: true }))

/** Standard error as something that is or is no terminal, for as long as the Scope is open; gives what is written. */
const fakeStderr = (terminal: boolean) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const { stderr } = process
      const was = Object.getOwnPropertyDescriptor(stderr, "isTTY")
      Object.defineProperty(stderr, "isTTY", { value: terminal, configurable: true })
      const written: Array<string> = []
      const write = vi.spyOn(stderr, "write").mockImplementation((text) => written.push(String(text)) > 0)
      const restore = () => {
        write.mockRestore()
        if (was === undefined) Reflect.deleteProperty(stderr, "isTTY")
        else Object.defineProperty(stderr, "isTTY", was)
      }
      return { written, restore }
    }),
    ({ restore }) => Effect.sync(restore)
  ).pipe(Effect.map(({ written }) => written))

/** What is written within so many milliseconds, in steps, and then at the end, beside an engine that holds some data. */
const writtenWithin = (terminal: boolean, ...steps: ReadonlyArray<number>) =>
  Effect.gen(function*() {
    yield* collect([delayed(r.gathered)(1, 2, 3), delayed(r.gathered)(4, 5, 6)])
    const data = yield* spawn(r.make, 100_000)
    yield* collect(delayed((xs: Float64Array) => xs.length)(data))
    yield* spawn(() => Effect.never)
    const { memory, tasks } = yield* Engine.snapshot
    assert.deepStrictEqual([tasks.done, tasks.total], [4, 5])
    assert.isAtLeast(memory.storeBytes, 800_000)
    const written = yield* fakeStderr(terminal)
    const reads = { bytes: 3 * 2 ** 20 }
    const during = yield* Effect.scoped(Effect.gen(function*() {
      yield* showProgress(reads)
      for (const step of steps) {
        yield* TestClock.adjust(step)
        reads.bytes += 2 ** 19
      }
      return [...written]
    })).pipe(Effect.provide(TestClock.layer()))
    const line = (read: number, seconds: string) =>
      `4/5 tasks, ${showBytes(read * 2 ** 20)} read, ${
        showBytes(memory.storeBytes)
      } of 16.0 MiB in memory, 0 B spilled, ${seconds} s`
    return { during, after: written.slice(during.length), line }
  }).pipe(Effect.scoped, Effect.provide(Engine.layer({ threads: 1, memory: "16 MiB" })))

describe("progress", { timeout: 60_000 }, () => {
  it.live("is a plain line every two seconds where standard error is no terminal", () =>
    Effect.gen(function*() {
      const { after, during, line } = yield* writtenWithin(false, 1999, 1, 1999, 2001)
      assert.deepStrictEqual(during, [`${line(3.5, "2.0")}\n`, `${line(4.5, "4.0")}\n`, `${line(4.5, "6.0")}\n`])
      assert.deepStrictEqual(after, [])
    }))

  it.live("is nothing at all if it takes less than that", () =>
    Effect.gen(function*() {
      const { after, during } = yield* writtenWithin(false, 1999)
      assert.deepStrictEqual([during, after], [[], []])
    }))

  it.live("is one line on a terminal, drawn over ten times a second and gone in the end", () =>
    Effect.gen(function*() {
      const { after, during, line } = yield* writtenWithin(true, 99, 1, 100)
      assert.deepStrictEqual(during, [CLEAR + line(3.5, "0.1"), CLEAR + line(4, "0.2")])
      assert.deepStrictEqual(after, [CLEAR])
    }))

  it("of the whole program goes to standard error, and the result alone to standard output", async () => {
    const watcher = watch(spills)
    const flags = ["--folder", big, "--json", "--threads", "1", "--memory", "2MiB"]
    const env = { ...process.env, PONIARD_SPILL_DIR: spills, NO_COLOR: "1" }
    const child = start(process.execPath, [program, ...flags], { env, stdio: ["ignore", "pipe", "pipe"] })
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
    let [out, err] = ["", ""]
    child.stdout.on("data", (text) => out += text)
    child.stderr.on("data", (text) => err += text)
    await new Promise<void>((resolve) => watcher.once("change", () => resolve()))
    watcher.close()
    // it has begun and is far from its end: what should come after two seconds comes as soon as it may go on
    child.kill("SIGSTOP")
    await sleep(2100)
    child.kill("SIGCONT")
    assert.strictEqual(await ended, 0, err)
    assert.strictEqual(JSON.parse(out).files, 8)
    const size = String.raw`\d+(\.\d)? ([KMG]iB|B)`
    const line = `\\d+/\\d+ tasks, ${size} read, ${size} of 2\\.0 MiB in memory, ${size} spilled, \\d+\\.\\d s`
    assert.match(err, new RegExp(`^(${line}\n)+$`))
  })
})
