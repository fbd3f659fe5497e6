// The folder of a spill store: made late and for its user alone, refused where it makes no sense, removed when its owner
// is dead. What is written into it is SpillStore.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import { makeSpillStore } from "../../src/chunk/SpillStore.ts"
import { child, folder, intact, memory, spillFiles, spillFolders, write } from "./spilling.ts"

/** A process that has spilled something into `directory` and goes on; it is gone with the test's Scope. */
const spiller = (directory: string) =>
  Effect.gen(function*() {
    const lines = `
      setInterval(() => {}, 1000)
      await Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const store = yield* makeSpillStore({ directory: "${directory}" })
        yield* store.write([5000], () => [[new Uint8Array(5000)]])
        process.stdout.write("spilled")
        yield* Effect.never
      })))`
    const running = yield* Effect.acquireRelease(
      Effect.sync(() => child(lines)),
      (running) => Effect.sync(() => running.kill("SIGKILL"))
    )
    yield* Effect.promise(() => new Promise((spilled) => running.stdout.once("data", spilled)))
    return running
  })

describe("SpillDirectory", () => {
  it.effect("touches no disk before its first write, then makes a folder and files for this user alone", () =>
    Effect.gen(function*() {
      const { filled } = memory()
      const directory = yield* folder
      const store = yield* makeSpillStore({ directory: join(directory, "made") })
      assert.deepStrictEqual(fs.readdirSync(directory), [])
      yield* Effect.forEach([1, 2, 3, 4], () => write(store, [filled(10, 1)]), { concurrency: 4 })
      const [path, ...others] = spillFolders(join(directory, "made"))
      assert.deepStrictEqual(others, [])
      assert.include(path, `-${process.pid}-`)
      assert.strictEqual(fs.statSync(join(directory, "made", path)).mode & 0o777, 0o700)
      assert.strictEqual(fs.statSync(spillFiles(join(directory, "made"))[0]).mode & 0o777, 0o600)
    }))

  it.effect("a folder that may not be written to, and one that is a file, are refused with advice", (context) =>
    Effect.gen(function*() {
      const { filled } = memory()
      if (process.platform !== "linux") return context.skip("/sys is there on Linux only")
      const denied = yield* makeSpillStore({ directory: "/sys/poniard" })
      const failure = yield* Effect.flip(write(denied, [filled(10, 1)]))
      assert.deepStrictEqual([failure.reason, failure.path], ["denied", "/sys/poniard"])
      assert.match(failure.message, /may write/)
      const path = join(yield* folder, "file")
      fs.writeFileSync(path, "")
      const file = yield* makeSpillStore({ directory: path })
      assert.strictEqual((yield* Effect.flip(write(file, [filled(10, 1)]))).reason, "gone")
      fs.rmSync(path)
      yield* intact(file, yield* write(file, [new Uint8Array(10)]), new Uint8Array(10))
    }))

  it.effect("a temporary folder in RAM is refused unless it was asked for by name", (context) =>
    Effect.gen(function*() {
      const { filled } = memory()
      if (!fs.existsSync("/dev/shm") || fs.statfsSync("/dev/shm").type !== 0x01021994) {
        return context.skip("there is no folder in RAM here")
      }
      const before = process.env.TMPDIR
      yield* Effect.acquireRelease(
        Effect.sync(() => process.env.TMPDIR = "/dev/shm"),
        () => Effect.sync(() => before === undefined ? delete process.env.TMPDIR : process.env.TMPDIR = before)
      )
      const refused = yield* makeSpillStore()
      const failure = yield* Effect.flip(write(refused, [filled(10, 1)]))
      assert.deepStrictEqual([failure.reason, failure.path], ["denied", "/dev/shm"])
      assert.match(failure.message, /in RAM \(tmpfs\).*set PONIARD_SPILL_DIR to it/)
      const asked = yield* makeSpillStore({ directory: "/dev/shm" })
      yield* write(asked, [filled(10, 1)])
    }))

  it.live("the first spill removes folders of dead processes, and those of nobody else", () =>
    Effect.gen(function*() {
      const { filled } = memory()
      const directory = yield* folder
      const killed = yield* spiller(directory)
      yield* spiller(directory)
      const [machine] = /poniard-spill-[0-9a-f]+-/.exec(spillFolders(directory)[0])!
      const alive = spillFolders(directory).filter((name) => !name.includes(`-${killed.pid}-`))
      assert.strictEqual(spillFolders(directory).length, 2)
      killed.kill("SIGKILL")
      yield* Effect.promise(() => new Promise((exited) => killed.once("exit", exited)))
      const others = ["poniard-spill-00000000-1-1-elsewhere", "poniard-spill-notes", "work"]
      const reused = `${machine}${process.pid}-1-reused`
      for (const name of [...others, reused]) fs.mkdirSync(join(directory, name))
      const store = yield* makeSpillStore({ directory })
      yield* write(store, [filled(10, 1)])
      const own = spillFolders(directory).filter((name) => name.startsWith(`${machine}${process.pid}-`))
      assert.strictEqual(own.length, 1)
      assert.notInclude(own, reused)
      assert.sameMembers(fs.readdirSync(directory), [...alive, ...others, ...own])
    }))
})
