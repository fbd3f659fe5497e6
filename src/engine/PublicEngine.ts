// The name `Engine` as users know it: the service, with the layers that make it and the ways to look into it.
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { EngineKey } from "../graph/EngineService.ts"
import type { AnyHandle } from "../graph/types.ts"
import type { EngineSnapshot } from "./EngineSnapshot.ts"
import type { Turn } from "./Journal.ts"
import { layer } from "./layer.ts"
import { layerConfig } from "./layerConfig.ts"
import { layerTest } from "./layerTest.ts"

type InEngine<A> = Effect.Effect<A, never, typeof EngineKey.Identifier>

const operations = {
  /**
   * An engine of this process: worker threads, a budget for what chunks occupy in memory, a folder for what does not fit.
   * All of it ends with the Layer's Scope. A wrong option is refused at the call with GraphInvalid and its name.
   *
   * @example
   * const program = collect(delayed(square)(6))
   *
   * yield* program.pipe(Effect.provide(Engine.layer({ threads: 2, memory: "64 MiB" }))) // => 36
   *
   * @example
   * import { tmpdir } from "node:os"
   *
   * // in another process, later: the same, and square does not run
   * const lasting = Engine.layer({ threads: 2, checkpoint: { directory: `${tmpdir()}/squares`, keep: "success" } })
   *
   * yield* collect(delayed(square, { checkpoint: true })(6)).pipe(Effect.provide(lasting)) // => 36
   */
  layer,

  /**
   * `Engine.layer` with its options from Effect's Config, by default the environment: PONIARD_THREADS and PONIARD_FIBERS
   * (numbers), PONIARD_MEMORY, PONIARD_HEAP and PONIARD_LINEAGE (as "512 MiB"), PONIARD_SPILL_DIR, PONIARD_CHECK,
   * PONIARD_FUSE; PONIARD_CHECKPOINT_DIR, and with it PONIARD_CHECKPOINT_KEEP ("forever", "success" or a size) and
   * PONIARD_CHECKPOINT_DURABLE. Options given here go before those. Fails with a ConfigError if one cannot be read.
   *
   * @example
   * const env = { PONIARD_THREADS: "1", PONIARD_MEMORY: "64 MiB" }
   *
   * yield* collect(delayed(square)(6)).pipe(
   *   Effect.provide(Engine.layerConfig({ check: true })),
   *   Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
   * ) // => 36
   */
  layerConfig,

  /**
   * An engine for tests: the functions themselves, on this thread, on simulated processors in virtual time, with faults
   * from a seed. A test of hours takes milliseconds and fails the same way every time. Functions that write to their
   * inputs are found unless `check` is false.
   *
   * @example
   * const flaky = Engine.layerTest({ seed: 7, processors: 3, duration: () => 60_000, loss: 0.1 })
   *
   * yield* collect(delayed(square).map([1, 2, 3])).pipe(Effect.provide(flaky)) // => [1, 4, 9]
   */
  layerTest,

  /**
   * Every turn of the scheduler from now on: what happened, and the commands that it caused, as plain data. Costs
   * nothing while nobody reads.
   *
   * @example
   * const firstFinished = Engine.events.pipe(
   *   Stream.flatMap(({ events }) => Stream.fromIterable(events)),
   *   Stream.filter(({ _tag }) => _tag === "finished"),
   *   Stream.runHead
   * )
   * const fiber = yield* Effect.forkScoped(firstFinished, { startImmediately: true })
   * yield* collect(delayed(square)(3))
   *
   * Option.isSome(yield* Fiber.join(fiber)) // => true
   */
  events: Stream.unwrap(Effect.map(EngineKey, (engine) => engine.events)) as Stream.Stream<
    Turn,
    never,
    typeof EngineKey.Identifier
  >,

  /**
   * How the engine is right now, in numbers: tasks by state, bytes by place, processors. After everything that the caller
   * has asked for so far was taken in.
   *
   * @example
   * const before = yield* Engine.snapshot
   * yield* collect(delayed(square).map([1, 2, 3]))
   * const { memory, tasks } = yield* Engine.snapshot
   *
   * tasks.done - before.tasks.done // => 3
   * memory.storeBytes <= memory.budgetBytes // => true
   */
  snapshot: Effect.flatMap(EngineKey, (engine) => engine.snapshot) as InEngine<EngineSnapshot>,

  /**
   * Why a task is not running, as text for people; without a handle a line for each task that is not settled, 50 at most.
   *
   * @example
   * yield* Engine.explain() // => "nothing is waiting, ready or running"
   *
   * const p = yield* spawn(forever)
   * const q = yield* spawn(add, p, 1)
   * const why = yield* Engine.explain(q)
   *
   * why.includes("is waiting for \"forever\"") // => true
   */
  explain: (handle?: AnyHandle): InEngine<string> =>
    Effect.flatMap(EngineKey, (engine) => engine.explain(handle as never))
}

/** The engine: `Engine.layer` makes one, the verbs find it in the context, and the rest looks into the one in scope. */
export const Engine = Object.assign(EngineKey, operations)
/** What the verbs require, and the layers provide. */
export type Engine = typeof EngineKey.Identifier
