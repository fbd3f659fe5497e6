// Threads that sleep for room in the arena: ended with the engine or for a cancelled task, they leave nothing behind,
// and room that is found for a thread that is gone is free again.
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Stream } from "effect"
import { Engine, spawn, Spawned } from "poniard"
import { until } from "./files.ts"
import { marks, restored, survives } from "./kills.ts"
import { alloc, spins } from "./modules/killers.ts"
import { failsWith } from "./plain/Claim.ts"

/** One thread is busy for ever, so that another that asks for more than there is has something to hope for. */
const sleeping = Effect.gen(function*() {
  const busy = yield* marks
  const { file, has, lines } = yield* marks
  const endless = yield* spawn(spins, busy.file)
  yield* busy.has(1)
  const short = yield* Engine.events.pipe(
    Stream.filter(({ events }) => events.some(({ _tag }) => _tag === "pressure")),
    Stream.take(1),
    Stream.runDrain,
    Effect.forkScoped({ startImmediately: true })
  )
  const asks = yield* spawn(alloc, file, 24 * 2 ** 20)
  yield* has(1)
  yield* Fiber.join(short)
  assert.deepStrictEqual(lines(), ["asks"])
  return { endless, asks, lines }
})

describe("a thread that sleeps for room", { concurrent: true, timeout: 90_000 }, () => {
  it.live("ends with the engine, at once", () =>
    Effect.gen(function*() {
      let asleep = false
      const body = Effect.andThen(sleeping, Effect.andThen(Effect.sync(() => void (asleep = true)), Effect.never))
      const running = yield* Effect.forkChild(survives({ threads: 2 }, body))
      yield* until(() => asleep)
      const [took] = yield* Effect.timed(Fiber.interrupt(running))
      assert.isBelow(Duration.toMillis(took), 1500)
    }))

  it.live("is replaced when its task is cancelled, and holds nothing", () =>
    survives(
      { threads: 2 },
      Effect.gen(function*() {
        const before = yield* restored(2)
        const { asks, endless, lines } = yield* sleeping
        yield* Spawned.cancel(asks)
        yield* failsWith(Spawned.fetch(asks), "TaskCancelled")
        yield* Effect.sync(() => {}).pipe(
          Effect.andThen(restored(2)),
          Effect.repeat({ until: (ids) => ids.some((id) => !before.includes(id)) })
        )
        assert.deepStrictEqual(lines(), ["asks"])
        yield* Spawned.cancel(endless)
      })
    ))

  it.live("gets it, over the budget, when nothing else can ever make room", () =>
    survives(
      { threads: 2 },
      Effect.gen(function*() {
        const { asks, endless, lines } = yield* sleeping
        yield* Spawned.cancel(endless)
        assert.strictEqual(yield* Spawned.fetch(asks), 24 * 2 ** 20)
        assert.deepStrictEqual(lines(), ["asks", "has"])
        assert.isAtLeast((yield* Engine.snapshot).memory.overdrafts, 1)
      })
    ))

  it.live("is told that there is none, however much is spilled", () =>
    survives(
      { threads: 1 },
      Effect.gen(function*() {
        const { file } = yield* marks
        const error = yield* failsWith(Effect.flatMap(spawn(alloc, file, 5 * 2 ** 30), Spawned.fetch), "StoreFull")
        assert.deepStrictEqual([error.task, error.needed, error.budget], ["alloc", 5 * 2 ** 30, 16 * 2 ** 20])
      })
    ))
})
