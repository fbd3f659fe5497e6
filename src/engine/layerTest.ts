// An engine for tests: the functions themselves on simulated processors, in virtual time, with faults from a seed.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { EngineKey } from "../graph/EngineService.ts"
import { refuse } from "../graph/refuse.ts"
import { seeded, simulatedProcessor } from "../processor/simulated.ts"
import { VirtualClock } from "../processor/VirtualClock.ts"
import { layer } from "./layer.ts"

/** What `Engine.layerTest` takes; every field may be left out. */
export interface TestOptions {
  /** The same seed gives the same durations, faults and order. Default: 1. */
  readonly seed?: number
  /** Simulated processors, each of which runs one task at a time. Default: 2. */
  readonly processors?: number
  /** What chunks may occupy in memory. Default: 64 MiB. */
  readonly memory?: number | string
  /** Virtual ms that a task of that name takes, besides what it sleeps itself. Default: between 0 and 2. */
  readonly duration?: (name: string, random: () => number) => number
  /** Probability, for each attempt, that its processor is lost while it runs. Default: 0. */
  readonly loss?: number
  /** Finds functions that write to their inputs. Default: true. */
  readonly check?: boolean
  /** Runs tasks that follow each other as one, as `Engine.layer({ fuse })` does. Default: false. */
  readonly fuse?: boolean
}

/**
 * An engine whose processors are simulated: tasks run on this thread, time is virtual and passes by itself, processors
 * are lost when the seed says so. A test of hours takes milliseconds, and fails the same way every time.
 */
export const layerTest = (options: TestOptions = {}): Layer.Layer<typeof EngineKey.Identifier> => {
  const { check = true, fuse = false, loss = 0, memory = "64 MiB", processors = 2, seed = 1 } = options
  if (!Number.isSafeInteger(processors) || processors < 1) {
    throw refuse("GraphInvalid", {
      path: "Engine.layerTest: options.processors",
      reason: "expected a whole number, 1 or more"
    })
  }
  if (!(loss >= 0 && loss < 1)) {
    throw refuse("GraphInvalid", { path: "Engine.layerTest: options.loss", reason: "expected a probability below 1" })
  }
  const duration = options.duration ?? ((_, random) => random() * 2)
  return Layer.unwrap(Effect.sync(() => {
    const clock = new VirtualClock()
    const simulation = { clock, random: seeded(seed), duration, loss }
    const all = Array.from({ length: processors }, () => simulatedProcessor(simulation))
    return Layer.provide(layer({ memory, check, fuse, processors: all }), Layer.succeed(Clock.Clock, clock))
  }))
}
