// How the tests run. `vitest run` takes everything but test/long; `vitest run --mode long` takes test/long alone.
// Here only what cannot be said on the command line: not a place for set-up that a test should do itself.
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig(({ mode }) => {
  const long = mode === "long"
  return {
    // A test imports the package as its users do; task modules in workers are resolved by Node itself.
    resolve: { alias: [{ find: /^poniard$/, replacement: fromHere("src/index.ts") }] },
    test: {
      include: [long ? "test/long/**/*.test.ts" : "test/**/*.test.ts"],
      exclude: long ? [] : ["test/long/**"],
      passWithNoTests: long,
      pool: "forks",
      // Of the long ones some measure time: one after the other.
      maxWorkers: long ? 1 : 2,
      testTimeout: long ? 300_000 : 20_000,
      hookTimeout: 20_000,
      teardownTimeout: 10_000,
      reporters: ["default", "json"],
      // .ci/run counts the tests from these.
      outputFile: { json: fromHere(long ? ".report/long.json" : ".report/test.json") }
    }
  }
})
