// A test that hangs must print why: what its engine is doing. Nothing of vitest is here, as programs under plain Node
// need it too.
import { Console, type Duration, Effect } from "effect"
import { Engine } from "poniard"

/** What an engine waits for, and its numbers. */
export const describeEngine: Effect.Effect<string, never, Engine> = Effect.gen(function*() {
  const [why, snapshot] = [yield* Engine.explain(), yield* Engine.snapshot]
  return `${why}\n${JSON.stringify(snapshot)}`
})

const hang = (after: Duration.Input) =>
  Effect.gen(function*() {
    yield* Effect.sleep(after)
    const why = yield* describeEngine
    yield* Console.error(`a test hangs: ${why}`)
    return yield* Effect.die(new Error(`it did not end within ${String(after)}: ${why}`))
  })

/** Fails what takes too long, with what its engine is doing. Tests have 20 seconds in all if they do not say otherwise. */
export const unlessItHangs = <A, E, R>(
  body: Effect.Effect<A, E, R>,
  after: Duration.Input = "15 seconds"
): Effect.Effect<A, E, R | Engine> => Effect.raceFirst(body, hang(after))
