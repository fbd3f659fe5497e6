// What disks do to the spill store: full, limited, damaged, removed. Each is a SpillFailed with its reason, loses nothing
// else, and leaves the store usable. Which folder is refused from the start is SpillDirectory.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import { makeSpillStore, type SpillHandle, type SpillStore } from "../../src/chunk/SpillStore.ts"
import { child, folder, intact, KiB, memory, MiB, output, read, spillFiles, write } from "./spilling.ts"

/** A small memory file system, or undefined where this user may not mount one. */
const smallDisk = (bytes: number) =>
  Effect.gen(function*() {
    const path = yield* folder
    const mount = Effect.try(() =>
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "none", path], { stdio: "ignore" })
    )
    return yield* Effect.acquireRelease(
      Effect.match(mount, { onFailure: () => undefined, onSuccess: () => path }),
      (mounted) => Effect.sync(() => mounted === undefined || execFileSync("umount", ["-l", path]))
    )
  })

/** Writes values until one fails, which is returned with those before it. */
const writeAll = Effect.fnUntraced(function*(store: SpillStore, bytes: number) {
  const values: Array<readonly [SpillHandle, Uint8Array]> = []
  while (true) {
    const value = new Uint8Array(bytes).fill(values.length + 1)
    const result = yield* Effect.result(write(store, [value]))
    if (result._tag === "Failure") return { values, failure: result.failure }
    values.push([result.success, value])
  }
})

describe("SpillFailed", () => {
  const survivesFullDisk = Effect.fnUntraced(function*(directory: string) {
    const store = yield* makeSpillStore({ directory })
    assert.strictEqual((yield* Effect.flip(write(store, [new Uint8Array(5 * MiB)]))).reason, "full")
    assert.strictEqual(store.stats().fileBytes, 0)
    const { failure, values } = yield* writeAll(store, 256 * KiB)
    assert.strictEqual(failure._tag, "SpillFailed")
    assert.strictEqual(failure.operation, "write")
    assert.strictEqual(failure.reason, "full")
    assert.match(failure.message, /PONIARD_SPILL_DIR/)
    assert.isAbove(values.length, 3)
    assert.strictEqual(store.stats().bytesOnDisk, values.length * 256 * KiB)
    for (const [handle, value] of values) yield* intact(store, handle, value)
    store.free(values[1][0])
    const again = new Uint8Array(256 * KiB).fill(77)
    yield* intact(store, yield* write(store, [again]), again)
    assert.strictEqual((yield* Effect.flip(write(store, [again]))).reason, "full")
    return values.length
  })

  it.effect("a full disk fails the write alone, and freed space serves again", (context) =>
    Effect.gen(function*() {
      const disk = yield* smallDisk(2 * MiB)
      if (disk === undefined) return context.skip("this user may not mount a small file system")
      assert.isAtMost(yield* survivesFullDisk(disk), 8)
    }))

  it.effect("a limit on the size of files is a full disk too", (context) =>
    Effect.gen(function*() {
      if (process.platform === "win32") return context.skip("there is no ulimit")
      const directory = yield* folder
      const lines = `
        const value = new Uint8Array(256 * 1024).fill(5)
        const program = Effect.gen(function*() {
          const store = yield* makeSpillStore({ directory: "${directory}" })
          const handles = []
          let failure
          while (failure === undefined) {
            const result = yield* Effect.result(store.write([value.length], () => [[value]]))
            if (result._tag === "Failure") failure = result.failure
            else handles.push(...result.success)
          }
          const into = new Uint8Array(256 * 1024)
          for (const handle of handles) yield* store.read([handle], [[into]])
          store.free(handles[0])
          yield* store.write([value.length], () => [[value]])
          console.log(JSON.stringify([handles.length, failure.reason, into[9]]))
        })
        await Effect.runPromise(Effect.scoped(program))`
      const text = yield* output(child(lines, "ulimit -f 1100; "))
      assert.deepStrictEqual(JSON.parse(text), [4, "full", 5])
      assert.deepStrictEqual(fs.readdirSync(directory), [])
    }))

  it.effect("flipped bits and short files are damage, in the value where they are and in no other", () =>
    Effect.gen(function*() {
      const { empty, filled } = memory()
      const directory = yield* folder
      const store = yield* makeSpillStore({ directory })
      const values = [1, 2, 3].map((seed) => filled(MiB + 100, seed))
      const handles = yield* Effect.forEach(values, (value) => write(store, [value]))
      const [path] = spillFiles(directory)
      const file = fs.openSync(path, "r+")
      const at = handles[1].offset + 500_000
      const byte = Buffer.alloc(1)
      fs.readSync(file, byte, 0, 1, at)
      fs.writeSync(file, Buffer.from([byte[0] ^ 4]), 0, 1, at)
      const flipped = yield* Effect.flip(read(store, handles[1], [empty(MiB + 100)]))
      assert.deepStrictEqual([flipped.reason, flipped.operation, flipped.path], ["damaged", "read", path])
      assert.match(flipped.message, /checksum/)
      yield* intact(store, handles[2], values[2])
      fs.ftruncateSync(file, handles[2].offset + 1000)
      fs.closeSync(file)
      const short = yield* Effect.flip(read(store, handles[2], [empty(MiB + 100)]))
      assert.strictEqual(short.reason, "damaged")
      assert.match(short.message, /the file ends at \d+, before the value does/)
      yield* intact(store, handles[0], values[0])
      for (const handle of [handles[1], handles[2]]) store.free(handle)
      yield* intact(store, yield* write(store, [values[2]]), values[2])
      assert.strictEqual(store.stats().reading, 0)
    }))

  it.effect("of values that were written together one that is damaged is told, and the others are there", () =>
    Effect.gen(function*() {
      const { empty, filled } = memory()
      const directory = yield* folder
      const store = yield* makeSpillStore({ directory })
      const values = [1, 2, 3].map((seed) => filled(5000, seed))
      const handles = yield* store.write(values.map(({ length }) => length), () => values.map((value) => [value]))
      const [path] = spillFiles(directory)
      const file = fs.openSync(path, "r+")
      fs.writeSync(file, Buffer.from([values[1][100] ^ 1]), 0, 1, handles[1].offset + 100)
      fs.closeSync(file)
      const failure = yield* Effect.flip(store.read(handles, values.map(() => [empty(5000)])))
      assert.strictEqual(failure.reason, "damaged")
      assert.match(failure.message, new RegExp(`5000 bytes at ${handles[1].offset} `))
      yield* intact(store, handles[0], values[0])
      yield* intact(store, handles[2], values[2])
      assert.strictEqual((yield* Effect.flip(read(store, handles[1], [empty(5000)]))).reason, "damaged")
    }))

  it.effect("a folder removed while running loses nothing; it is made again if it can be", () =>
    Effect.gen(function*() {
      const { filled } = memory()
      const top = yield* folder
      const directory = join(top, "spill")
      const store = yield* makeSpillStore({ directory, fileBytes: 64 * KiB })
      const value = filled(40 * KiB, 1)
      const kept = yield* write(store, [value])
      fs.rmSync(directory, { recursive: true })
      yield* intact(store, kept, value)
      const gone = yield* Effect.flip(write(store, [value]))
      assert.deepStrictEqual([gone.reason, gone.operation], ["gone", "write"])
      assert.match(gone.message, /Make the folder again/)
      yield* intact(store, kept, value)
      fs.mkdirSync(directory)
      yield* intact(store, yield* write(store, [value]), value)
      yield* intact(store, kept, value)
      assert.strictEqual(spillFiles(directory).length, 1)
    }))
})
