// The spill store by its promises: values come back whole, ranges are used again and never too early, interruption and
// closing leave nothing. What disks do to it is SpillFailed.test.ts, its folder SpillDirectory.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import * as fs from "node:fs"
import { liesBehind, makeSpillStore, type SpillHandle } from "../../src/chunk/SpillStore.ts"
import { generator } from "./generator.ts"
import { folder, intact, KiB, memory, MiB, read, same, spillFiles, spillFolders, start, write } from "./spilling.ts"

describe("SpillStore", () => {
  it.effect("gives back what it was given, part by part, whatever the cut", () =>
    Effect.gen(function*() {
      const { empty, filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder })
      const [head, body] = [filled(100, 1), filled(3 * MiB + 7, 2)]
      const handle = yield* write(store, [head, new Uint8Array(0), body])
      assert.strictEqual(handle.bytes, head.length + body.length)
      const into = [empty(3 * MiB), empty(107)]
      yield* read(store, handle, into)
      assert.isTrue(same(Buffer.concat([head, body]), Buffer.concat(into)))
      const many = Array.from({ length: 1000 }, (_, i) => filled(i, i))
      const back = many.map((part) => empty(part.length))
      yield* read(store, yield* write(store, many), back)
      assert.isTrue(same(Buffer.concat(many), Buffer.concat(back)))
      yield* read(store, yield* write(store, []), [])
      const { bytesOnDisk, fileBytes: _, ...moved } = store.stats()
      const all = 3 * MiB + 107 + 499_500
      assert.deepStrictEqual(moved, { read: all, reading: 0, writing: 0, written: all })
      assert.isAtLeast(bytesOnDisk, all)
    }))

  it.effect("writes values together, and gives them back together or one by one", () =>
    Effect.gen(function*() {
      const { empty, filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder })
      const lengths = [10, 4096, 0, 700_000, 4097, 1_500_000, 1]
      const values = lengths.map((length, seed) => [filled(length, seed), filled(seed, 99)])
      const sizes = values.map(([one, other]) => one.length + other.length)
      const handles = yield* store.write(sizes, () => values)
      handles.forEach(({ bytes }, i) => assert.strictEqual(bytes, sizes[i]))
      for (let i = 1; i < handles.length; i++) assert.isTrue(liesBehind(handles[i], handles[i - 1]))
      const into = sizes.map((size) => empty(size))
      yield* store.read(handles.slice(1, 5), into.slice(1, 5).map((view) => [view]))
      yield* store.read(handles.slice(5), into.slice(5).map((view) => [view]))
      yield* read(store, handles[0], [into[0]])
      values.forEach((value, i) => assert.isTrue(same(Buffer.concat(value), into[i]), `value ${i}`))
      const { read: readBytes, written } = store.stats()
      assert.deepStrictEqual([readBytes, written], [sizes, sizes].map((all) => all.reduce((sum, size) => sum + size)))
      for (const handle of [handles[3], handles[1], handles[6], handles[0], handles[5], handles[2]]) store.free(handle)
      assert.strictEqual(store.stats().bytesOnDisk, 8192)
      yield* intact(store, handles[4], Buffer.concat(values[4]))
      store.free(handles[4])
      assert.strictEqual(store.stats().bytesOnDisk, 0)
    }))

  it.effect("throws on values read together that are not side by side, and keeps none of them", () =>
    Effect.gen(function*() {
      const { empty, filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder })
      const values = [filled(10, 1), filled(20, 2), filled(30, 3)]
      const [a, b, c] = yield* store.write([10, 20, 30], () => values.map((value) => [value]))
      assert.isTrue(Exit.hasDies(yield* Effect.exit(store.read([a, c], [[empty(10)], [empty(30)]]))))
      for (const handle of [a, b, c]) store.free(handle)
      assert.strictEqual(store.stats().bytesOnDisk, 0)
    }))

  it.effect("writes what lies where it is asked when the turn of a write has come", () =>
    Effect.gen(function*() {
      const { filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder, permits: 1 })
      const [first, before, after] = [filled(3 * MiB, 1), filled(MiB, 2), filled(MiB, 3)]
      yield* write(store, [first])
      const begun: Array<string> = []
      const writeAs = (name: string, part: Uint8Array, where: Uint8Array) =>
        start(write(store, [part], () => {
          begun.push(name)
          return [where]
        }))
      const one = yield* writeAs("first", first, first)
      const two = yield* writeAs("second", before, after)
      assert.deepStrictEqual(begun, ["first"])
      before.fill(0)
      yield* intact(store, yield* Fiber.join(one), first)
      yield* intact(store, yield* Fiber.join(two), after)
      assert.deepStrictEqual(begun, ["first", "second"])
    }))

  it.effect("writes over freed ranges instead of making its files longer", () =>
    Effect.gen(function*() {
      const { filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder })
      const value = filled(MiB, 3)
      const handles = yield* Effect.forEach([1, 2, 3, 4], () => write(store, [value]))
      const { fileBytes } = store.stats()
      store.free(handles[1])
      store.free(handles[2])
      const handle = yield* write(store, [value, value])
      assert.strictEqual(handle.offset, handles[1].offset)
      assert.strictEqual(store.stats().fileBytes, fileBytes)
      yield* intact(store, handles[0], value)
      yield* intact(store, handles[3], value)
      assert.throws(() => store.free(handles[2]), /no slab starts/)
    }))

  it.effect("fills several files, gives a large value one of its own, and keeps one when all is freed", () =>
    Effect.gen(function*() {
      const { filled } = memory()
      const directory = yield* folder
      const store = yield* makeSpillStore({ directory, fileBytes: 64 * KiB })
      const values = [...Array.from({ length: 20 }, (_, i) => filled(10 * KiB, i)), filled(300 * KiB, 99)]
      const handles = yield* Effect.forEach(values, (value) => write(store, [value]), { concurrency: 7 })
      assert.strictEqual(spillFiles(directory).length, new Set(handles.map((handle) => handle.file)).size)
      assert.isAbove(spillFiles(directory).length, 4)
      for (const [i, handle] of handles.entries()) yield* intact(store, handle, values[i])
      for (const handle of handles) store.free(handle)
      assert.strictEqual(store.stats().bytesOnDisk, 0)
      yield* intact(store, yield* write(store, [values[0]]), values[0])
      assert.isAtMost(store.stats().fileBytes, 64 * KiB)
    }))

  it.effect("does not use a range again while somebody reads it", () =>
    Effect.gen(function*() {
      const { empty, filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder })
      const [old, next] = [filled(16 * MiB, 1), filled(16 * MiB, 2)]
      const into = empty(16 * MiB)
      const handle = yield* write(store, [old])
      const reading = yield* start(read(store, handle, [into]))
      store.free(handle)
      const written = yield* write(store, [next])
      yield* Fiber.join(reading)
      assert.isTrue(same(into, old))
      assert.notStrictEqual(written.offset, handle.offset)
      assert.strictEqual((yield* write(store, [next])).offset, handle.offset)
    }))

  it.effect("lets reads overtake writes that wait", () =>
    Effect.gen(function*() {
      const { empty, filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder, permits: 1 })
      const value = filled(4 * MiB, 1)
      const handle = yield* write(store, [value])
      const order: Array<string> = []
      const log = <A, E>(name: string, effect: Effect.Effect<A, E>) =>
        start(Effect.tap(effect, () => Effect.sync(() => order.push(name))))
      const all = [
        yield* log("first write", write(store, [value])),
        yield* log("second write", write(store, [value])),
        yield* log("read", read(store, handle, [empty(4 * MiB)]))
      ]
      assert.strictEqual(store.stats().writing, 8 * MiB)
      assert.strictEqual(store.stats().reading, 4 * MiB)
      yield* Fiber.joinAll(all)
      assert.deepStrictEqual(order, ["first write", "read", "second write"])
    }))

  it.effect("throws on a value read into the wrong size and on handles that were freed", () =>
    Effect.gen(function*() {
      const { empty, filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder })
      const handle = yield* write(store, [filled(100, 1)])
      assert.isTrue(Exit.hasDies(yield* Effect.exit(read(store, handle, [empty(99)]))))
      store.free(handle)
      assert.throws(() => store.free(handle), /no slab starts/)
      assert.isTrue(Exit.hasDies(yield* Effect.exit(read(store, handle, [empty(100)]))))
      assert.throws(() => store.free({ ...handle, file: 7 }), /freed before/)
      assert.strictEqual(store.stats().reading, 0)
    }))
})

