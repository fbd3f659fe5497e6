// Files as chunks under bad luck: removed, unreadable or of another length than its decoder thinks, given up in the middle
// of a read or write, almost as large as the budget. What is ordinary: chunkFile.test.ts.
import { assert } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Chunk, collect, delayed, type Engine, InputChanged, type TaskError, TaskFailed } from "poniard"
import { folder } from "./files.ts"
import { bytesOf, numbersOf, sumOf } from "./modules4/reading.ts"
import { emptied, inOwnEngine, overTransports } from "./overTransports.ts"

const MiB = 2 ** 20

const fileOf = (length: number, fill: number) =>
  Effect.map(folder, (path) => {
    const file = join(path, "data")
    writeFileSync(file, new Uint8Array(length).fill(fill))
    return file
  })

/** So many turns of the event loop: wherever the work is then. */
const turns = (count: number) =>
  Effect.forEach(
    Array.from({ length: count }),
    () => Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void))),
    { discard: true }
  )

overTransports("a file", { memory: 6 * MiB }, (test) => {
  test("that was removed after it was read and dropped is told by whoever needs it again", () =>
    Effect.gen(function*() {
      const file = yield* fileOf(MiB, 1)
      const chunk = yield* Chunk.file(file)
      assert.strictEqual(yield* collect(delayed(sumOf)(chunk)), MiB)
      rmSync(file)
      const others = yield* Effect.forEach([1, 2, 3, 4, 5], (i) => Chunk.put(new Float64Array(MiB / 8).fill(i)))
      yield* collect(delayed((all: ReadonlyArray<Float64Array>) => all.length)(others))
      const reads = [collect(delayed(sumOf)(chunk)), Chunk.get(chunk), Chunk.toFile(chunk, `${file}.copy`)]
      for (const read of reads) {
        const error = yield* Effect.flip(read as Effect.Effect<unknown, TaskError, Engine>)
        assert.instanceOf(error, InputChanged)
        assert.deepStrictEqual([error.path, error.was.bytes, error.is], [file, MiB, null])
      }
    }))

  test("whose place was taken by a link to itself is the cause of TaskFailed", () =>
    Effect.gen(function*() {
      const file = yield* fileOf(100, 1)
      const chunk = yield* Chunk.file(file)
      rmSync(file)
      symlinkSync(file, file)
      const error = yield* Effect.flip(Chunk.get(chunk))
      assert.instanceOf(error, TaskFailed)
      assert.match(error.message, /"read data" failed .*ELOOP/)
    }))

  test("of a length that its decoder does not expect fails with what that says", () =>
    Effect.gen(function*() {
      const chunk = yield* Chunk.file(yield* fileOf(1001, 0), numbersOf)
      const reads = [Chunk.get(chunk), collect(delayed((xs: Float64Array) => xs.length)(chunk))]
      for (const read of reads) {
        const error = yield* Effect.flip(read as Effect.Effect<unknown, TaskError, Engine>)
        assert.instanceOf(error, TaskFailed)
        assert.strictEqual(error.root, "numbersOf")
        assert.match(error.message, /multiple of 8/)
      }
    }))

  test("whose readers are interrupted at any moment leaves nothing, and can be read after", () =>
    Effect.gen(function*() {
      const file = yield* fileOf(2 * MiB, 1)
      yield* Effect.scoped(Effect.gen(function*() {
        const chunk = yield* Chunk.file(file)
        for (let i = 0; i < 60; i++) {
          const read: Effect.Effect<unknown, TaskError, Engine> = i % 2 === 0
            ? Chunk.get(chunk)
            : collect(delayed(bytesOf)(chunk))
          const reading = yield* Effect.forkChild(read, { startImmediately: true })
          yield* turns(i % 30)
          yield* Fiber.interrupt(reading)
        }
        assert.strictEqual(yield* collect(delayed(sumOf)(chunk)), 2 * MiB)
      }))
      yield* emptied
    }))

  test("that is released at any moment is there for tasks that were given it", () =>
    Effect.gen(function*() {
      const file = yield* fileOf(MiB, 1)
      for (let i = 0; i < 30; i++) {
        const chunk = yield* Chunk.file(file)
        const running = yield* Effect.forkChild(collect(delayed(bytesOf)(chunk)), { startImmediately: true })
        yield* turns(1 + i)
        yield* Chunk.release(chunk)
        assert.strictEqual(yield* Fiber.join(running), MiB)
      }
      yield* emptied
    }))
})

overTransports("a chunk as a file", {}, (test) => {
  test("whose writing is interrupted at any moment leaves no other file", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const chunk = yield* Chunk.put(new Uint8Array(5 * MiB).fill(3))
      for (let i = 0; i < 40; i++) {
        const writing = yield* Effect.forkChild(Chunk.toFile(chunk, join(path, "out")), { startImmediately: true })
        yield* turns(i % 13)
        yield* Fiber.interrupt(writing)
        assert.deepStrictEqual(readdirSync(path).filter((name) => name !== "out"), [])
      }
    }))
})

inOwnEngine("a file of almost all of the budget is read, for a task and for get", (own) =>
  Effect.gen(function*() {
    const length = Math.floor(6 * MiB * 0.95)
    const file = yield* fileOf(length, 1)
    yield* own(
      { memory: 6 * MiB },
      Effect.gen(function*() {
        const chunk = yield* Chunk.file(file)
        assert.strictEqual(yield* collect(delayed(sumOf)(chunk)), length)
        assert.strictEqual((yield* Chunk.get(chunk)).length, length)
        assert.strictEqual(yield* Chunk.get(yield* Chunk.file(file, sumOf)), length)
      })
    )
  }))
