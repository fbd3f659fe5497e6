// What disks do: a spill folder that is missing, full or removed. Values are kept, and no file outlives its engine,
// however that ends. What is read back damaged: lineage.test.ts.
import { assert, describe } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Chunk, collect, compute, delayed, Engine } from "poniard"
import { folder, until } from "./files.ts"
import { a } from "./modules2/arrays.ts"
import { inOwnEngine } from "./overTransports.ts"
import { smallDisk } from "./smallDisk.ts"

const MiB = 2 ** 20
const N = 32_768
const COUNT = 48
const SUM = (N * (N - 1)) / 2

/** Twelve MiB that stay, and are read again; the budget is four. */
const job = Effect.gen(function*() {
  const chunks = yield* compute(delayed(a.allocOnly).map(Array.from({ length: COUNT }, () => N)))
  assert.isTrue((yield* collect(chunks.map((chunk) => delayed(a.sum)(chunk)))).every((sum) => sum === SUM))
  return chunks
})

/** Every file below a folder. */
const filesIn = (path: string): Array<string> =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)]
  )

const memory = Effect.map(Engine.snapshot, (snapshot) => snapshot.memory)
const options = { memory: 4 * MiB, check: false }

describe("the spill folder", () => {
  inOwnEngine(
    "has files while values are on disk, and nothing when the engine is closed",
    (own) =>
      Effect.gen(function*() {
        const spillDirectory = yield* folder
        yield* own(
          { ...options, spillDirectory },
          Effect.gen(function*() {
            assert.deepStrictEqual(filesIn(spillDirectory), [])
            yield* job
            assert.isAbove(filesIn(spillDirectory).length, 0)
            for (const file of filesIn(spillDirectory)) assert.strictEqual(statSync(file).mode & 0o777, 0o600)
          })
        )
        assert.deepStrictEqual(readdirSync(spillDirectory), [])
      })
  )

  inOwnEngine("is empty too when the engine is closed in the middle of writing", (own) =>
    Effect.gen(function*() {
      const spillDirectory = yield* folder
      for (const files of [1, 1, 1]) {
        const running = yield* Effect.forkChild(
          own({ ...options, spillDirectory }, Effect.andThen(job, Effect.never)),
          {
            startImmediately: true
          }
        )
        yield* until(() => filesIn(spillDirectory).length >= files)
        yield* Fiber.interrupt(running)
        assert.deepStrictEqual(readdirSync(spillDirectory), [])
      }
    }))

  inOwnEngine(
    "that cannot be made leaves the values in memory: the job ends, over the budget, and says what is wrong",
    (own) =>
      Effect.gen(function*() {
        const file = join(yield* folder, "a file")
        writeFileSync(file, "")
        yield* own(
          { ...options, spillDirectory: join(file, "folder") },
          Effect.gen(function*() {
            yield* job
            const { overdrafts, peakStoreBytes, spilledBytes, trouble } = yield* memory
            assert.strictEqual(spilledBytes, 0)
            assert.isAbove(peakStoreBytes, 12 * MiB)
            assert.isAbove(overdrafts, 0)
            assert.match(String(trouble), /could not be spilled.*PONIARD_SPILL_DIR/)
          })
        )
      })
  )

  inOwnEngine("that may only be read leaves the values in memory, too", (own) =>
    Effect.gen(function*() {
      const spillDirectory = yield* smallDisk(5 * MiB, "ro")
      if (spillDirectory === undefined) return
      yield* own(
        { ...options, spillDirectory },
        Effect.gen(function*() {
          yield* job
          const { spilledBytes, trouble } = yield* memory
          assert.strictEqual(spilledBytes, 0)
          assert.match(String(trouble), /read-only file system/i)
        })
      )
    }))

  inOwnEngine(
    "that is full leaves in memory what it does not take, and loses nothing",
    (own) =>
      Effect.gen(function*() {
        const spillDirectory = yield* smallDisk(5 * MiB)
        if (spillDirectory === undefined) return
        yield* own(
          { ...options, spillDirectory },
          Effect.gen(function*() {
            const chunks = yield* job
            const { spilledBytes, trouble } = yield* memory
            assert.isAbove(spilledBytes, MiB)
            assert.match(String(trouble), /no space left.*Free space/s)
            for (const chunk of chunks) assert.strictEqual((yield* Chunk.get(chunk))[N - 1], N - 1)
          })
        )
      })
  )

  inOwnEngine(
    "that is removed while it is in use is made again for new files, and old ones are still read",
    (own) =>
      Effect.gen(function*() {
        const spillDirectory = yield* folder
        yield* own(
          { ...options, spillDirectory },
          Effect.gen(function*() {
            const chunks = yield* job
            for (const name of readdirSync(spillDirectory)) rmSync(join(spillDirectory, name), { recursive: true })
            for (const chunk of chunks) assert.strictEqual((yield* Chunk.get(chunk))[N - 1], N - 1)
            yield* job
          })
        )
        assert.isFalse(existsSync(join(spillDirectory, "0.spill")))
        assert.deepStrictEqual(readdirSync(spillDirectory), [])
      })
  )
})
