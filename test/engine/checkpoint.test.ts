// Results that last: what a checkpoint saves from running, what it is known by, what is refused, and what happens when the
// folder is not as it was left. Each test uses engines one after the other on one folder, as processes would.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { all as every, Chunk, collect, compute, delayed, Engine, spawn, Spawned, Task } from "poniard"
import type { EngineOptions } from "../../src/engine/options.ts"
import { folder, linesOf } from "./files.ts"
import { unlessItHangs } from "./hangs.ts"
import { first, halves, numbers, scaled, total } from "./modules4/steps.ts"
import { emptied } from "./overTransports.ts"
import { smallDisk } from "./smallDisk.ts"

const N = 32_768

/** A folder for checkpoints, a log of what ran, and a way to run something in an engine of its own. */
const scene = Effect.map(folder, (path) => {
  const directory = join(path, "checkpoints")
  const log = join(path, "log")
  return {
    directory,
    log,
    /** what ran since the last call */
    ran: (): ReadonlyArray<string> => {
      const lines = linesOf(log)
      writeFileSync(log, "")
      return lines.sort()
    },
    files: () => readdirSync(directory),
    run: <A, E>(body: Effect.Effect<A, E, Engine>, options: EngineOptions = {}) =>
      unlessItHangs(Effect.tap(body, () => emptied)).pipe(
        Effect.provide(
          Engine.layer({ threads: 1, memory: "16 MiB", check: true, checkpoint: { directory }, ...options }),
          { local: true }
        )
      )
  }
})

const kept = { checkpoint: true } as const

describe("a task with a checkpoint", () => {
  it.live("runs once, in whatever engine it is asked for again, and what only it needs does not run either", () =>
    Effect.scoped(Effect.gen(function*() {
      const { files, log, ran, run } = yield* scene
      const graph = () => {
        const one = delayed(first)(log, 1)
        return collect(delayed(scaled, kept)(log, one))
      }
      assert.strictEqual(yield* run(graph()), 2)
      assert.deepStrictEqual(ran(), ["first 1", "scaled 1"])
      assert.lengthOf(files(), 1)
      assert.strictEqual(yield* run(graph()), 2)
      assert.deepStrictEqual(ran(), [])
    })))

  it.live("gives back arrays, records and several outputs as they were, larger than memory together", () =>
    Effect.scoped(Effect.gen(function*() {
      const { log, ran, run } = yield* scene
      const graph = Effect.suspend(() => {
        const all = Array.from({ length: 16 }, (_, i) => delayed(numbers, kept)(log, N, i))
        const [left, about] = delayed(halves, { outputs: 2, checkpoint: true })(log, all[3])
        return collect({ sums: every(all.map((one) => delayed(total)(log, [one]))), left, about })
      })
      const memory = "1 MiB"
      const before = yield* run(graph, { memory })
      assert.strictEqual(ran().length, 33)
      const after = yield* run(
        Effect.flatMap(graph, (value) => Effect.map(Engine.snapshot, ({ checkpoints }) => ({ value, checkpoints }))),
        { memory }
      )
      assert.deepStrictEqual(ran(), Array.from({ length: 16 }, () => "total 1"))
      assert.deepStrictEqual(after.checkpoints, { saved: 0, restored: 18, failed: 0 })
      assert.deepStrictEqual(after.value, before)
      assert.deepStrictEqual(before.about, { count: N, of: new Date(5) })
    })))

  it.live("is another with other inputs, another version, or a function with another name", () =>
    Effect.scoped(Effect.gen(function*() {
      const { log, ran, run } = yield* scene
      const ask = (value: number, version?: string) =>
        run(collect(delayed(scaled, { ...kept, ...(version !== undefined && { version }) })(log, value)))
      yield* ask(1)
      yield* ask(2)
      yield* ask(1, "a")
      yield* ask(1, "b")
      yield* run(collect(delayed(first, kept)(log, 1)))
      assert.deepStrictEqual(ran(), ["first 1", "scaled 1", "scaled 1", "scaled 1", "scaled 2"])
      yield* ask(1)
      yield* ask(1, "a")
      assert.deepStrictEqual(ran(), [])
    })))

  it.live("is another of another inline function, of the same version too", () =>
    Effect.scoped(Effect.gen(function*() {
      const { run } = yield* scene
      const ask = (fn: (n: number) => number) => run(collect(delayed(Task.inline(fn), { ...kept, version: "1" })(5)))
      assert.deepStrictEqual([yield* ask((n) => n + 1), yield* ask((n) => n + 2), yield* ask((n) => n + 1)], [6, 7, 6])
    })))

  it.live("runs and is replaced where restore is false", () =>
    Effect.scoped(Effect.gen(function*() {
      const { files, log, ran, run } = yield* scene
      const ask = (restore: boolean) => run(collect(delayed(scaled, { ...kept, restore })(log, 1)))
      assert.deepStrictEqual([yield* ask(true), yield* ask(false), yield* ask(true)], [2, 2, 2])
      assert.deepStrictEqual(ran(), ["scaled 1", "scaled 1"])
      assert.lengthOf(files(), 1)
    })))

  it.live("may depend on stored values, by their content, and on spawned tasks", () =>
    Effect.scoped(Effect.gen(function*() {
      const { log, ran, run } = yield* scene
      const body = Effect.scoped(Effect.gen(function*() {
        const chunk = yield* Chunk.put([new Float64Array(N).fill(2)])
        const plain = yield* Chunk.put(3)
        const one = yield* spawn(first, log, 7)
        yield* Spawned.wait(one)
        const sums = [
          delayed(total, kept)(log, chunk),
          delayed(scaled, kept)(log, plain),
          delayed(scaled, kept)(log, one)
        ]
        return yield* collect(sums)
      }))
      assert.deepStrictEqual(yield* run(body), [2 * N, 6, 14])
      assert.lengthOf(ran(), 4)
      assert.deepStrictEqual(yield* run(body), [2 * N, 6, 14])
      assert.deepStrictEqual(ran(), ["first 7"])
    })))

  it.live("is joined while it runs, and its value is held like any other", () =>
    Effect.scoped(Effect.gen(function*() {
      const { log, ran, run } = yield* scene
      const body = Effect.scoped(Effect.gen(function*() {
        const all = delayed(numbers, kept)(log, N, 1)
        const [chunk] = yield* compute([all])
        const again = yield* collect([delayed(total)(log, [chunk]), delayed(total)(log, [all])])
        return [...again, (yield* Chunk.get(chunk))[N - 1]]
      }))
      const sum = N * (N + 1) / 2
      assert.deepStrictEqual(yield* run(body), [sum, sum, N])
      assert.deepStrictEqual(ran(), ["numbers 1", "total 1", "total 1"])
      assert.deepStrictEqual(yield* run(body), [sum, sum, N])
      assert.deepStrictEqual(ran(), ["total 1", "total 1"])
    })))

  it.live("works for inline functions, over bytes, without threads, and with fuse", () =>
    Effect.scoped(Effect.gen(function*() {
      const { files, log, ran, run } = yield* scene
      const twice = Task.inline((n: number) => 2 * n)
      const graph = Effect.suspend(() =>
        collect([delayed(twice, kept)(21), delayed(scaled, kept)(log, delayed(first)(log, 1))])
      )
      const ways: ReadonlyArray<EngineOptions> = [{ transport: "bytes" }, { threads: 0 }, { fuse: true }]
      for (const options of ways) assert.deepStrictEqual(yield* run(graph, options), [42, 2])
      assert.deepStrictEqual([ran(), files().length], [["first 1", "scaled 1"], 2])
    })))
})

