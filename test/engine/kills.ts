// What the suites of killed threads share: engines of their own, since their threads die, and checks that after it all
// the engine has as many as before, runs the next task and holds nothing.
import { assert } from "@effect/vitest"
import { Effect, Schedule, type Scope } from "effect"
import { join } from "node:path"
import { collect, delayed, Engine } from "poniard"
import type { EngineOptions } from "../../src/engine/options.ts"
import { folder, linesOf, until } from "./files.ts"
import { unlessItHangs } from "./hangs.ts"
import { square } from "./modules/kinds.ts"
import { emptied } from "./overTransports.ts"

/** Ids of the engine's threads, in order. */
export const threadsNow = Effect.map(
  Engine.snapshot,
  ({ processors }) => processors.filter(({ kind }) => kind !== "fiber").map(({ id }) => id).sort((a, b) => a - b)
)

/** Waits until as many threads run as there should. */
export const restored = (threads: number) =>
  threadsNow.pipe(
    Effect.repeat({ schedule: Schedule.spaced("2 millis"), until: (ids) => ids.length === threads }),
    Effect.timeout("20 seconds")
  )

/** A file in which tasks mark what they do. */
export const marks = Effect.map(folder, (path) => {
  const file = join(path, "marks")
  return { file, lines: () => linesOf(file), has: (count: number) => until(() => linesOf(file).length >= count) }
})

/**
 * Runs a body in an engine of its own that must be whole and empty afterwards. These tests run beside each other, and a
 * heap takes its time to fill: they may take a minute, and say why if they take longer.
 */
export const survives = <A, E>(
  options: EngineOptions & { readonly threads: number },
  body: Effect.Effect<A, E, Engine | Scope.Scope>
): Effect.Effect<void, E | unknown> =>
  Effect.gen(function*() {
    yield* Effect.scoped(body)
    assert.deepStrictEqual(yield* collect(delayed(square).map([1, 2, 3, 4])), [1, 4, 9, 16])
    yield* restored(options.threads)
  }).pipe(
    (whole) => unlessItHangs(whole, "60 seconds"),
    Effect.andThen(emptied),
    Effect.provide(Engine.layer({ memory: "16 MiB", check: true, ...options }))
  )
