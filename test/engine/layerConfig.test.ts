// The engine's options from the environment.
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { Engine } from "poniard"

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
})