describe("what is refused", () => {
  it.live("a closure, at the call", () =>
    Effect.sync(() => assert.throws(() => delayed((n: number) => n, kept), /options.checkpoint: .*closure/)))

  it.live("a closure among what a checkpoint depends on, an engine without a folder, options that are none", () =>
    Effect.scoped(Effect.gen(function*() {
      const { log, run } = yield* scene
      const closure = delayed((n: number) => n)(1)
      const failed = yield* run(Effect.flip(collect(delayed(scaled, kept)(log, closure))))
      assert.match(String(failed), /is a closure, .*"scaled" depends on it/)
      const none = yield* Effect.flip(collect(delayed(scaled, kept)(log, 1))).pipe(
        Effect.provide(Engine.layer({ threads: 1 }), { local: true })
      )
      assert.match(String(none), /no place for checkpoints/)
      const wrong = (checkpoint: unknown) => () => Engine.layer({ checkpoint } as EngineOptions)
      assert.throws(wrong({ directory: "" }), /checkpoint.directory: expected the path of a folder/)
      assert.throws(wrong({ directory: "x", keep: "a while" }), /checkpoint.keep/)
      assert.throws(wrong({ directory: "x", kept: 1 }), /checkpoint.kept: there is no option/)
      assert.throws(wrong({ directory: "x", durable: 1 }), /checkpoint.durable/)
    })))
})

