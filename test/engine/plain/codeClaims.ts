// How code gets to a worker: what kinds of functions there are, and where they find their services.
import { Context, Effect, Schedule } from "effect"
import assert from "node:assert/strict"
import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import { collect, delayed, spawn, Spawned, Task } from "poniard"
import { plain, size } from "../modules/badLayer.ts"
import { add, builds, fail, later, reject, scoped, square, sum, where } from "../modules/kinds.ts"
import { causeOf, type Claims, failsWith, thrownBy } from "./Claim.ts"

const resolve = (specifier: string): string => pathToFileURL(createRequire(import.meta.url).resolve(specifier)).href

const unaware = Task.fromModule<typeof import("../modules/unaware.ts")>(
  new URL("../modules/unaware.ts", import.meta.url)
)
const globs = Task.fromModule<{ readonly isMatch: (text: string, glob: string) => boolean }>(resolve("picomatch"))
const strings = Task.fromModule<typeof import("effect/String")>(resolve("effect/String"))

class Rate extends Context.Service<Rate, { readonly of: (x: number) => number }>()("test/Rate") {}

const kinds: Claims = {
  "a plain function, a Promise and an Effect each give their value": () =>
    Effect.gen(function*() {
      const values = yield* collect({
        plain: delayed(square)(7),
        optional: delayed(sum)([1, 2, 3]),
        given: delayed(sum)([1, 2, 3], "all"),
        promise: delayed(later)(7),
        effect: delayed(fail)(0),
        scoped: delayed(scoped)(1)
      })
      assert.deepEqual(values, { plain: 49, optional: "sum 6", given: "all 6", promise: 8, effect: 0, scoped: 1 })
    }),

  "task functions are still functions": () => Effect.sync(() => assert.equal(square(add(1, 2)), 9)),

  "a rejection is a throw, an Effect's failure is itself": () =>
    Effect.gen(function*() {
      const rejected = yield* failsWith(collect(delayed(reject)("too much")), "TaskFailed")
      assert.ok(rejected.cause instanceof RangeError)
      assert.equal(rejected.cause.message, "too much")
      assert.match(String(rejected.cause.stack), /kinds\.ts/)
      const [reason] = (yield* causeOf(collect(delayed(fail)(3)))).reasons
      assert.ok(reason._tag === "Fail" && reason.error === "no 3")
    }),

  "a task knows its number and its thread, and that somebody wants it": () =>
    Effect.gen(function*() {
      const here = yield* collect(delayed(where)())
      assert.equal(typeof here.id, "number")
      assert.match(String(here.processor), /^(thread|bytes) \d+$/)
      assert.ok(here.thread > 0)
      assert.equal(here.cancelled, false)
      assert.deepEqual([Task.id, Task.processor, Task.isCancelled()], [undefined, undefined, false])
    }),

  "a layer is built once for each worker": () =>
    Effect.gen(function*() {
      const counts = yield* collect(Array.from({ length: 40 }, () => delayed(builds)()))
      assert.deepEqual([...new Set(counts)], [1])
    }),

  "a layer that does not build is TaskFailed, and the next task tries again": () =>
    Effect.gen(function*() {
      const handle = yield* spawn(size)
      const failed = yield* failsWith(Spawned.fetch(handle), "TaskFailed")
      assert.match(failed.message, /the layer of file:.*badLayer\.ts could not be built/)
      const cause = (failed.cause as Error).cause as { readonly _tag: string; readonly port: number }
      assert.deepEqual([cause._tag, cause.port], ["NoConnection", 5432])
      assert.equal(yield* collect(delayed(plain)()), "no service needed")
      assert.equal(yield* collect(delayed(size, { retry: Schedule.recurs(2) })()), 3)
    })
}