describe("SpillStore, interrupted", () => {
  it.effect("gives up a write, but not its range before the kernel has done with it", () =>
    Effect.gen(function*() {
      const { filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder })
      const [dropped, next] = [filled(32 * MiB, 1), filled(32 * MiB, 2)]
      yield* write(store, [filled(1, 1)])
      const writing = yield* start(write(store, [dropped]))
      const interrupting = yield* start(Fiber.interrupt(writing))
      assert.strictEqual(store.stats().writing, 32 * MiB)
      const handle = yield* write(store, [next])
      yield* Fiber.join(interrupting)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(writing)))
      assert.isAtLeast(handle.offset, 32 * MiB)
      yield* intact(store, handle, next)
      const { bytesOnDisk, writing: left } = store.stats()
      assert.deepStrictEqual([bytesOnDisk, left], [32 * MiB + 4 * KiB, 0])
    }))

  it.effect("writes to no memory after an interrupted read has ended", () =>
    Effect.gen(function*() {
      const { empty, filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder })
      const value = filled(64 * MiB, 1)
      const handle = yield* write(store, [value])
      const into = empty(64 * MiB)
      const reading = yield* start(read(store, handle, [into]))
      yield* Fiber.interrupt(reading)
      assert.strictEqual(store.stats().reading, 0)
      into.fill(0xDB)
      yield* intact(store, handle, value)
      assert.isTrue(into.every((byte) => byte === 0xDB))
      assert.strictEqual(store.stats().read, 64 * MiB)
    }))

  it.effect("takes a write that waits out of the line at once", () =>
    Effect.gen(function*() {
      const { filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder, permits: 1 })
      yield* write(store, [filled(1, 1)])
      const first = yield* start(write(store, [filled(8 * MiB, 1)]))
      const second = yield* start(write(store, [filled(8 * MiB, 2)]))
      assert.strictEqual(store.stats().writing, 16 * MiB)
      yield* Fiber.interrupt(second)
      yield* Fiber.join(first)
      const { bytesOnDisk, written } = store.stats()
      assert.deepStrictEqual([bytesOnDisk, written], [8 * MiB + 4 * KiB, 8 * MiB + 1])
    }))

  it.effect("loses no range, whenever the interruption comes", () =>
    Effect.gen(function*() {
      const { filled } = memory()
      const store = yield* makeSpillStore({ directory: yield* folder, permits: 3 })
      const random = generator(11)
      const got: Array<SpillHandle> = []
      const values = Array.from({ length: 8 }, (_, i) => filled(Math.floor(random() * 3 * MiB), i))
      let interrupted = 0
      for (let round = 0; round < 150; round++) {
        const fibers = yield* Effect.forEach(values, (value) =>
          start(Effect.map(write(store, [value]), (handle) => got.push(handle))))
        const turns = Math.floor(random() * 12)
        for (let turn = 0; turn < turns; turn++) {
          yield* Effect.promise(() =>
            new Promise((next) => setImmediate(next))
          )
        }
        yield* Fiber.interruptAll(fibers.filter(() => random() < 0.6))
        for (const fiber of fibers) if (Exit.hasInterrupts(yield* Fiber.await(fiber))) interrupted++
        for (const handle of got.splice(0)) store.free(handle)
        assert.strictEqual(store.stats().bytesOnDisk, 0, `round ${round}`)
      }
      assert.isAbove(interrupted, 100)
      assert.isAbove(store.stats().written, 0)
    }))
})

