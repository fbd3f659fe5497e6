// Files as chunks and chunks as files: read when they are needed and not before, dropped and read again when memory is
// short, never written; and what happens when a file is not what it was.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { Chunk, collect, delayed, Engine, GraphInvalid, InputChanged, NotTransferable, StoreFull } from "poniard"
import { folder } from "./files.ts"
import { bytesOf, mark, numbersOf, sumOf } from "./modules4/reading.ts"
import { overTransports } from "./overTransports.ts"

const MiB = 2 ** 20

/** Bytes that can be told from those of other seeds. */
const content = (length: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = i * seed + (i >> 8)
  return bytes
}

const sum = (bytes: Uint8Array): number => {
  let total = 0
  for (let i = 0; i < bytes.length; i++) total += bytes[i]
  return total
}

/** Equal bytes; a comparison item by item takes a second for each MiB. */
const isSame = (actual: Uint8Array, expected: Uint8Array): void =>
  assert.strictEqual(Buffer.compare(actual, expected), 0)

const scene = Effect.map(folder, (path) => ({
  path,
  write: (name: string, bytes: Uint8Array | string): string => {
    const file = join(path, name)
    writeFileSync(file, bytes)
    return file
  }
}))

const memory = Effect.map(Engine.snapshot, (snapshot) => snapshot.memory)

overTransports("a file", { memory: 4 * MiB, check: false }, (test) => {
  test("is a chunk of its bytes: for tasks, for get and for use; by path, relative path or URL; it stays", () =>
    Effect.gen(function*() {
      const { write } = yield* scene
      const bytes = content(100_001, 3)
      const file = write("data.bin", bytes)
      for (const path of [file, relative(process.cwd(), file), pathToFileURL(file)]) {
        const chunk = yield* Chunk.file(path)
        assert.isAtLeast(chunk.bytes, bytes.length)
        assert.strictEqual(yield* collect(delayed(sumOf)(chunk)), sum(bytes))
        isSame(yield* Chunk.get(chunk), bytes)
        assert.strictEqual(yield* Chunk.use(chunk, (view) => Effect.succeed(view.length)), bytes.length)
      }
      isSame(readFileSync(file), bytes)
    }))

  test("is not read before it is needed, and once for many", () =>
    Effect.gen(function*() {
      const { write } = yield* scene
      const before = (yield* memory).residentBytes
      const chunk = yield* Chunk.file(write("data.bin", content(MiB, 3)))
      assert.strictEqual((yield* memory).residentBytes, before)
      const sums = yield* collect(Array.from({ length: 20 }, () => delayed(sumOf)(chunk)))
      assert.deepStrictEqual(new Set(sums), new Set([sum(content(MiB, 3))]))
      assert.isAtLeast((yield* memory).residentBytes, before + MiB)
    }))

  test("may be empty", () =>
    Effect.gen(function*() {
      const { write } = yield* scene
      const chunk = yield* Chunk.file(write("empty", ""))
      assert.deepStrictEqual([yield* Chunk.get(chunk), yield* collect(delayed(sumOf)(chunk))], [new Uint8Array(), 0])
    }))

  test("is one of many that are larger than memory together: dropped, read again, never written", () =>
    Effect.gen(function*() {
      const { write } = yield* scene
      const before = yield* memory
      const chunks = yield* Effect.forEach(
        Array.from({ length: 16 }, (_, i) => i),
        (i) => Chunk.file(write(`${i}`, content(MiB, i + 1)))
      )
      const expected = chunks.map((_, i) => sum(content(MiB, i + 1)))
      for (let round = 0; round < 2; round++) {
        assert.deepStrictEqual(yield* collect(chunks.map((chunk) => delayed(sumOf)(chunk))), expected)
      }
      isSame(yield* Chunk.get(chunks[0]), content(MiB, 1))
      const after = yield* memory
      assert.strictEqual(after.spilledBytes, before.spilledBytes)
      assert.strictEqual(after.recomputed, before.recomputed)
    }))

  test("is decoded by a task function or a closure, when it is needed, again when that was dropped", () =>
    Effect.gen(function*() {
      const { path, write } = yield* scene
      const log = join(path, "log")
      const file = write("numbers.bin", new Uint8Array(Float64Array.from({ length: 1000 }, (_, i) => i / 2).buffer))
      const lines = () => readdirSync(path).includes("log") ? readFileSync(log, "utf8").length : 0
      const numbers = yield* Chunk.file(file, numbersOf)
      const length = yield* Chunk.file(file, (bytes) => {
        mark(log)
        return { length: bytes.length }
      })
      assert.strictEqual(lines(), 0)
      assert.strictEqual((yield* Chunk.get(numbers))[999], 499.5)
      assert.deepStrictEqual(yield* Chunk.get(length), { length: 8000 })
      assert.strictEqual(yield* collect(delayed((of: { readonly length: number }) => of.length)(length)), 8000)
      assert.isAtLeast(lines(), 1)
    }))

  test("that is not there is refused at once, as are a folder, no path, and a file larger than the budget", () =>
    Effect.gen(function*() {
      const { path, write } = yield* scene
      for (const wrong of [join(path, "nothing"), path, "", 3 as never]) {
        const error = yield* Effect.flip(Chunk.file(wrong))
        assert.instanceOf(error, GraphInvalid)
        assert.match(error.message, /Chunk\.file: /)
      }
      const large = yield* Effect.flip(Chunk.file(write("large", new Uint8Array(5 * MiB))))
      assert.instanceOf(large, StoreFull)
      assert.deepStrictEqual([large.needed, large.budget], [5 * MiB, 4 * MiB])
    }))

  test("that has changed since fails whoever needs it with both sizes and times; so does one that is gone", () =>
    Effect.gen(function*() {
      const { write } = yield* scene
      const changed = yield* Chunk.file(write("changed", content(100, 1)))
      const touched = yield* Chunk.file(write("touched", content(100, 1)))
      const decoded = yield* Chunk.file(write("decoded", content(80, 1)), numbersOf)
      const gone = yield* Chunk.file(write("gone", content(100, 1)))
      const { path } = yield* Effect.succeed({ path: write("changed", content(101, 1)) })
      utimesSync(write("touched", content(100, 1)), 1, 1)
      write("decoded", "another")
      rmSync(write("gone", ""))
      for (const chunk of [changed, touched]) {
        const error = yield* Effect.flip(collect(delayed(sumOf)(chunk)))
        assert.instanceOf(error, InputChanged)
      }
      const error = yield* Effect.flip(Chunk.get(decoded))
      assert.instanceOf(error, InputChanged)
      const other = yield* Effect.flip(collect(
        delayed(bytesOf)(
          yield* Chunk.file(path).pipe(
            Effect.tap(() => Effect.sync(() => write("changed", content(3, 1))))
          )
        )
      ))
      assert.instanceOf(other, InputChanged)
      assert.deepStrictEqual([other.was.bytes, other.is?.bytes, other.path], [101, 3, path])
      assert.match(other.message, /has changed since Chunk\.file was called: it was 101 bytes of .* it is 3 bytes of/)
      const without = yield* Effect.flip(collect(delayed(sumOf)(gone)))
      assert.instanceOf(without, InputChanged)
      assert.strictEqual(without.is, null)
      assert.match(without.message, /it was 100 bytes of .* it is gone/)
    }))

  test("that has changed after it was read is told when it is read again", () =>
    Effect.gen(function*() {
      const { write } = yield* scene
      const chunk = yield* Chunk.file(write("data", content(MiB, 1)))
      assert.strictEqual(yield* collect(delayed(sumOf)(chunk)), sum(content(MiB, 1)))
      write("data", content(10, 1))
      assert.strictEqual(yield* collect(delayed(sumOf)(chunk)), sum(content(MiB, 1)))
      const others = yield* Effect.forEach([1, 2, 3, 4], (i) => Chunk.put(new Float64Array(MiB / 8).fill(i)))
      yield* Effect.forEach(others, Chunk.get)
      assert.instanceOf(yield* Effect.flip(collect(delayed(sumOf)(chunk))), InputChanged)
    }))
})

