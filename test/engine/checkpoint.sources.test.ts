// What a checkpoint is known by besides its inputs: the text of its module and of what that loads, in its own package;
// of other packages their versions. Each test writes a package of its own and changes it between two engines.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { collect, delayed, Engine, Task } from "poniard"
import { folder, linesOf } from "./files.ts"
import { unlessItHangs } from "./hangs.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

const task = `import { appendFileSync } from "node:fs"
import { Task } from "poniard"
import { offset } from "./parts/offset.mjs"
import { unit } from "other"
export const { add } = Task.module(import.meta.url, {
  add: (log, n) => { appendFileSync(log, "add\\n"); return n + offset + unit }
})
`

/** A package with a task module, what this loads, and a package beside it; and a way to ask for a checkpoint. */
const scene = Effect.map(folder, (path) => {
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  write("package.json", `{ "name": "mine", "version": "1.0.0", "type": "module" }`)
  write("tasks.mjs", task)
  write("parts/offset.mjs", `import "./deep.mjs"\nexport const offset = 1\n`)
  write("parts/deep.mjs", "export const deep = 1\n")
  write("unused.mjs", "export const unused = 1\n")
  const other = (version: string, text: string): void => {
    write("node_modules/other/package.json", `{ "name": "other", "version": "${version}", "exports": "./index.mjs" }`)
    write("node_modules/other/index.mjs", text)
  }
  other("1.0.0", "export const unit = 0\n")
  symlinkSync(root, join(path, "node_modules", "poniard"))
  const log = join(path, "log")
  const checkpoint = { directory: join(path, "checkpoints") }
  const ask = (version?: string) =>
    Effect.suspend(() => {
      const { add } = Task.fromModule<{ readonly add: (log: string, n: number) => number }>(
        pathToFileURL(join(path, "tasks.mjs"))
      )
      const options = { checkpoint: true, ...(version !== undefined && { version }) }
      return unlessItHangs(collect(delayed(add, options)(log, 1)))
    }).pipe(Effect.provide(Engine.layer({ threads: 1, checkpoint }), { local: true }))
  return { ask, other, write, runs: () => linesOf(log).length }
})

describe("the sources of a checkpoint", () => {
  it.live("are the module and all local ones that it loads: a change of any is another result", () =>
    Effect.scoped(Effect.gen(function*() {
      const { ask, runs, write } = yield* scene
      assert.deepStrictEqual([yield* ask(), yield* ask(), runs()], [2, 2, 1])
      write("unused.mjs", "export const unused = 2\n")
      assert.deepStrictEqual([yield* ask(), runs()], [2, 1])
      write("parts/offset.mjs", `import "./deep.mjs"\nexport const offset = 10\n`)
      assert.deepStrictEqual([yield* ask(), runs()], [11, 2])
      write("parts/deep.mjs", "export const deep = 2\n")
      assert.deepStrictEqual([yield* ask(), runs()], [11, 3])
      write("tasks.mjs", `${task}// another text\n`)
      assert.deepStrictEqual([yield* ask(), runs()], [11, 4])
    })))

  it.live("are the versions of packages, not their texts, and the module's own package by its name", () =>
    Effect.scoped(Effect.gen(function*() {
      const { ask, other, runs, write } = yield* scene
      assert.strictEqual(yield* ask(), 2)
      other("1.0.0", "export const unit = 5\n")
      write("package.json", `{ "name": "mine", "version": "2.0.0", "type": "module" }`)
      assert.deepStrictEqual([yield* ask(), runs()], [2, 1])
      other("1.0.1", "export const unit = 5\n")
      assert.deepStrictEqual([yield* ask(), runs()], [7, 2])
      write("package.json", `{ "name": "yours", "version": "2.0.0", "type": "module" }`)
      assert.deepStrictEqual([yield* ask(), runs()], [7, 3])
    })))

  it.live("do not count where a version is given", () =>
    Effect.scoped(Effect.gen(function*() {
      const { ask, runs, write } = yield* scene
      assert.strictEqual(yield* ask("1"), 2)
      write("parts/offset.mjs", "export const offset = 10\n")
      assert.deepStrictEqual([yield* ask("1"), runs()], [2, 1])
      assert.deepStrictEqual([yield* ask("2"), runs()], [11, 2])
    })))

  it.live("that cannot be loaded are an error with the module's place", () =>
    Effect.scoped(Effect.gen(function*() {
      const { ask, write } = yield* scene
      write("parts/offset.mjs", "throw new Error('no offset today')\nexport const offset = 1\n")
      const error = String(yield* Effect.flip(ask()))
      assert.match(error, /tasks\.mjs: what it consists of cannot be told: no offset today/)
    })))
})