describe("SpillStore, closed", () => {
  it.effect("leaves nothing behind: after success, after a failure, after an interruption, with work under way", () =>
    Effect.gen(function*() {
      const { filled } = memory()
      const directory = yield* folder
      const use = (then: Effect.Effect<unknown, string>) =>
        Effect.exit(Effect.scoped(Effect.gen(function*() {
          const store = yield* makeSpillStore({ directory, fileBytes: MiB, permits: 2 })
          yield* write(store, [filled(3 * MiB, 1)])
          for (let i = 0; i < 6; i++) yield* start(write(store, [filled(2 * MiB, i)]))
          assert.strictEqual(spillFolders(directory).length, 1)
          return yield* then
        })))
      for (const then of [Effect.void, Effect.fail("no"), Effect.die("no"), Effect.interrupt]) {
        yield* use(then)
        assert.deepStrictEqual(fs.readdirSync(directory), [])
      }
      if (process.platform === "linux") {
        const open = fs.readdirSync("/proc/self/fd").flatMap((fd) => {
          try {
            return [fs.readlinkSync(`/proc/self/fd/${fd}`)]
          } catch {
            return []
          }
        })
        assert.deepStrictEqual(open.filter((path) => path.startsWith(directory)), [])
      }
    }))

  it.effect("refuses what waits and what comes later, and takes no offence at a late free", () =>
    Effect.gen(function*() {
      const { empty, filled } = memory()
      const directory = yield* folder
      const scope = yield* Scope.make()
      const store = yield* Scope.provide(makeSpillStore({ directory, permits: 1 }), scope)
      const handle = yield* write(store, [filled(100, 1)])
      const first = yield* start(Effect.result(write(store, [filled(8 * MiB, 1)])))
      const second = yield* start(Effect.result(write(store, [filled(8 * MiB, 2)])))
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(fs.readdirSync(directory), [])
      assert.strictEqual((yield* Fiber.join(first))._tag, "Success")
      for (const result of [yield* Fiber.join(second), yield* Effect.result(write(store, [filled(1, 1)]))]) {
        assert.isTrue(result._tag === "Failure" && result.failure.reason === "gone")
        assert.isTrue(result._tag === "Failure" && /its Scope has ended/.test(result.failure.message))
      }
      assert.strictEqual((yield* Effect.flip(read(store, handle, [empty(100)]))).reason, "gone")
      store.free(handle)
      assert.deepStrictEqual(fs.readdirSync(directory), [])
    }))
})
