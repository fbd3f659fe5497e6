// Classes of one identifier in two task modules: which of them a value is could not be told, so it is an error that
// names both, for a module that comes late and for an engine that is built later.
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Schema } from "effect"
import { collect, delayed, Engine, Task } from "poniard"
import { Point, same } from "./modules/crossing.ts"
import { failsWith } from "./plain/Claim.ts"

const engine = Engine.layer({ threads: 1, memory: "16 MiB" })

/** A class that is also called test/Point, with other fields. */
class Place extends Schema.Class<Place>("test/Point")({ street: Schema.String }) {}

describe("two classes of one identifier", () => {
  it.live("are GraphInvalid in a module that comes late, and keep an engine from being built", () =>
    Effect.gen(function*() {
      const point = new Point({ x: 3, y: 4 })
      yield* Effect.provide(
        Effect.gen(function*() {
          assert.deepStrictEqual(yield* collect(delayed(same)(point)), point)
          const { live } = Task.module(new URL("./modules/unaware.ts", import.meta.url).href, { live: () => 1 }, {
            schemas: [Place]
          })
          for (let i = 0; i < 2; i++) {
            const error = yield* failsWith(collect(delayed(live)()), "GraphInvalid")
            assert.match(
              error.message,
              /unaware\.ts: .*the classes Point and Place have the same identifier "test\/Point"/
            )
          }
          assert.deepStrictEqual(yield* collect(delayed(same)(point)), point)
        }),
        engine
      )
      const exit = yield* Effect.exit(Effect.provide(Effect.void, engine))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      assert.match(Cause.pretty((exit as Exit.Failure<void, never>).cause), /have the same identifier "test\/Point"/)
    }))
})
