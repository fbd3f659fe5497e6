// Case ST-17: a file as a value, and a value as a file.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { Chunk, collect, delayed, Engine, GraphInvalid } from "poniard"
import { folder } from "../engine/files.ts"
import { sumOf } from "../engine/modules4/reading.ts"

describe("files", () => {
  it.live("ST-17: a file is lazy, its value is its data, for tasks too, and it remains; a missing one is refused at once", () =>
    Effect.scoped(Effect.gen(function*() {
      const path = join(yield* folder, "data")
      const data = Uint8Array.from({ length: 10_000 }, (_, i) => i)
      writeFileSync(path, data)
      for (const name of [path, relative(process.cwd(), path)]) {
        const chunk = yield* Chunk.file(name)
        assert.strictEqual((yield* Engine.snapshot).memory.residentBytes, 0)
        assert.deepStrictEqual(yield* Chunk.get(chunk), data)
        assert.strictEqual(yield* collect(delayed(sumOf)(chunk)), data.reduce((a, b) => a + b))
        yield* Chunk.release(chunk)
      }
      assert.deepStrictEqual(new Uint8Array(readFileSync(path)), data)
      assert.instanceOf(yield* Effect.flip(Chunk.file(`${path}.not`)), GraphInvalid)
    })).pipe(Effect.provide(Engine.layer({ threads: 1, memory: "16 MiB" }))))

  it.live("ST-17: toFile writes a value's data, which remains and is a value again", () =>
    Effect.scoped(Effect.gen(function*() {
      const path = join(yield* folder, "data")
      const data = Uint8Array.from({ length: 10_000 }, (_, i) => i * 3)
      yield* Effect.scoped(Effect.flatMap(Chunk.put(data), (chunk) => Chunk.toFile(chunk, path)))
      assert.isTrue(existsSync(path))
      assert.deepStrictEqual(yield* Chunk.get(yield* Chunk.file(path)), data)
    })).pipe(Effect.provide(Engine.layer({ threads: 1, memory: "16 MiB" }))))
})
