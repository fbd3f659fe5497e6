// The life of cached results beside that of what they were made from: what is released, failed, evicted or asked for
// twice. The option itself: cache.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, type Scope } from "effect"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { all, Chunk, collect, compute, delayed, Engine, Spawned, spawnWith } from "poniard"
import { folder, linesOf, until } from "./files.ts"
import { unlessItHangs } from "./hangs.ts"
import { boom, numbers, total } from "./modules4/steps.ts"
import { emptied, transports } from "./overTransports.ts"

const MiB = 2 ** 20
const N = MiB / 8
const cached = { cache: true } as const

const memory = Effect.map(Engine.snapshot, (snapshot) => snapshot.memory)

/** A test in an engine of its own on each transport. */
const test = (name: string, body: (log: string) => Effect.Effect<unknown, unknown, Engine | Scope.Scope>) => {
  for (const transport of transports) {
    it.live(`${name} (${transport})`, () =>
      Effect.scoped(Effect.flatMap(folder, (path) => body(join(path, "log")))).pipe(
        unlessItHangs,
        Effect.provide(Engine.layer({ threads: 2, memory: 6 * MiB, check: true, transport }))
      ))
  }
}

/** More than the budget, of what is dropped and never written; what is left in memory comes from here. */
const pressure = (log: string) =>
  Effect.forEach(
    Array.from({ length: 12 }, (_, i) => 1000 + i),
    (from) => collect(delayed(total)(log, [delayed(numbers, cached)(log, N, from)])),
    { discard: true }
  )

class Base extends Context.Service<Base, { readonly base: number }>()("Base") {}

describe("a cached result", () => {
  test("of a Chunk is not lost when that is released: it is written, not dropped", (log) =>
    Effect.gen(function*() {
      const xs = yield* Chunk.put(new Float64Array(N).fill(2))
      const plus = (one: Float64Array) => one.map((x) => x + 1)
      const direct = yield* compute(delayed(plus, cached)(xs))
      const behind = yield* compute(delayed(plus, cached)(delayed(plus)(xs)))
      const joined = yield* compute(delayed(([one]: ReadonlyArray<Float64Array>) => plus(one), cached)(all([xs])))
      yield* Chunk.release(xs)
      // Five of six MiB are read by one task: of the three, two must go.
      const five = [1, 2, 3, 4, 5].map((from) => delayed(numbers, cached)(log, N, from))
      yield* collect(delayed(total)(log, five))
      assert.isAtLeast((yield* memory).spilledBytes, MiB)
      for (const [chunk, first] of [[direct, 3], [behind, 4], [joined, 3]] as const) {
        assert.strictEqual((yield* Chunk.get(chunk))[0], first)
        assert.strictEqual(yield* collect(delayed(total)(log, [chunk])), N * first)
      }
    }))

  test("that was given to a second asker is not written for that one either", (log) =>
    Effect.gen(function*() {
      const ask = () => compute(delayed(numbers, cached).map([log, log, log], N, 5))
      yield* ask()
      const again = yield* ask()
      yield* pressure(log)
      for (const chunk of again) assert.strictEqual((yield* Chunk.get(chunk))[1], 6)
      assert.strictEqual(yield* collect(delayed(total)(log, [again[2]])), N * 5 + N * (N - 1) / 2)
      assert.strictEqual((yield* memory).spilledBytes, 0)
    }))

  test("that failed is computed by the next asker, though somebody still holds the failed one", (log) =>
    Effect.gen(function*() {
      const failed = yield* spawnWith(cached)(boom, log)
      yield* Spawned.wait(failed)
      assert.strictEqual((yield* Effect.flip(collect(delayed(boom, cached)(log))))._tag, "TaskFailed")
      assert.strictEqual((yield* Effect.flip(Spawned.fetch(failed)))._tag, "TaskFailed")
      assert.deepStrictEqual(linesOf(log), ["boom", "boom"])
    }))

  test("of a closure is computed anew with the services that it was computed with", (log) =>
    Effect.gen(function*() {
      let runs = 0
      const from = (n: number) =>
        Base.use(({ base }) => Effect.sync(() => ++runs > 0 ? new Float64Array(N).fill(base + n) : new Float64Array()))
      const ask = Effect.provideService(compute(delayed(from, cached)(1)), Base, { base: 10 })
      const [first, second] = [yield* ask, yield* ask]
      assert.strictEqual(runs, 1)
      yield* pressure(log)
      assert.strictEqual((yield* Chunk.get(first))[0], 11)
      assert.strictEqual(yield* collect(delayed(total)(log, [second])), N * 11)
      assert.isAbove(runs, 1)
    }))

  test("is not computed on when nobody waits for it any more, and the next asker computes it", () =>
    Effect.gen(function*() {
      const [begun, ended] = [new Array<number>(), new Array<number>()]
      const slow = (n: number) =>
        Effect.andThen(
          Effect.sync(() => begun.push(n)),
          begun.length === 0
            ? Effect.onInterrupt(Effect.never, () => Effect.sync(() => ended.push(n)))
            : Effect.succeed(n)
        )
      const asking = yield* Effect.forkChild(collect(delayed(slow, cached)(7)), { startImmediately: true })
      yield* until(() => begun.length === 1)
      yield* Fiber.interrupt(asking)
      yield* until(() => ended.length === 1)
      yield* emptied
      assert.deepStrictEqual([yield* collect(delayed(slow, cached)(7)), yield* collect(delayed(slow, cached)(7))], [
        7,
        7
      ])
      assert.deepStrictEqual(begun, [7, 7])
    }))

  test("of a join is the same for another join of the same", (log) =>
    Effect.gen(function*() {
      const [a, b] = [delayed(numbers)(log, 4, 1), delayed(numbers)(log, 4, 2)]
      const sum = ({ p, q }: { readonly p: Float64Array; readonly q: Float64Array }) => p[0] + 2 * q[0]
      let runs = 0
      const counted = (of: { readonly p: Float64Array; readonly q: Float64Array }) => ({ runs: ++runs, sum: sum(of) })
      const ask = (p: typeof a, q: typeof a) => collect(delayed(counted, cached)(all({ p, q })))
      assert.deepStrictEqual(yield* ask(a, b), { runs: 1, sum: 5 })
      assert.deepStrictEqual(yield* ask(a, b), { runs: 1, sum: 5 })
      assert.deepStrictEqual(yield* ask(b, a), { runs: 2, sum: 4 })
    }))

  test("is found through thousands of others as fast as they are made", (log) =>
    Effect.gen(function*() {
      let runs = 0
      const step = (x: number) => {
        runs++
        return x + 1
      }
      let last = delayed(step, cached)(0)
      for (let i = 1; i < 3000; i++) last = delayed(step, cached)(last)
      assert.deepStrictEqual([yield* collect(last), yield* collect(last), runs], [3000, 3000, 3000])
      assert.strictEqual(yield* collect(delayed(total)(log, [])), 0)
    }))

  test("holds nothing of its inputs when it was released", (log) =>
    Effect.gen(function*() {
      setFlagsFromString("--expose-gc")
      const collectGarbage = runInNewContext("gc") as () => void
      const ask = Effect.scoped(Effect.gen(function*() {
        const input = new Float64Array(4 * N).fill(1)
        const sum = yield* spawnWith(cached)(total, log, [input])
        assert.strictEqual(yield* Spawned.fetch(sum), 4 * N)
        yield* Spawned.release(sum)
        return new WeakRef(input)
      }))
      const input = yield* ask
      yield* emptied
      yield* until(() => {
        collectGarbage()
        return input.deref() === undefined
      })
    }))
})
