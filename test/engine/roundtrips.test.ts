// One small task after the other: who waits looks for what comes next (transport/Lookout.ts), and whatever else wants a
// turn of an event loop, here and on the thread, still gets it.
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { Engine, spawn, Spawned } from "poniard"
import { expect } from "vitest"
import { ticked } from "./modules/ticking.ts"

const once = Effect.scoped(Effect.flatMap(spawn(ticked), Spawned.fetch))

it.live("round trips without a pause leave both event loops their turns", () =>
  Effect.gen(function*() {
    const from = yield* once
    let here = 0
    const clock = setInterval(() => here++, 5)
    let trips = 0
    let last = from
    for (const until = performance.now() + 400; performance.now() < until; trips++) last = yield* once
    clearInterval(clock)
    expect(trips).toBeGreaterThan(100)
    expect(here).toBeGreaterThan(10)
    expect(last - from).toBeGreaterThan(10)
  }).pipe(Effect.provide(Engine.layer({ threads: 1 }))))
