// Values that are lost on disk are computed anew from the tasks that made them (issue 4): only as far up as needed, once
// for all who wait, and within the bound of `lineage`.
import { assert, describe } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber } from "effect"
import { closeSync, openSync, readdirSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { Chunk, ChunkLost, collect, compute, delayed, Engine, spawn, Spawned, spawnWith } from "poniard"
import { folder, until } from "./files.ts"
import { a } from "./modules2/arrays.ts"
import { emptied, inOwnEngine } from "./overTransports.ts"

const MiB = 2 ** 20
const N = 32_768
const COUNT = 48
const SUM = (N * (N - 1)) / 2

const filesIn = (path: string): Array<string> =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)]
  )

/** Overwrites every byte of every spill file. */
const damage = (spillDirectory: string): void => {
  for (const file of filesIn(spillDirectory)) {
    const descriptor = openSync(file, "r+")
    writeSync(descriptor, new Uint8Array(statSync(file).size).fill(0xee), 0)
    closeSync(descriptor)
  }
}

const memory = Effect.map(Engine.snapshot, (snapshot) => snapshot.memory)
const options = { memory: 4 * MiB, check: false }
const many = Array.from({ length: COUNT }, () => N)

/** More than fits, so that what was made before lies on disk. */
const pressOut = Effect.scoped(compute(delayed(a.allocOnly).map(many)))

const lossOf = (exit: Exit.Exit<unknown, unknown>): ChunkLost => {
  assert.isTrue(Exit.isFailure(exit))
  const error = Cause.squash((exit as Exit.Failure<unknown, unknown>).cause)
  assert.instanceOf(error, ChunkLost)
  return error as ChunkLost
}

