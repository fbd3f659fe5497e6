// A folder of checkpoints: what is there is whole, what is not is an error, and what the dead left behind goes.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Kept, openCheckpointDirectory } from "../../src/chunk/CheckpointDirectory.ts"
import { folder, KiB, MiB } from "./spilling.ts"

const key = (n: number): string => n.toString(16).padStart(64, "0")

const bytes = (length: number, seed: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * seed + (i >> 8))

const open = (path: string, durable = false) => openCheckpointDirectory(path, durable)

/** Reads a file into memory of its own. */
const read = (directory: Effect.Success<ReturnType<typeof open>>, name: string) => {
  let parts: ReadonlyArray<Uint8Array> = []
  return Effect.map(
    directory.load(
      name,
      (lengths) => Effect.sync(() => parts = lengths.map((length) => new Uint8Array(new SharedArrayBuffer(length))))
    ),
    ({ code, head }): Kept => ({ code, head, parts: parts.map((part) => new Uint8Array(part)) })
  )
}

describe("a folder of checkpoints", () => {
  it.live("gives back what was written, durable or not, and says how long it is", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const values: ReadonlyArray<Kept> = [
        { code: 0, head: bytes(10, 1), parts: [] },
        { code: 3, head: undefined, parts: [bytes(3 * MiB + 1, 3)] },
        { code: 0, head: bytes(100, 1), parts: [bytes(0, 1), bytes(KiB, 7), bytes(1, 9)] }
      ]
      for (const durable of [false, true]) {
        const directory = yield* open(join(path, String(durable), "deep"), durable)
        assert.strictEqual(directory.size(key(0)), -1)
        for (const [i, value] of values.entries()) yield* directory.save(key(i), `task ${i}`, value)
        const again = yield* open(join(path, String(durable), "deep"))
        for (const [i, value] of values.entries()) assert.deepStrictEqual(yield* read(again, key(i)), value)
        assert.strictEqual(again.size(key(1)), statSync(join(again.path, key(1))).size)
        assert.deepStrictEqual((yield* again.list).map((one) => one.key), values.map((_, i) => key(i)))
        assert.include(readFileSync(join(again.path, key(0)), "latin1"), "task 0")
        yield* again.remove(key(1))
        assert.deepStrictEqual((yield* again.list).length, 2)
      }
    }))

  it.live("replaces a file whole: whoever reads meanwhile has the old or the new", () =>
    Effect.gen(function*() {
      const directory = yield* open(yield* folder)
      const values = [1, 3].map((seed): Kept => ({ code: 1, head: undefined, parts: [bytes(MiB, seed)] }))
      yield* directory.save(key(1), "t", values[0])
      const writing = yield* Effect.forkChild(
        Effect.forEach(
          Array.from({ length: 20 }, (_, i) => values[i % 2]),
          (value) => directory.save(key(1), "t", value)
        )
      )
      for (let i = 0; i < 20; i++) {
        const { parts } = yield* read(directory, key(1))
        assert.isTrue(values.some((value) => Buffer.compare(value.parts[0], parts[0]) === 0))
      }
      yield* Fiber.join(writing)
      assert.deepStrictEqual(readdirSync(directory.path), [key(1)])
    }))

  it.live("removes what a dead process left half written, and leaves what a living one writes, and what is no checkpoint", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const directory = yield* open(path)
      const big: Kept = { code: 1, head: undefined, parts: [bytes(8 * MiB, 1)] }
      const fiber = yield* Effect.forkChild(directory.save(key(1), "t", big), { startImmediately: true })
      const half = () => readdirSync(path).filter((name) => name.endsWith(".tmp"))
      while (half().length === 0) yield* Effect.sleep("1 millis")
      const own = half()[0]
      const dead = spawnSync(process.execPath, ["-e", "process.exit()"]).pid
      const of = own.replace(/-\d+-\d+-\d+\.tmp$/, `-${dead}-1-1.tmp`)
      for (const name of [of, "notes.txt", `${key(2)}.tmp`]) writeFileSync(join(path, name), "x")
      yield* open(path)
      assert.isFalse(readdirSync(path).includes(of))
      assert.includeMembers(readdirSync(path), ["notes.txt", `${key(2)}.tmp`])
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(yield* read(directory, key(1)), big)
    }))

  it.live("leaves nothing of a write that is interrupted or fails", () =>
    Effect.gen(function*() {
      const path = join(yield* folder, "checkpoints")
      const directory = yield* open(path)
      const big: Kept = { code: 1, head: undefined, parts: [bytes(8 * MiB, 1)] }
      const fiber = yield* Effect.forkChild(directory.save(key(1), "t", big), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(readdirSync(path), [])
      rmSync(path, { recursive: true })
      assert.isTrue(Exit.isFailure(yield* Effect.exit(directory.save(key(1), "t", big))))
      const failed = yield* Effect.flip(read(directory, key(1)))
      assert.match(failed.message, /ENOENT/)
    }))
})
