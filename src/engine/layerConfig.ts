// The engine's options from the environment, through Effect's Config: PONIARD_THREADS and those beside it. What is not
// set has its default.
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { noBytes, readBytes } from "../graph/bytes.ts"
import type { EngineKey } from "../graph/EngineService.ts"
import { layer } from "./layer.ts"
import type { EngineOptions } from "./options.ts"

const bytes = (name: string): Config.Config<string> =>
  Config.schema(
    Schema.String.check(Schema.makeFilter((text) => readBytes(text) === undefined ? noBytes(text) : undefined)),
    name
  )

const keep = Config.schema(
  Schema.String.check(
    Schema.makeFilter((text) =>
      text === "forever" || text === "success" || readBytes(text) !== undefined
        ? undefined
        : `${noBytes(text)}; or forever, or success`
    )
  ),
  "PONIARD_CHECKPOINT_KEEP"
)

const settings = Config.all({
  threads: Config.option(Config.Int("PONIARD_THREADS")),
  fibers: Config.option(Config.Int("PONIARD_FIBERS")),
  memory: Config.option(bytes("PONIARD_MEMORY")),
  heap: Config.option(bytes("PONIARD_HEAP")),
  lineage: Config.option(bytes("PONIARD_LINEAGE")),
  spillDirectory: Config.option(Config.String("PONIARD_SPILL_DIR")),
  check: Config.option(Config.Boolean("PONIARD_CHECK")),
  fuse: Config.option(Config.Boolean("PONIARD_FUSE"))
})

const checkpoints = Config.all({
  directory: Config.option(Config.NonEmptyString("PONIARD_CHECKPOINT_DIR")),
  keep: Config.option(keep),
  durable: Config.option(Config.Boolean("PONIARD_CHECKPOINT_DURABLE"))
})

/** Those that are set. */
const setOf = (found: Readonly<Record<string, Option.Option<unknown>>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => Option.isSome(value) ? [[name, value.value]] : [])
  )

const found = Config.map(
  Config.all([settings, checkpoints]),
  ([settings, checkpoints]): EngineOptions => ({
    ...setOf(settings),
    ...Option.isSome(checkpoints.directory) &&
      { checkpoint: setOf(checkpoints) as Required<EngineOptions>["checkpoint"] }
  })
)

/**
 * `Engine.layer` with its options from Config: PONIARD_THREADS and PONIARD_FIBERS (numbers), PONIARD_MEMORY, PONIARD_HEAP
 * and PONIARD_LINEAGE (as "512 MiB"), PONIARD_SPILL_DIR, PONIARD_CHECK, PONIARD_FUSE; with PONIARD_CHECKPOINT_DIR also
 * PONIARD_CHECKPOINT_KEEP and PONIARD_CHECKPOINT_DURABLE. Fails with a ConfigError if one cannot be read; `options` go
 * before them.
 */
export const layerConfig = (
  options: EngineOptions = {}
): Layer.Layer<typeof EngineKey.Identifier, Config.ConfigError> =>
  Layer.unwrap(Effect.map(found, (set) => layer({ ...set, ...options })))