const sources: Claims = {
  "Task.fromModule takes a module that does not know Poniard, its default export too": () =>
    Effect.gen(function*() {
      assert.deepEqual(yield* collect([delayed(unaware.triple)(5), delayed(unaware.wait)(5)]), [15, 5])
      const { half } = Task.fromModule<{ readonly half: (x: number) => number }>(
        new URL("../modules/unaware.ts", import.meta.url)
      )
      assert.equal(yield* collect(delayed(half)(5)), 2.5)
      assert.match(thrownBy(() => unaware.triple(5)).message, /run it with delayed\(triple\)/)
    }),

  "Task.fromModule takes npm packages, CommonJS or not": () =>
    Effect.gen(function*() {
      assert.equal(yield* collect(delayed(globs.isMatch)("src/a.ts", "src/*.ts")), true)
      assert.equal(yield* collect(delayed(strings.capitalize)("poniard")), "Poniard")
    }),

  "Task.inline ships a closed function's source": () =>
    Effect.gen(function*() {
      const cube = Task.inline((x: number) => x ** 3)
      const wait = Task.inline(async function(this: unknown, x: number) {
        await new Promise((resolve) => setTimeout(resolve, 1))
        return [x, this === undefined, typeof Buffer]
      })
      assert.equal(yield* collect(delayed(cube)(3)), 27)
      assert.equal(cube(2), 8)
      assert.deepEqual(yield* collect(delayed(wait)(3)), [3, true, "function"])
      const free = Task.inline((x: number) => x + Number(globs))
      assert.match((yield* failsWith(collect(delayed(free)(3)), "TaskFailed")).message, /globs.* is not defined/)
    }),

  "what has no source of its own is refused where it is given": () =>
    Effect.sync(() => {
      const object = {
        method: (x: number) => x,
        short(x: number) {
          return x
        }
      }
      const reasons = [
        () => Task.inline(object.method.bind(object)),
        () => Task.inline(Math.max),
        () =>
          Task.inline(function*() {
            yield 1
          }),
        () => Task.inline(object.short)
      ].map((call) => thrownBy(call))
      assert.deepEqual(reasons.map(({ _tag }) => _tag), Array.from({ length: 4 }, () => "GraphInvalid"))
      assert.match(reasons[0].message, /bound function/)
      assert.match(reasons[1].message, /native/)
      assert.match(reasons[2].message, /generator/)
      assert.match(reasons[3].message, /[Mm]ethods/)
    })
}

const here: Claims = {
  "a closure runs on this thread with everything around it": () =>
    Effect.gen(function*() {
      const seen: Array<number> = []
      const p = delayed(square)(4)
      const q = delayed((x: number, label: string) => {
        seen.push(x)
        return { label, of: new Map([[x, seen]]) }
      })(p, "it")
      const value = yield* collect(delayed(add)(delayed((m: { readonly label: string }) => m.label.length)(q), 1))
      assert.deepEqual([value, seen], [3, [16]])
    }),

  "an Effect closure has the services of whoever collects it": () =>
    Effect.gen(function*() {
      const rated = delayed((x: number) => Rate.use(({ of }) => Effect.succeed(of(x))))
      const value = collect(delayed(add)(rated(delayed(square)(3)), 1))
      const [double, triple] = yield* Effect.all([
        Effect.provideService(value, Rate, { of: (x) => x * 2 }),
        Effect.provideService(collect(delayed(add)(rated(delayed(square)(3)), 1)), Rate, { of: (x) => x * 3 })
      ], { concurrency: "unbounded" })
      assert.deepEqual([double, triple], [19, 28])
    }),

  "a Promise of a closure is awaited, its rejection is TaskFailed": () =>
    Effect.gen(function*() {
      assert.equal(yield* collect(delayed((x: number) => Promise.resolve(x + 1))(1)), 2)
      const failed = yield* failsWith(
        collect(delayed(() => Promise.reject(new Error("no")), { name: "reader" })()),
        "TaskFailed"
      )
      assert.match(failed.message, /Task "reader" failed \(fiber \d+, attempt 1\): Error: no/)
    })
}

/** The claims of this file. */
export const codeClaims: Claims = { ...kinds, ...sources, ...here }
