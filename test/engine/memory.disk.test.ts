// What disks do: a spill folder that is missing, full, removed or written to by others. Values are kept, or the loss is
// said; and no file outlives its engine, however that ends.
import { assert, describe } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import { execFileSync } from "node:child_process"
import { closeSync, existsSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { Chunk, ChunkLost, collect, compute, delayed, Engine } from "poniard"
import { folder, until } from "./files.ts"
import { a } from "./modules2/arrays.ts"
import { emptied, inOwnEngine } from "./overTransports.ts"

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

/** A small file system in memory, or undefined where this user may not mount one. */
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

describe("a spilled value", () => {
  /** Overwrites every byte of every spill file. */
  const damage = (spillDirectory: string) => {
    for (const file of filesIn(spillDirectory)) {
      const descriptor = openSync(file, "r+")
      writeSync(descriptor, new Uint8Array(statSync(file).size).fill(0xee), 0)
      closeSync(descriptor)
    }
  }

  inOwnEngine("whose file was changed is lost, and whoever needs it is told", (own) =>
    Effect.gen(function*() {
      const spillDirectory = yield* folder
      yield* own(
        { ...options, spillDirectory },
        Effect.gen(function*() {
          const scope = yield* Scope.make()
          const chunks = yield* Scope.provide(job, scope)
          damage(spillDirectory)
          const read = yield* Effect.forEach(chunks, (chunk) => Effect.exit(Chunk.get(chunk)))
          const used = yield* Effect.forEach(chunks, (chunk) =>
            Effect.exit(collect(delayed(a.sum, { name: "sum" })(chunk))))
          for (const exits of [read, used] as ReadonlyArray<ReadonlyArray<Exit.Exit<unknown, unknown>>>) {
            const lost = exits.filter(Exit.isFailure)
            assert.isAtLeast(lost.length, 1)
            for (const { cause } of lost) {
              const reason = cause.reasons[0]
              assert.instanceOf(reason._tag === "Fail" ? reason.error : reason, ChunkLost)
              assert.match(String(reason), /not those that were written \(checksum\)/)
            }
          }
          for (const exit of used) {
            if (Exit.isSuccess(exit)) {
              assert.strictEqual(exit.value, SUM)
            }
          }
          yield* Scope.close(scope, Exit.void)
          yield* emptied
          assert.strictEqual(yield* collect(delayed(a.sum)(delayed(a.allocOnly)(N))), SUM)
        })
      )
      assert.deepStrictEqual(readdirSync(spillDirectory), [])
    }))
})
