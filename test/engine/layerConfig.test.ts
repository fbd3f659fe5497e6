// The engine's options from the environment.
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { join } from "node:path"
import { collect, delayed, Engine } from "poniard"
import { folder, linesOf } from "./files.ts"
import { first } from "./modules4/steps.ts"

const withEnv = (env: Record<string, string>) => ConfigProvider.layer(ConfigProvider.fromEnv({ env }))

describe("Engine.layerConfig", () => {
  it.live("reads threads and memory, and keeps the defaults of the rest", () =>
    Engine.snapshot.pipe(
      Effect.map(({ memory, processors }) => {
        assert.strictEqual(memory.budgetBytes, 24 * 2 ** 20)
        assert.strictEqual(processors.filter((p) => p.kind === "fiber").length, 1)
      }),
      Effect.provide(Engine.layerConfig()),
      Effect.provide(withEnv({ PONIARD_THREADS: "0", PONIARD_MEMORY: "24 MiB" }))
    ))

  it.live("fails with a ConfigError for what cannot be read", () =>
    Engine.snapshot.pipe(
      Effect.provide(Engine.layerConfig()),
      Effect.provide(withEnv({ PONIARD_THREADS: "many" })),
      Effect.flip,
      Effect.map((error) => assert.include(String(error), "PONIARD_THREADS"))
    ))

  it.live.each([
    ["PONIARD_MEMORY", "half"],
    ["PONIARD_HEAP", "12 apples"],
    ["PONIARD_LINEAGE", "-1"],
    ["PONIARD_CHECKPOINT_KEEP", "never"]
  ])("says of %s=%s what is understood", ([name, text]) =>
    Engine.snapshot.pipe(
      Effect.provide(Engine.layerConfig()),
      Effect.provide(withEnv({ [name]: text })),
      Effect.flip,
      Effect.map((error) => {
        assert.strictEqual(error._tag, "ConfigError")
        assert.include(String(error), name)
        assert.include(String(error), `"${text}" is no size in bytes`)
      })
    ))

  it.live("keeps checkpoints in a folder for another engine", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const log = join(path, "log")
      const layer = Engine.layerConfig({ threads: 1 }).pipe(Layer.provide(withEnv({
        PONIARD_CHECKPOINT_DIR: join(path, "checkpoints"),
        PONIARD_CHECKPOINT_KEEP: "1 GiB",
        PONIARD_CHECKPOINT_DURABLE: "true",
        PONIARD_HEAP: "64 MiB"
      })))
      const run = collect(delayed(first, { checkpoint: true })(log, 1)).pipe(Effect.provide(layer, { local: true }))
      assert.strictEqual(yield* run, yield* run)
      assert.deepStrictEqual(linesOf(log), ["first 1"])
    }))
})