overTransports("a chunk as a file", {}, (test) => {
  test("is its bytes: of typed arrays, buffers and texts; it replaces what was there, and leaves nothing else", () =>
    Effect.gen(function*() {
      const { path } = yield* scene
      const file = join(path, "out")
      const values = [
        Float64Array.from([1, 2.5]),
        content(3 * MiB, 7),
        content(5000, 1).buffer as ArrayBuffer,
        "héllo",
        new Uint8Array()
      ]
      for (const value of values) {
        yield* Chunk.toFile(yield* Chunk.put(value), file)
        const bytes = typeof value === "string"
          ? new TextEncoder().encode(value)
          : ArrayBuffer.isView(value)
          ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
          : new Uint8Array(value)
        isSame(readFileSync(file), bytes)
      }
      yield* Chunk.toFile(yield* Chunk.put("url"), pathToFileURL(file))
      assert.deepStrictEqual([readFileSync(file, "utf8"), readdirSync(path)], ["url", ["out"]])
    }))

  test("comes back as it was, spilled or not", () =>
    Effect.gen(function*() {
      const { path } = yield* scene
      const chunks = yield* Effect.forEach([1, 2, 3, 4, 5, 6], (i) => Chunk.put(content(4 * MiB, i)))
      for (const [i, chunk] of chunks.entries()) {
        const file = join(path, `${i}`)
        yield* Chunk.toFile(chunk, file)
        assert.strictEqual(statSync(file).size, 4 * MiB)
        isSame(yield* Chunk.get(yield* Chunk.file(file)), content(4 * MiB, i + 1))
      }
    }))

  test("is refused for other values, and fails for a place where no file can be, with nothing left there", () =>
    Effect.gen(function*() {
      const { path } = yield* scene
      const record = yield* Chunk.put({ a: 1 }) as Effect.Effect<never>
      assert.instanceOf(yield* Effect.flip(Chunk.toFile(record, join(path, "x"))), NotTransferable)
      const text = yield* Chunk.put("x")
      assert.match(String(yield* Effect.flip(Chunk.toFile(text, join(path, "no", "x")))), /Chunk\.toFile: ENOENT/)
      assert.match(String(yield* Effect.flip(Chunk.toFile(text, path))), /Chunk\.toFile: /)
      assert.deepStrictEqual(readdirSync(path), [])
    }))
})
