// Programs under plain Node whose workers depend on how the program is written and started: its own tasks, loaders,
// arguments for V8, no file at all.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { folder } from "./files.ts"
import { runNode } from "./plainNode.ts"

const enumModule = Effect.map(folder, (path) => {
  const file = join(path, "tasks.full.mts")
  writeFileSync(file, "enum Factor { Two = 2 }\nexport const f = (x: number): number => x * Factor.Two\n")
  return pathToFileURL(file).href
})

const loader = fileURLToPath(new URL("./plain/enumLoader.mjs", import.meta.url))
const own = fileURLToPath(new URL("./plain/own.ts", import.meta.url))

describe("a program of one file", { concurrent: true, timeout: 90_000 }, () => {
  it.live("holds its own tasks if its start stands under import.meta.main", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* runNode({ file: "own.ts" }), { code: 0, signal: null, out: "25\n", err: "" })
    }))

  it.live.each(["runMain", "await"])(
    "that forgets it is told so, when it is started by %s",
    (start) =>
      Effect.gen(function*() {
        const { code, err, out } = yield* runNode({ file: "forgot.ts", env: { START: start } })
        const said = out + err
        assert.strictEqual(code, 1)
        assert.include(
          said,
          "an Engine cannot be built inside a worker: put the start of the program under `if (import.meta.main)`"
        )
        assert.match(said, /TaskModuleUnloadable: The task module file:.*forgot\.ts could not be loaded on a worker/)
      })
  )

  it.live("that forgets it and waits for nothing works, and is told so", () =>
    Effect.gen(function*() {
      const { code, err, out } = yield* runNode({ file: "forgot.ts" })
      assert.strictEqual(code, 0)
      assert.strictEqual(out, "9\n")
      assert.match(
        err,
        /^poniard: an error that no task could catch any more: Error: an Engine cannot be built inside a worker/
      )
    }))
})

describe("a program's arguments", { concurrent: true, timeout: 90_000 }, () => {
  it.live("bring its loaders to the workers", () =>
    Effect.gen(function*() {
      const url = yield* enumModule
      const [bare, loaded] = yield* Effect.all([
        runNode({ file: "runFile.ts", args: [url] }),
        runNode({ file: "runFile.ts", args: [url], node: ["--import", loader] })
      ], { concurrency: "unbounded" })
      assert.deepStrictEqual([bare.out, bare.code], ["TaskModuleUnloadable\n", 0])
      assert.deepStrictEqual([loaded.out, loaded.code], ["40\n", 0])
    }))

  it.live("for V8 and the inspector do not keep its workers from starting", () =>
    Effect.gen(function*() {
      const node = ["--expose-gc", "--max-old-space-size=300", "--stack-size=900", "--no-warnings", "--inspect-port=0"]
      const ran = yield* runNode({ file: "own.ts", node, env: { NODE_OPTIONS: "--max-semi-space-size=8" } })
      assert.deepStrictEqual(ran, { code: 0, signal: null, out: "25\n", err: "" })
    }))

  it.live("may be the program itself", () =>
    Effect.gen(function*() {
      const text = `
        import { Effect } from "effect"
        import { collect, delayed, Engine, Task } from "poniard"
        const { add } = Task.fromModule(${JSON.stringify(pathToFileURL(own).href)})
        const cube = Task.inline((x) => x ** 3)
        console.log(await Effect.runPromise(Effect.provide(
          collect(delayed(add)(delayed(cube)(3), 1)), Engine.layer({ threads: 1, memory: "16 MiB" }))))`
      const ran = yield* runNode({ node: ["--input-type=module", "-e", text] })
      assert.deepStrictEqual(ran, { code: 0, signal: null, out: "28\n", err: "" })
    }))
})