describe("a spilled value whose file was changed", () => {
  inOwnEngine("is computed anew for tasks that need it and for whoever reads it", (own) =>
    Effect.gen(function*() {
      const spillDirectory = yield* folder
      yield* own(
        { ...options, spillDirectory },
        Effect.gen(function*() {
          yield* Effect.scoped(Effect.gen(function*() {
            const chunks = yield* compute(delayed(a.allocOnly).map(many))
            damage(spillDirectory)
            const sums = yield* collect(chunks.map((chunk) => delayed(a.sum)(chunk)))
            assert.deepStrictEqual(sums, many.map(() => SUM))
            assert.isAbove((yield* memory).recomputed, 0)
            damage(spillDirectory)
            for (const chunk of chunks) assert.strictEqual((yield* Chunk.get(chunk))[N - 1], N - 1)
          }))
          yield* emptied
        })
      )
    }))

  inOwnEngine("is computed anew only as far up as needed, once for all who wait", (own) =>
    Effect.gen(function*() {
      const spillDirectory = yield* folder
      const ran: Record<string, number> = {}
      const count = (name: string) => {
        ran[name] = (ran[name] ?? 0) + 1
      }
      const first = () => {
        count("first")
        return new Float64Array(N).fill(1)
      }
      const next = (xs: Float64Array, name: string) => {
        count(name)
        return xs.map((x) => x + 1)
      }
      const last = (xs: Float64Array) => xs[N - 1]
      yield* own(
        { ...options, spillDirectory },
        Effect.gen(function*() {
          const one = delayed(first)()
          const two = delayed(next)(one, "two")
          const three = delayed(next)(two, "three")
          const four = delayed(next)(three, "four")
          const [second, fourth] = yield* compute([two, four])
          assert.deepStrictEqual(ran, { first: 1, two: 1, three: 1, four: 1 })
          // What is looked at stays in memory.
          yield* Chunk.use(second, () => pressOut)
          damage(spillDirectory)
          const values = yield* collect(Array.from({ length: 5 }, () => delayed(last)(fourth)))
          assert.deepStrictEqual(values, [4, 4, 4, 4, 4])
          assert.deepStrictEqual(ran, { first: 1, two: 1, three: 2, four: 2 })
          yield* pressOut
          damage(spillDirectory)
          assert.strictEqual(yield* collect(delayed(last)(fourth)), 4)
          assert.deepStrictEqual(ran, { first: 2, two: 2, three: 3, four: 3 })
          assert.strictEqual(yield* collect(delayed(last)(second)), 2)
          assert.deepStrictEqual(ran, { first: 2, two: 2, three: 3, four: 3 })
        })
      )
    }))

  inOwnEngine("is lost if no task has made it, or if that cannot be run again", (own) =>
    Effect.gen(function*() {
      const spillDirectory = yield* folder
      let broken = false
      const fill = () => {
        if (broken) throw new Error("not again")
        return new Float64Array(N).fill(2)
      }
      yield* own(
        { ...options, spillDirectory },
        Effect.gen(function*() {
          const put = yield* Chunk.put(new Float64Array(N).fill(3))
          const [of, filled] = yield* compute([
            delayed((xs: Float64Array) => xs.map((x) => x + 1))(put),
            delayed(fill)()
          ])
          yield* pressOut
          damage(spillDirectory)
          broken = true
          assert.match(lossOf(yield* Effect.exit(Chunk.get(put))).message, /checksum.*no task has made it/s)
          const again = /checksum.*anew failed:.*not again/s
          assert.match(lossOf(yield* Effect.exit(Chunk.get(filled))).message, again)
          assert.match(lossOf(yield* Effect.exit(collect(delayed(a.sum)(filled)))).message, again)
          assert.match(
            lossOf(yield* Effect.exit(Chunk.get(of))).message,
            /checksum.*anew failed:.*no task has made it/s
          )
          yield* Chunk.release(put)
          assert.match(lossOf(yield* Effect.exit(Chunk.get(of))).message, /checksum.*needs a Chunk that was released/s)
        })
      )
    }))

  inOwnEngine("is not computed on when nobody wants it any more", (own) =>
    Effect.gen(function*() {
      const spillDirectory = yield* folder
      let runs = 0
      const interrupted: Array<number> = []
      const slowly = () =>
        Effect.suspend(() =>
          ++runs === 1
            ? Effect.succeed(new Float64Array(N).fill(5))
            : Effect.onInterrupt(Effect.never, () => Effect.sync(() => interrupted.push(runs)))
        )
      yield* own(
        { ...options, spillDirectory },
        Effect.gen(function*() {
          yield* Effect.scoped(Effect.gen(function*() {
            const chunk = yield* compute(delayed(slowly)())
            yield* pressOut
            damage(spillDirectory)
            const sum = yield* Effect.forkChild(collect(delayed(a.sum)(chunk)), { startImmediately: true })
            yield* until(() => runs === 2)
            yield* Fiber.interrupt(sum)
          }))
          yield* until(() => interrupted.length === 1)
          yield* emptied
        })
      )
    }))

  inOwnEngine(
    "of a task with several is computed anew, and the others stay as they are",
    (own) =>
      Effect.gen(function*() {
        const spillDirectory = yield* folder
        let runs = 0
        const halves = () => {
          runs++
          return [new Float64Array(N).fill(runs), new Float64Array(N).fill(runs)]
        }
        yield* own(
          { ...options, spillDirectory },
          Effect.gen(function*() {
            const [left, right] = yield* compute(delayed(halves, { outputs: 2 })())
            yield* Chunk.use(left, () => pressOut)
            damage(spillDirectory)
            const first = (xs: Float64Array) => xs[0]
            assert.strictEqual(yield* collect(delayed(first)(right)), 2)
            assert.strictEqual(yield* collect(delayed(first)(left)), 1)
            assert.strictEqual(runs, 2)
          })
        )
      })
  )

  inOwnEngine("is lost if what it was computed from is longer than `lineage` allows", (own) =>
    Effect.gen(function*() {
      const spillDirectory = yield* folder
      yield* own(
        { ...options, spillDirectory, lineage: 2000 },
        Effect.gen(function*() {
          const chain = (length: number) => {
            let xs = delayed(a.allocOnly)(N)
            for (let i = 0; i < length; i++) xs = delayed((ys: Float64Array) => ys.map((y) => y))(xs)
            return xs
          }
          const [short, long] = yield* compute([chain(3), chain(30)])
          yield* pressOut
          damage(spillDirectory)
          assert.strictEqual((yield* Chunk.get(short))[N - 1], N - 1)
          assert.match(lossOf(yield* Effect.exit(Chunk.get(long))).message, /more than 2000 bytes of lineage/)
        })
      )
    }))

  inOwnEngine("that several tasks made as one is computed anew by them", (own) =>
    Effect.gen(function*() {
      const spillDirectory = yield* folder
      yield* own(
        { ...options, spillDirectory, fuse: true },
        Effect.gen(function*() {
          let runs = 0
          const fill = (n: number) => {
            runs++
            return new Float64Array(N).fill(n)
          }
          const doubled = (xs: Float64Array) => xs.map((x) => 2 * x)
          const chunk = yield* compute(delayed(doubled)(delayed(doubled)(delayed(fill)(3))))
          yield* pressOut
          damage(spillDirectory)
          assert.strictEqual(yield* collect(delayed((xs: Float64Array) => xs[7])(chunk)), 12)
          assert.strictEqual(runs, 2)
        })
      )
    }))

  inOwnEngine("is computed anew through 5000 tasks that are gone", (own) =>
    Effect.gen(function*() {
      const spillDirectory = yield* folder
      yield* own(
        { ...options, spillDirectory },
        Effect.gen(function*() {
          let number = delayed((n: number) => n)(0)
          for (let i = 0; i < 5000; i++) number = delayed((n: number) => n + 1)(number)
          const chunk = yield* compute(delayed((n: number) => new Float64Array(N).fill(n))(number))
          yield* pressOut
          damage(spillDirectory)
          assert.strictEqual((yield* Chunk.get(chunk))[7], 5000)
        })
      )
    }))

  inOwnEngine(
    "made by a spawned task from another that was given up is computed anew with that",
    (own) =>
      Effect.gen(function*() {
        const spillDirectory = yield* folder
        yield* own(
          { ...options, spillDirectory },
          Effect.gen(function*() {
            const second = yield* Effect.scoped(Effect.gen(function*() {
              const first = yield* spawn(a.allocOnly, N)
              const detached = yield* spawnWith({ detached: true })((xs: Float64Array) => xs.map((x) => 2 * x), first)
              yield* Spawned.wait(detached)
              return detached
            }))
            yield* pressOut
            damage(spillDirectory)
            assert.strictEqual((yield* Spawned.fetch(second))[N - 1], 2 * (N - 1))
          })
        )
      })
  )
})
