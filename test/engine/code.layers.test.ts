// The life of a task module's layer: built once for each worker that runs an Effect of it, closed with the engine; and
// once for the engine where there are no threads.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { collect, delayed, Engine } from "poniard"
import { folder, linesOf } from "./files.ts"
import { size } from "./modules/badLayer.ts"
import { builds, square } from "./modules/kinds.ts"
import { guarded, transports } from "./overTransports.ts"
import { failsWith } from "./plain/Claim.ts"

/** What happened to the layer, as lines of what and where, while `body` ran in an engine of its own. */
const layerLife = (options: Parameters<typeof Engine.layer>[0], body: Effect.Effect<unknown, unknown, Engine>) =>
  Effect.gen(function*() {
    const file = join(yield* folder, "layers")
    process.env["PONIARD_TEST_LAYERS"] = file
    yield* guarded(body).pipe(Effect.provide(Engine.layer({ memory: "16 MiB", check: true, ...options })))
    delete process.env["PONIARD_TEST_LAYERS"]
    return linesOf(file)
  })

const many = Effect.gen(function*() {
  const counts = yield* collect(Array.from({ length: 50 }, () => delayed(builds)()))
  assert.strictEqual(counts.length, 50)
})

const threadsOf = (lines: ReadonlyArray<string>, what: string): Array<string> =>
  lines.filter((line) => line.startsWith(`${what} `)).map((line) => line.slice(what.length + 1)).sort()

describe("a module's layer", () => {
  it.live.each([...transports])(
    "is built once for each worker and closed with the engine (%s)",
    (transport) =>
      Effect.gen(function*() {
        const lines = yield* layerLife({ threads: 2, transport }, many)
        const built = threadsOf(lines, "built")
        assert.isAtLeast(built.length, 1)
        assert.deepStrictEqual(built, [...new Set(built)])
        assert.deepStrictEqual(threadsOf(lines, "closed"), built)
      })
  )

  it.live("is not built for plain functions", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* layerLife({ threads: 1 }, collect(delayed(square)(2))), [])
    }))

  it.live("is built once for an engine without threads, and closed with it", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* layerLife({ threads: 0 }, many), ["built 0", "closed 0"])
    }))

  it.live("that does not build is TaskFailed without threads too, and is tried again", () =>
    Effect.gen(function*() {
      const failed = yield* failsWith(collect(delayed(size)()), "TaskFailed")
      assert.match(failed.message, /could not be built/)
      assert.strictEqual(yield* collect(delayed(size)()), 3)
    }).pipe(guarded, Effect.provide(Engine.layer({ threads: 0, memory: "16 MiB" }))))
})
