// What the suites of the engine share: each runs over every transport, with one engine for the whole suite. A test that
// hangs prints why; after each test the engine must be empty again: no chunk, no byte, no attempt.
import { assert, it, layer } from "@effect/vitest"
import { Effect, type Layer, Schedule, type Scope } from "effect"
import { Engine } from "poniard"
import type { EngineOptions } from "../../src/engine/options.ts"
import { describeEngine, unlessItHangs } from "./hangs.ts"

export { unlessItHangs } from "./hangs.ts"

/** How engines may talk to their threads. */
export const transports = ["thread", "bytes"] as const

/** One of them. */
export type TransportName = typeof transports[number]

/** Declares a test in the engine of its suite. */
export type EngineTest = (name: string, body: () => Effect.Effect<unknown, unknown, Engine | Scope.Scope>) => void

/** Nothing is left of what was done so far: waits for it, and fails with what there is if it does not come about. */
export const emptied: Effect.Effect<void, never, Engine> = Effect.gen(function*() {
  const { memory, processors, tasks } = yield* Engine.snapshot
  const left = {
    chunks: memory.chunks,
    residentBytes: memory.residentBytes,
    reservedBytes: memory.reservedBytes,
    slabBytes: memory.slabBytes - memory.roomBytes,
    waiting: tasks.waiting,
    ready: tasks.ready,
    running: tasks.running,
    attempts: processors.reduce((sum, { sent, suspended }) => sum + sent + suspended, 0)
  }
  return Object.values(left).every((n) => n === 0) ? undefined : JSON.stringify(left)
}).pipe(
  Effect.filterOrFail((left) => left === undefined, (left) => left),
  Effect.retry(Schedule.upTo(Schedule.spaced("2 millis"), { times: 2000 })),
  Effect.catch((left) =>
    Effect.flatMap(describeEngine, (why) => Effect.sync(() => assert.fail(`${left} is left\n${why}`)))
  ),
  Effect.asVoid
)

/** A test body in a Scope of its own, that may not hang and may leave nothing behind. */
export const guarded = <A, E, R>(
  body: Effect.Effect<A, E, R>
): Effect.Effect<void, E, Exclude<R, Scope.Scope> | Engine> =>
  Effect.andThen(unlessItHangs(Effect.scoped(body)), emptied)

/** Runs a suite over every transport: two threads and 16 MiB unless `options` say otherwise, with `check`. */
export const overTransports = (
  title: string,
  options: EngineOptions,
  suite: (test: EngineTest, transport: TransportName) => void
): void => {
  for (const transport of transports) {
    const engine: Layer.Layer<Engine> = Engine.layer({
      threads: 2,
      memory: "16 MiB",
      check: true,
      transport,
      ...options
    })
    layer(engine, { excludeTestServices: true })(`${title} (${transport})`, (it) => {
      suite((name, body) => it.effect(name, () => guarded(body())), transport)
    })
  }
}

/** Runs a test in an engine of its own, over each transport; `timeoutMs`: more than is usual. */
export const inOwnEngine = (
  name: string,
  body: (own: OwnEngine, transport: TransportName) => Effect.Effect<unknown, unknown, Scope.Scope>,
  timeoutMs?: number
): void => {
  for (const transport of transports) {
    it.live(`${name} (${transport})`, () =>
      Effect.scoped(body((options, use) => {
        const engine: Layer.Layer<Engine> = Engine.layer({
          threads: 2,
          memory: "16 MiB",
          check: true,
          transport,
          ...options
        })
        return Effect.provide(unlessItHangs(Effect.scoped(use)), engine)
      }, transport)), timeoutMs)
  }
}

/** Builds an engine, runs something in it and closes it. */
export type OwnEngine = <A, E>(
  options: EngineOptions,
  use: Effect.Effect<A, E, Engine | Scope.Scope>
) => Effect.Effect<A, E>
