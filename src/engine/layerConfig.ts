// The engine's options from the environment, through Effect's Config: PONIARD_THREADS, PONIARD_MEMORY,
// PONIARD_SPILL_DIR, PONIARD_CHECK and PONIARD_FUSE. What is not set has its default.
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { EngineKey } from "../graph/EngineService.ts"
import { layer } from "./layer.ts"
import type { EngineOptions } from "./options.ts"

const settings = Config.all({
  threads: Config.option(Config.Int("PONIARD_THREADS")),
  memory: Config.option(Config.String("PONIARD_MEMORY")),
  spillDirectory: Config.option(Config.String("PONIARD_SPILL_DIR")),
  check: Config.option(Config.Boolean("PONIARD_CHECK")),
  fuse: Config.option(Config.Boolean("PONIARD_FUSE"))
})

/**
 * `Engine.layer` with its options from Config: PONIARD_THREADS (a number), PONIARD_MEMORY (as "512 MiB"),
 * PONIARD_SPILL_DIR, PONIARD_CHECK and PONIARD_FUSE. Fails with a ConfigError if one cannot be read; `options` go before them.
 */
export const layerConfig = (
  options: EngineOptions = {}
): Layer.Layer<typeof EngineKey.Identifier, Config.ConfigError> =>
  Layer.unwrap(Effect.map(settings, (found) =>
    layer({
      ...Option.match(found.threads, { onNone: () => ({}), onSome: (threads) => ({ threads }) }),
      ...Option.match(found.memory, { onNone: () => ({}), onSome: (memory) => ({ memory }) }),
      ...Option.match(found.spillDirectory, { onNone: () => ({}), onSome: (spillDirectory) => ({ spillDirectory }) }),
      ...Option.match(found.check, { onNone: () => ({}), onSome: (check) => ({ check }) }),
      ...Option.match(found.fuse, { onNone: () => ({}), onSome: (fuse) => ({ fuse }) }),
      ...options
    })))
