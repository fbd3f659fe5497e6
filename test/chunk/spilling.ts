// What the tests of the spill store share: folders that go with a test's Scope, values in shared memory, and processes
// of their own that spill. No test double: files, mounts, memory and processes are real.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Arena } from "../../src/chunk/Arena.ts"
import type { SpillFailed } from "../../src/chunk/SpillFailed.ts"
import type { SpillHandle, SpillStore } from "../../src/chunk/SpillStore.ts"
import { generator } from "./generator.ts"

export const KiB = 1024
export const MiB = 1024 * 1024

/** An empty folder that goes with the test's Scope. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(join(tmpdir(), "spill-test-"))),
  (path) => Effect.sync(() => fs.rmSync(path, { recursive: true, force: true }))
)

/** Values in shared memory, as much as one test needs. */
export const memory = () => {
  const arena = Arena.make({ maxBytes: 256 * MiB })
  const empty = (bytes: number) =>
    new Uint8Array(arena.buffer, arena.alloc(bytes, arena.buffer.maxByteLength), bytes).fill(0)
  const filled = (bytes: number, seed: number) => {
    const view = empty(bytes)
    const random = generator(seed)
    for (let i = 0; i < bytes; i += 61) view[i] = random() * 256
    return view
  }
  return { empty, filled }
}

/** Whether two stretches of bytes are equal. */
export const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

/** Writes one value, of these parts or of those that `begin` gives. */
export const write = (
  store: SpillStore,
  parts: ReadonlyArray<Uint8Array>,
  begin = () => parts
): Effect.Effect<SpillHandle, SpillFailed> =>
  Effect.map(store.write([parts.reduce((sum, part) => sum + part.length, 0)], () => [begin()]), ([handle]) => handle)

/** Reads one value. */
export const read = (store: SpillStore, handle: SpillHandle, into: ReadonlyArray<Uint8Array>) =>
  store.read([handle], [into])

/** Reads a value back and compares it. */
export const intact = Effect.fnUntraced(function*(store: SpillStore, handle: SpillHandle, value: Uint8Array) {
  const into = new Uint8Array(value.length)
  yield* read(store, handle, [into])
  assert.isTrue(same(into, value), "a spilled value changed")
})

/** Runs an effect in a fiber of its own, up to its first wait. */
export const start = <A, E>(effect: Effect.Effect<A, E>) => Effect.forkChild(effect, { startImmediately: true })

/** The folders of stores below a folder, and the files in them. */
export const spillFolders = (directory: string) =>
  fs.readdirSync(directory).filter((name) => name.startsWith("poniard-spill-"))
/** The paths of all spill files below a folder. */
export const spillFiles = (directory: string) =>
  spillFolders(directory).flatMap((name) =>
    fs.readdirSync(join(directory, name)).map((file) => join(directory, name, file))
  )

/** Runs lines of a module that has `Effect` and `makeSpillStore`, as a process of its own. */
export const child = (lines: string, before = "") => {
  const store = new URL("../../src/chunk/SpillStore.ts", import.meta.url)
  const code = `import { Effect } from "effect"; import { makeSpillStore } from "${store}"\n${lines}`
  const node = `exec "${process.execPath}" --input-type=module -e '${code}'`
  return spawn("bash", ["-c", `${before}${node}`], { stdio: ["ignore", "pipe", "inherit"] })
}

/** All that a process prints. */
export const output = (running: ReturnType<typeof child>) =>
  Effect.promise(async () => {
    let text = ""
    for await (const some of running.stdout) text += some
    return text
  })
