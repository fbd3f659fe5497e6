// The name `Engine` as users know it: the service, with the layers that make it and the ways to look into it.
import { Effect, Stream } from "effect"
import type { AnyHandle } from "../graph/types.ts"
import { EngineKey } from "../graph/EngineService.ts"
import type { Turn } from "./Journal.ts"
import { layer } from "./layer.ts"
import { layerConfig } from "./layerConfig.ts"
import { layerTest } from "./layerTest.ts"
import type { EngineSnapshot } from "./EngineSnapshot.ts"

/** Looks into the engine in scope. */
const looks = {
  /** Every turn of the scheduler from now on: events with the commands that they caused. */
  events: Stream.unwrap(Effect.map(EngineKey, (engine) => engine.events)) as Stream.Stream<Turn, never, typeof EngineKey.Identifier>,
  /** How it is right now, in numbers. */
  snapshot: Effect.flatMap(EngineKey, (engine) => engine.snapshot) as Effect.Effect<EngineSnapshot, never, typeof EngineKey.Identifier>,
  /** Why a task is not running; without a handle: everything that waits. */
  explain: (handle?: AnyHandle): Effect.Effect<string, never, typeof EngineKey.Identifier> =>
    Effect.flatMap(EngineKey, (engine) => engine.explain(handle as never))
}

/** The engine: `Engine.layer` makes one, the verbs find it in the context. */
export const Engine = Object.assign(EngineKey, { layer, layerConfig, layerTest, ...looks })
/** The requirement of the verbs. */
export type Engine = typeof EngineKey.Identifier
