// Code that a worker cannot have: functions that a module does not register, and modules that do not load. Each error
// says what Node said and what to do; the engine goes on.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { collect, delayed, Task } from "poniard"
import { Crossing } from "../../src/chunk/codec.ts"
import { entryOf } from "../../src/graph/TaskFunction.ts"
import { Functions } from "../../src/worker/Functions.ts"
import { folder } from "./files.ts"
import { onMainOnly, whole } from "./modules/halves.ts"
import { square } from "./modules/kinds.ts"
import { overTransports } from "./overTransports.ts"
import { failsWith } from "./plain/Claim.ts"

interface Broken {
  readonly f: (x: number) => number
}

/** The function `f` of a file that is written for the test. */
const functionIn = (name: string, text: string) =>
  Effect.map(folder, (path) => {
    const file = join(path, name)
    writeFileSync(file, text)
    return Task.fromModule<Broken>(pathToFileURL(file)).f
  })

const goesOn = Effect.gen(function*() {
  assert.strictEqual(yield* collect(delayed(square)(6)), 36)
})

/** File, its text, and what reason and hint must say. */
const unloadable: { readonly [title: string]: readonly [string, string, RegExp, RegExp] } = {
  "a TypeScript syntax error": [
    "a.mts",
    "export const f = 1\nexport const g = ) => 1\n",
    /SyntaxError: .*\(at file:.*a\.mts:2\)$/,
    /^$/
  ],
  "a JavaScript syntax error": [
    "a.mjs",
    "export const f = (x) => x +\nexport const g = 1\n",
    /SyntaxError: Unexpected token 'export'/,
    /^$/
  ],
  "an error at import": [
    "a.mjs",
    "const connect = () => { throw new TypeError('no database') }\nexport const f = connect()\n",
    /^TypeError: no database \(at file:.*a\.mjs:1:\d+\)$/,
    /^$/
  ],
  "a rejection at the top level": [
    "a.mjs",
    "await Promise.reject(new Error('closed'))",
    /^Error: closed \(at file:/,
    /^$/
  ],
  "no Error at import": ["a.mjs", "throw undefined", /^undefined was thrown$/, /^$/],
  "an enum": [
    "a.mts",
    "enum Color { Red }\nexport const f = () => Color.Red\n",
    /enum is not supported/,
    /strips types only.*--import tsx/
  ],
  "a parameter property": [
    "a.mts",
    "class A { constructor(readonly x: number) {} }\nexport const f = (x: number) => new A(x).x\n",
    /parameter property is not supported/,
    /strips types only/
  ],
  "a bundler's alias": [
    "a.mjs",
    "import { x } from '@/lib/x'\nexport const f = () => x\n",
    /Cannot find package '@\/lib'/,
    /bundler aliases/
  ],
  "an import without extension": [
    "a.mjs",
    "import { x } from './other'\nexport const f = () => x\n",
    /Cannot find module '.*other' imported from .*a\.mjs/,
    /real extensions/
  ],
  "a file that Node does not know": ["a.coffee", "f = (x) -> x", /Unknown file extension "\.coffee"/, /loader/],
  "an import that is not there": [
    "a.mjs",
    "import { nope } from 'node:fs'\nexport const f = nope\n",
    /named 'nope'/,
    /^$/
  ],
  "process.exit at import": [
    "a.mjs",
    "process.exit(7)",
    /called process\.exit\(7\) while it was loaded/,
    /import\.meta\.main/
  ]
}

describe("a module that never finishes loading", () => {
  it.live("is given up, and says so", () =>
    Effect.gen(function*() {
      const f = yield* functionIn("a.mjs", "await new Promise(() => {})\nexport const f = 1\n")
      const functions = new Functions(new Crossing(), 50)
      functions.introduce({ id: 1, kind: "module", url: entryOf(f).url, name: "f", source: undefined })
      yield* Effect.callback<void>((resume) => functions.load(1, () => resume(Effect.void)))
      const { fn, missing } = functions.get(1)!
      assert.isUndefined(fn)
      assert.deepInclude(missing, { kind: "unloadable", path: entryOf(f).url })
      assert.match(missing!.text, /has not finished loading after 0\.05 s: does it await something at its top level/)
    }))
})

overTransports("code that a worker cannot have", {}, (test) => {
  for (const [title, [name, text, reason, hint]] of Object.entries(unloadable)) {
    test(`${title} is TaskModuleUnloadable`, () =>
      Effect.gen(function*() {
        const f = yield* functionIn(name, text)
        const error = yield* failsWith(collect(delayed(f)(1)), "TaskModuleUnloadable")
        assert.match(error.file, /^file:.*\/a\.\w+$/)
        assert.match(error.reason, reason)
        assert.match(error.hint, hint)
        assert.include(error.message, `could not be loaded on a worker: ${error.reason}`)
        yield* goesOn
      }))
  }

  test("a missing file is TaskModuleUnloadable", () =>
    Effect.gen(function*() {
      const { f } = Task.fromModule<Broken>("file:///nowhere/at/all.ts")
      const error = yield* failsWith(collect(delayed(f)(1)), "TaskModuleUnloadable")
      assert.strictEqual(error.reason, "Error: Cannot find module '/nowhere/at/all.ts'")
      yield* goesOn
    }))

  test("a function that the worker's module does not register is TaskFunctionMissing, with what it does", () =>
    Effect.gen(function*() {
      const error = yield* failsWith(collect(delayed(onMainOnly)(1)), "TaskFunctionMissing")
      assert.match(error.module, /halves\.ts$/)
      assert.strictEqual(error.function, "wole")
      assert.deepStrictEqual([...error.registered].sort(), ["whole", "wholly"])
      assert.match(
        error.message,
        /registers no task function "wole" \(did you mean "whole"\?\)\. It registers whole, wholly/
      )
      assert.strictEqual(yield* collect(delayed(whole)(1)), 1)
    }))

  test("an export that is no function is TaskFunctionMissing, with the functions there are", () =>
    Effect.gen(function*() {
      const f = yield* functionIn("a.mjs", "export const f = 1, g = () => 2, h = () => 3\n")
      const error = yield* failsWith(collect(delayed(f)(1)), "TaskFunctionMissing")
      assert.deepStrictEqual([...error.registered], ["g", "h"])
    }))

  test("a module that is still being loaded does not keep its task from being cancelled, nor the worker from others", () =>
    Effect.gen(function*() {
      const f = yield* functionIn(
        "a.mjs",
        "await new Promise((resolve) => setTimeout(resolve, 200))\nexport const f = (x) => x + 1\n"
      )
      const dropped = yield* Effect.timeoutOption(collect(delayed(f)(1)), "50 millis")
      assert.strictEqual(dropped._tag, "None")
      yield* goesOn
      assert.strictEqual(yield* collect(delayed(f)(1)), 2)
    }))
})
