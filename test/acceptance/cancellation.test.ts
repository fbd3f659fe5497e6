// Acceptance 2.12: cancelled tasks, and engines that are closed while they work.
import { assert, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Scope } from "effect"
import { collect, delayed, Engine, spawn, Spawned, spawnWith, TaskCancelled } from "poniard"
import { makeGate } from "../engine/files.ts"
import { overTransports, transports } from "../engine/overTransports.ts"
import { hold, never } from "./modules/held.ts"
import { add, inc } from "./modules/values.ts"

overTransports("a cancelled task", {}, (test) => {
  test("CA-1: that was just spawned is done at once, and fails with TaskCancelled", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      for (const p of [yield* spawn(hold, gate.began, gate.gate, 1), yield* spawn(never, gate.began)]) {
        yield* Spawned.cancel(p)
        yield* Spawned.wait(p)
        assert.isTrue(yield* Spawned.isReady(p))
        assert.instanceOf(yield* Effect.flip(Spawned.fetch(p)), TaskCancelled)
      }
      assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
    }))

  test("CA-2: that runs already is done at once, and its function is told", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const both = [yield* spawn(hold, gate.began, gate.gate, 1), yield* spawn(never, gate.began)]
      yield* gate.hasBegun(2)
      for (const p of both) {
        assert.isFalse(yield* Spawned.isReady(p))
        yield* Spawned.cancel(p)
        assert.instanceOf(yield* Effect.flip(Spawned.fetch(p)), TaskCancelled)
      }
      yield* gate.wasCancelled(1)
      assert.strictEqual(yield* collect(delayed(inc)(1)), 2)
    }))
})

for (const transport of transports) {
  it.live(`CA-4: closing the engine ends whoever waits for its tasks; the next one works (${transport})`, () =>
    Effect.scoped(Effect.gen(function*() {
      const gate = yield* makeGate
      const layer: Layer.Layer<Engine> = Engine.layer({ threads: 2, memory: "16 MiB", transport })
      const life = yield* Scope.make()
      const first = yield* Layer.buildWithScope(layer, life)
      const running = yield* spawnWith({ detached: true })(hold, gate.began, gate.gate, 1).pipe(Effect.provide(first))
      const dependent = yield* spawnWith({ detached: true })(inc, running).pipe(Effect.provide(first))
      const waiting = yield* Effect.forEach(
        [Spawned.fetch(running), Spawned.fetch(dependent), collect(delayed(never)(gate.began))],
        (wait) => Effect.forkChild(Effect.provide(wait, first), { startImmediately: true })
      )
      yield* gate.hasBegun(2)
      yield* Scope.close(life, Exit.void)
      const exits = yield* Effect.forEach(waiting, (fiber) => Fiber.await(fiber)).pipe(Effect.timeout("5 seconds"))
      assert.lengthOf(exits, 3)
      for (const exit of exits) assert.match(String(exit), /^Failure.*the engine is closed: its Scope has ended/)

      const sum = Effect.scoped(Effect.flatMap(spawn(add, 1, 1), Spawned.fetch))
      assert.strictEqual(yield* Effect.provide(sum, layer), 2)
    })))
}
