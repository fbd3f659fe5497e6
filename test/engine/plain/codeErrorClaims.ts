// Code that a worker cannot have: functions that a module does not register, and modules that do not load. Each error
// says what Node said and what to do; the engine goes on.
import { Effect } from "effect"
import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { collect, delayed, Task } from "poniard"
import { folder } from "../files.ts"
import { onMainOnly, whole } from "../modules/halves.ts"
import { square } from "../modules/kinds.ts"
import { type Claims, failsWith } from "./Claim.ts"

interface Broken {
  readonly f: (x: number) => number
}

/** The function `f` of a file that is written for the test. */
export const functionIn = (name: string, text: string) =>
  Effect.map(folder, (path) => {
    const file = join(path, name)
    writeFileSync(file, text)
    return Task.fromModule<Broken>(pathToFileURL(file)).f
  })

/** The engine runs the next task. */
export const goesOn = Effect.gen(function*() {
  assert.equal(yield* collect(delayed(square)(6)), 36)
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

const broken: Claims = Object.fromEntries(
  Object.entries(unloadable).map(([title, [name, text, reason, hint]]) => [
    `${title} is TaskModuleUnloadable`,
    () =>
      Effect.gen(function*() {
        const f = yield* functionIn(name, text)
        const error = yield* failsWith(collect(delayed(f)(1)), "TaskModuleUnloadable")
        assert.match(error.file, /^file:.*\/a\.\w+$/)
        assert.match(error.reason, reason)
        assert.match(error.hint, hint)
        assert.ok(error.message.includes(`could not be loaded on a worker: ${error.reason}`), error.message)
        yield* goesOn
      })
  ])
)

const missing: Claims = {
  "a missing file is TaskModuleUnloadable": () =>
    Effect.gen(function*() {
      const { f } = Task.fromModule<Broken>("file:///nowhere/at/all.ts")
      const error = yield* failsWith(collect(delayed(f)(1)), "TaskModuleUnloadable")
      assert.equal(error.reason, "Error: Cannot find module '/nowhere/at/all.ts'")
      yield* goesOn
    }),

  "a function that the worker's module does not register is TaskFunctionMissing, with what it does": () =>
    Effect.gen(function*() {
      const error = yield* failsWith(collect(delayed(onMainOnly)(1)), "TaskFunctionMissing")
      assert.match(error.module, /halves\.ts$/)
      assert.equal(error.function, "wole")
      assert.deepEqual([...error.registered].sort(), ["whole", "wholly"])
      assert.match(
        error.message,
        /registers no task function "wole" \(did you mean "whole"\?\)\. It registers whole, wholly/
      )
      assert.equal(yield* collect(delayed(whole)(1)), 1)
    }),

  "an export that is no function is TaskFunctionMissing, with the functions there are": () =>
    Effect.gen(function*() {
      const f = yield* functionIn("a.mjs", "export const f = 1, g = () => 2, h = () => 3\n")
      const error = yield* failsWith(collect(delayed(f)(1)), "TaskFunctionMissing")
      assert.deepEqual([...error.registered], ["g", "h"])
    })
}

/** The claims of this file. */
export const codeErrorClaims: Claims = { ...broken, ...missing }
