// Threads that are started before there is an engine, and what they load meanwhile.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { folder } from "./files.ts"
import { runNode } from "./plainNode.ts"

const tasks = (path: string, text: string) => {
  const file = join(path, "tasks.mjs")
  writeFileSync(file, text)
  return pathToFileURL(file).href
}

const slowly = "export const where = (ms) => {\n  for (const t = performance.now(); performance.now() - t < ms;);\n"
  + "  return threadId\n}\n"

describe("threads that are started first thing", { concurrent: true, timeout: 90_000 }, () => {
  it.live("are the engine's, and have loaded what they were told before there was one", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const log = join(path, "loaded")
      const url = tasks(
        path,
        `import { appendFileSync } from "node:fs"\nimport { threadId } from "node:worker_threads"\n`
          + `if (threadId > 0) appendFileSync(${JSON.stringify(log)}, threadId + "\\n")\n${slowly}`
      )
      const ran = yield* runNode({ file: "early.ts", args: [url, log] })
      assert.deepStrictEqual(ran, { code: 0, signal: null, out: "true true true\n", err: "" })
    }))

  it.live("leave it to the first task to say that a module cannot be loaded", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const log = join(path, "loaded")
      const url = tasks(
        path,
        `import { appendFileSync } from "node:fs"\nimport { threadId } from "node:worker_threads"\n`
          + `appendFileSync(${JSON.stringify(log)}, threadId + "\\n")\n`
          + `throw new Error("no such luck")\n${slowly}`
      )
      const { code, err, out } = yield* runNode({ file: "early.ts", args: [url, log] })
      assert.strictEqual(code, 1)
      assert.match(out + err, /TaskModuleUnloadable: [^]*no such luck/)
    }))
})