describe("a folder that is not as it was left", () => {
  const damaged = (name: string, damage: (file: string) => void) =>
    it.live(`${name}: the task runs, its dependents too, and the file is written anew`, () =>
      Effect.scoped(Effect.gen(function*() {
        const { directory, files, log, ran, run } = yield* scene
        const graph = Effect.suspend(() => {
          const all = delayed(numbers, kept)(log, N, 1)
          return Effect.map(collect({ all, sum: delayed(total)(log, [all]) }), ({ all, sum }) => [all[0], sum])
        })
        const expected = yield* run(graph)
        ran()
        damage(join(directory, files()[0]))
        assert.deepStrictEqual(yield* run(graph), expected)
        assert.deepStrictEqual(ran(), ["numbers 1", "total 1"])
        assert.deepStrictEqual(yield* run(graph), expected)
        assert.deepStrictEqual(ran(), ["total 1"])
      })))

  damaged("a file cut short", (file) => truncateSync(file, 1000))
  damaged("an empty file", (file) => truncateSync(file, 0))
  damaged("a flipped bit", (file) => {
    const bytes = readFileSync(file)
    bytes[bytes.length - 5] ^= 1
    writeFileSync(file, bytes)
  })
  damaged("another file's content", (file) => writeFileSync(file, "hello".repeat(100)))

  it.live("a full disk: what fits is kept, what does not is computed again, and nothing half written stays", () =>
    Effect.scoped(Effect.gen(function*() {
      const { log, ran, run } = yield* scene
      const directory = yield* smallDisk(1_000_000)
      if (directory === undefined) return
      const graph = Effect.suspend(() => {
        const all = Array.from({ length: 8 }, (_, i) => delayed(numbers, kept)(log, N, i))
        const sums = all.map((one) => delayed(total)(log, [one]))
        return Effect.flatMap(
          collect(sums),
          (value) => Effect.map(Engine.snapshot, ({ checkpoints }) => ({ value, checkpoints }))
        )
      })
      const options = { checkpoint: { directory }, memory: "1 MiB" }
      const before = yield* run(graph, options)
      assert.deepStrictEqual(before.value, Array.from({ length: 8 }, (_, i) => N * i + N * (N - 1) / 2))
      assert.isTrue(readdirSync(directory).every((name) => /^[0-9a-f]{64}$/.test(name)))
      const there = readdirSync(directory).length
      assert.isAtLeast(there, 1)
      assert.isAtMost(there, 3)
      ran()
      const { checkpoints, value } = yield* run(graph, options)
      assert.deepStrictEqual(value, before.value)
      assert.strictEqual(checkpoints.restored, there)
      assert.lengthOf(ran().filter((line) => line.startsWith("numbers")), 8 - there)
    })))

  it.live("a folder that cannot be made is refused with its path", () =>
    Effect.scoped(Effect.gen(function*() {
      const { log } = yield* scene
      writeFileSync(log, "")
      const exit = yield* Effect.exit(Effect.provide(
        collect(delayed(scaled)(log, 1)),
        Engine.layer({ threads: 1, checkpoint: { directory: join(log, "under a file") } }),
        { local: true }
      ))
      assert.match(String(exit), /checkpoint.directory: nothing can be kept in .*under a file/)
    })))
})

describe("how long files stay", () => {
  const ask = (log: string, value: number) => collect(delayed(scaled, kept)(log, value))

  it.live("until the engine that used them ends well, with keep: success", () =>
    Effect.scoped(Effect.gen(function*() {
      const { directory, files, log, ran, run } = yield* scene
      const checkpoint = { directory, keep: "success" } as const
      const failing = Effect.flatMap(ask(log, 1), () => Effect.fail("no"))
      assert.strictEqual(yield* Effect.flip(run(failing, { checkpoint })), "no")
      assert.lengthOf(files(), 1)
      assert.strictEqual(yield* run(ask(log, 1), { checkpoint }), 2)
      assert.deepStrictEqual([files(), ran()], [[], ["scaled 1"]])
    })))

  it.live("until there are more bytes than may be kept: the oldest go", () =>
    Effect.scoped(Effect.gen(function*() {
      const { directory, files, log, ran, run } = yield* scene
      const checkpoint = { directory, keep: 1000 }
      const many = Effect.suspend(() => Effect.forEach(Array.from({ length: 20 }, (_, i) => i), (i) => ask(log, i)))
      yield* run(many, { checkpoint })
      const bytes = files().reduce((sum, file) => sum + statSync(join(directory, file)).size, 0)
      assert.isAtMost(bytes, 1000)
      assert.isAtLeast(bytes, 800)
      ran()
      yield* run(ask(log, 19), { checkpoint })
      assert.deepStrictEqual(ran(), [])
      yield* run(ask(log, 0), { checkpoint })
      assert.deepStrictEqual(ran(), ["scaled 0"])
    })))
})
