// Cases ST-*: storage devices, by hand and in the words of their list. What every device promises, with random operations
// against a model, is test/chunk/storageDevices.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { GraphInvalid, Storage, type StorageDevice, StorageFailed, type Stored } from "poniard"
import { folder } from "../engine/files.ts"

/** `n` integers of 8 bytes. */
const ints = (n: number, from: number): BigInt64Array => BigInt64Array.from({ length: n }, (_, i) => BigInt(from + i))

const sizes = (device: StorageDevice) => Effect.all([device.capacity, device.used, device.available])

const twoLevels = (policy: "lru" | "mru") =>
  Effect.map(folder, (path) => {
    const directory = join(path, "below")
    const below = Storage.disk({ directory })
    const device = Storage.memory({ capacity: 80, policy, below })
    const names = new Map<unknown, string>()
    return {
      device,
      directory,
      below,
      put: (name: string, length: number) =>
        Effect.tap(device.put(ints(length, length)), (stored) => Effect.sync(() => names.set(stored, name))),
      order: () => device.order().map((stored) => names.get(stored)).join(" "),
      files: () => readdirSync(directory).length
    }
  })

describe("storage", () => {
  it.live("ST-1: what is put is had again, equal, and each handle is itself", () =>
    Effect.scoped(Effect.gen(function*() {
      const device = Storage.memory({ capacity: 1000 })
      const a = yield* device.put([1, 2])
      const b = yield* device.put(["abc", "def"])
      assert.deepStrictEqual([yield* device.get(a), yield* device.get(b)], [[1, 2], ["abc", "def"]])
      const map = new Map<unknown, number>([[a, 1], [b, 2]])
      assert.deepStrictEqual([map.get(a), map.get(b)], [1, 2])
    })))

  it.live("ST-2: a value is freed when its Scope closes, once, and not before", () =>
    Effect.gen(function*() {
      const device = Storage.memory({ capacity: 1000 })
      const scope = yield* Scope.make()
      const stored = yield* Scope.provide(device.put(ints(3, 1)), scope)
      assert.strictEqual(yield* device.used, 24)
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual([yield* device.used, device.has(stored)], [0, false])
      yield* device.delete(stored)
      assert.strictEqual(yield* device.used, 0)
    }))

  it.live("ST-5: the least recently used goes to disk, and what is read comes back", () =>
    Effect.scoped(Effect.gen(function*() {
      const { device, files, order, put } = yield* twoLevels("lru")
      const [r1, r2] = [yield* put("r1", 2), yield* put("r2", 3)]
      const r3 = yield* put("r3", 5)
      assert.deepStrictEqual([order(), yield* sizes(device)], ["r3 r2 r1", [80, 80, 0]])
      yield* put("r4", 2)
      assert.deepStrictEqual([order(), files()], ["r4 r3 r2", 1])
      assert.deepStrictEqual(yield* device.get(r2), ints(3, 3))
      assert.strictEqual(order(), "r2 r4 r3")
      assert.deepStrictEqual(yield* device.get(r1), ints(2, 2))
      assert.deepStrictEqual([order(), files()], ["r1 r2 r4", 1])
      assert.deepStrictEqual(yield* device.get(r3), ints(5, 5))
    })))

  it.live("ST-5: with mru the most recently used goes", () =>
    Effect.scoped(Effect.gen(function*() {
      const { device, order, put } = yield* twoLevels("mru")
      yield* put("r1", 2)
      yield* put("r2", 3)
      const r3 = yield* put("r3", 5)
      yield* put("r4", 2)
      assert.strictEqual(order(), "r4 r2 r1")
      assert.deepStrictEqual(yield* device.get(r3), ints(5, 5))
      assert.strictEqual(order(), "r3 r2 r1")
    })))

  it.live("ST-7: a deleted value goes from where it is, and the others stay", () =>
    Effect.scoped(Effect.gen(function*() {
      const { device, files, order, put } = yield* twoLevels("lru")
      const all: Array<Stored<BigInt64Array>> = []
      for (const name of ["a", "b", "c", "d"]) all.push(yield* put(name, 4))
      assert.deepStrictEqual([order(), files()], ["d c", 2])
      yield* device.delete(all[3])
      assert.deepStrictEqual([order(), files()], ["c", 2])
      yield* device.delete(all[0])
      assert.deepStrictEqual([order(), files()], ["c", 1])
      assert.deepStrictEqual(yield* device.get(all[1]), ints(4, 4))
    })))

  it("ST-9: wrong limits and policies are refused where the device is made", () => {
    for (const capacity of [0, -1, NaN]) assert.throws(() => Storage.memory({ capacity }), GraphInvalid as never)
    assert.throws(() => Storage.memory({ capacity: 1, policy: "fifo" as never }), /expected "lru" or "mru"/)
    assert.throws(() => Storage.disk({ directory: "x", capacity: 0 }), GraphInvalid as never)
    assert.throws(() => Storage.disk({ directory: "" }), GraphInvalid as never)
    assert.throws(() => Storage.aesGcm(new Uint8Array(5)), /16, 24 or 32 bytes/)
    assert.throws(() => Storage.zstd(0), /from 1 to 19/)
  })

  it.live("ST-10: retained files survive their Scopes, others go with them", () =>
    Effect.gen(function*() {
      const directory = yield* folder
      const device = Storage.disk({ directory })
      const eight = Effect.forEach([1, 2, 3, 4, 5, 6, 7, 8], (i) => device.put(ints(4, i)))
      yield* Effect.scoped(Effect.tap(eight, () => Effect.sync(() => assert.lengthOf(readdirSync(directory), 8))))
      assert.deepStrictEqual(readdirSync(directory), [])
      yield* Effect.scoped(Effect.andThen(eight, device.retain(true)))
      assert.lengthOf(readdirSync(directory), 8)
      yield* device.retain(false)
      yield* Effect.scoped(device.put(1, { retain: true }))
      assert.lengthOf(readdirSync(directory), 9)
    }).pipe(Effect.scoped))

  it.live("ST-10: what memory retains goes to the device below when its Scope closes", () =>
    Effect.scoped(Effect.gen(function*() {
      const { device, directory } = yield* twoLevels("lru")
      yield* Effect.scoped(device.put("kept", { tag: "kept", retain: true }))
      assert.deepStrictEqual([readdirSync(directory), yield* device.used], [["kept"], 0])
    })))

  it.live("ST-11: a value on disk is read from its file each time; without the file it fails", () =>
    Effect.scoped(Effect.gen(function*() {
      const directory = yield* folder
      const device = Storage.disk({ directory })
      const stored = yield* device.put({ a: [1, 2, 3] })
      assert.lengthOf(readdirSync(directory), 1)
      assert.deepStrictEqual(yield* device.get(stored), { a: [1, 2, 3] })
      rmSync(join(directory, readdirSync(directory)[0]))
      const error = yield* Effect.flip(device.get(stored))
      assert.instanceOf(error, StorageFailed)
      assert.strictEqual(error.reason, "missing")
      yield* device.delete(stored)
      assert.match((yield* Effect.flip(device.get(stored))).message, /it was deleted/)
    })))

  it.live("ST-13: a tag is the name of the file, which goes with its Scope; a retained one is had again by another device", () =>
    Effect.scoped(Effect.gen(function*() {
      const directory = yield* folder
      const device = Storage.disk({ directory })
      yield* Effect.scoped(Effect.gen(function*() {
        yield* device.put(1, { tag: "myfile.bin" })
        assert.deepStrictEqual(readdirSync(directory), ["myfile.bin"])
        assert.instanceOf(yield* Effect.flip(device.put(2, { tag: "myfile.bin" })), GraphInvalid)
        for (const tag of ["a/b", "..", "", "a\0b"]) {
          assert.instanceOf(yield* Effect.flip(device.put(2, { tag })), GraphInvalid)
        }
      }))
      assert.deepStrictEqual(readdirSync(directory), [])
      yield* Effect.scoped(device.put({ n: 7 }, { tag: "seven", retain: true }))
      const other = Storage.disk({ directory })
      const seven = yield* other.open<{ readonly n: number }>("seven")
      assert.deepStrictEqual(yield* other.get(seven), { n: 7 })
      assert.isAbove(yield* other.used, 0)
      assert.strictEqual((yield* Effect.flip(other.open("eight")))._tag, "StorageFailed")
      yield* other.delete(seven)
      assert.deepStrictEqual(readdirSync(directory), [])
    })))

  it.live("ST-14: everything is free again when all are gone", () =>
    Effect.scoped(Effect.gen(function*() {
      const { below, device, files, put } = yield* twoLevels("lru")
      yield* Effect.scoped(Effect.forEach([1, 2, 3, 4, 5, 6, 7, 8, 9], (i) => put(`${i}`, i)))
      assert.deepStrictEqual([yield* device.used, yield* below.used, files()], [0, 0, 0])
    })))

  it.live("ST-15: capacity is what is used and what is available; a device below that fails changes nothing", () =>
    Effect.scoped(Effect.gen(function*() {
      const path = yield* folder
      const directory = join(path, "below")
      const below = Storage.disk({ directory, capacity: 500 })
      const device = Storage.memory({ capacity: 80, below })
      const [a, b] = [yield* device.put(ints(5, 1)), yield* device.put(ints(5, 2))]
      for (const one of [device, below]) {
        const [capacity, used, available] = yield* sizes(one)
        assert.strictEqual(capacity, used + available)
      }
      writeFileSync(directory, "no folder")
      const failed = yield* Effect.flip(device.put(ints(5, 3)))
      assert.instanceOf(failed, StorageFailed)
      assert.deepStrictEqual([yield* device.get(a), yield* device.get(b)], [ints(5, 1), ints(5, 2)])
      rmSync(directory)
      const large = yield* Effect.flip(device.put(ints(11, 1)))
      assert.match(large.message, /88 bytes do not fit/)
      const other = yield* Storage.memory({ capacity: 80 }).put(1)
      assert.match((yield* Effect.flip(device.get(other))).message, /is not there/)
    })))

  it.live("filters: what is on disk is smaller, or unreadable, or found out if it was changed", () =>
    Effect.scoped(Effect.gen(function*() {
      const path = yield* folder
      const key = Uint8Array.from({ length: 32 }, (_, i) => i)
      const value = { text: "again and again ".repeat(1000), numbers: new Float64Array(1000) }
      const write = (name: string, filters: Parameters<typeof Storage.disk>[0]["filters"]) => {
        const device = Storage.disk({ directory: join(path, name), ...(filters && { filters }) })
        return Effect.map(device.put(value, { tag: "value", retain: true }), (stored) => ({
          device,
          stored,
          file: join(path, name, "value")
        }))
      }
      const plain = yield* write("plain", undefined)
      const small = yield* write("small", [Storage.zstd(9)])
      const secret = yield* write("secret", [Storage.zstd(), Storage.aesGcm(key)])
      for (const { device, stored } of [plain, small, secret]) assert.deepStrictEqual(yield* device.get(stored), value)
      assert.isBelow(readFileSync(small.file).length * 20, readFileSync(plain.file).length)
      assert.include(readFileSync(plain.file, "latin1"), "again and again")
      assert.notInclude(readFileSync(secret.file, "latin1"), "again")
      const wrongKey = Storage.disk({
        directory: join(path, "secret"),
        filters: [Storage.zstd(), Storage.aesGcm(key.map((i) => i + 1))]
      })
      const error = yield* Effect.flip(wrongKey.get(yield* wrongKey.open("value")))
      assert.match(error.message, /cannot be decrypted: the key is another, or somebody changed it \(damaged\)/)
      for (const { device, file, stored } of [plain, small, secret]) {
        const bytes = readFileSync(file)
        bytes[bytes.length - 20] ^= 1
        writeFileSync(file, bytes)
        assert.strictEqual((yield* Effect.flip(device.get(stored))).reason, "damaged")
      }
    })))
})
