// Small houses, each broken in one place: what proves that every rule can fail, and where it then points.
// A case names the rule, the files, the places that it must complain of, and nothing else may be complained of.
import type { House } from "./House.ts"
import type { Source } from "./Source.ts"
import { parse } from "./Source.ts"

/** A house in memory, and the lines by file that one rule must complain of; none: a house in order. */
export interface Case {
  readonly rule: string
  readonly files: Readonly<Record<string, string>>
  readonly at: Readonly<Record<string, ReadonlyArray<number>>>
  readonly top?: ReadonlyArray<string>
  readonly worker?: string
}

/** The cases as houses, all their files parsed in one go. `effectSources` is the folder of Effect's sources. */
export const housesOf = (cases: ReadonlyArray<Case>, effectSources: string): ReadonlyArray<House> => {
  const files = new Map<string, string>()
  cases.forEach((one, number) => {
    for (const [path, text] of Object.entries(one.files)) files.set(`case${number}/${path}`, text)
  })
  const parsed = parse(files)
  return cases.map((one, number) => ({
    sources: new Map(Object.keys(one.files).map((path) => [path, moved(parsed.get(`case${number}/${path}`)!, number)])),
    top: one.top ?? [],
    exports: new Map(Object.entries({ "poniard-worker": one.worker ?? "src/worker/poniard.ts" })),
    peers: ["effect", "@effect/platform-node"],
    effectSources
  }))
}

const moved = (source: Source, number: number): Source => {
  const home = (path: string): string => path.slice(`case${number}/`.length)
  const imports = source.imports.map((item) => ({ ...item, target: item.target && home(item.target) }))
  return { ...source, path: home(source.path), imports }
}

const lines = (count: number, line = "// line"): string => `${line}\n`.repeat(count)

const importCases: ReadonlyArray<Case> = [
  {
    rule: "folders import in one direction",
    files: {
      "src/graph/Task.ts": `import { step } from "../scheduler/step.ts"\n`,
      "src/scheduler/step.ts":
        `import type { Task } from "../graph/Task.ts"\nimport type { A } from "../../test/A.ts"\n`,
      "src/engine/Engine.ts":
        `import type { Message } from "../transport/Message.ts"\nimport { send } from "../transport/Message.ts"\n`,
      "src/worker/run.ts":
        `export type { Engine } from "../engine/Engine.ts"\nconst load = () => import("../engine/Engine.ts")\n`,
      "src/observe/report.ts":
        `type E = import("../engine/Engine.ts").Engine\ntype C = import("../chunk/Chunk.ts").Chunk\n`,
      "src/index.ts": `export * from "./graph/Task.ts"\n`,
      "src/processor/Pool.ts": `import { Task } from "../index.ts"\n`
    },
    at: {
      "src/graph/Task.ts": [1],
      "src/scheduler/step.ts": [2],
      "src/engine/Engine.ts": [2],
      "src/worker/run.ts": [1, 2],
      "src/observe/report.ts": [2],
      "src/processor/Pool.ts": [1]
    }
  },
  {
    rule: "no file imports itself, whichever way round",
    files: {
      "src/graph/a.ts": `import { b } from "./b.ts"\n`,
      "src/graph/b.ts": `import type { D } from "./d.ts"\nexport { c } from "./c.ts"\n`,
      "src/graph/c.ts": `const a = () => import("./a.ts")\n`,
      "src/graph/d.ts": `import { a } from "./a.ts"\n`
    },
    at: { "src/graph/a.ts": [1] }
  },
  {
    rule: "no file imports itself, whichever way round",
    files: { "src/graph/a.ts": `import { b } from "./b.ts"\n`, "src/graph/b.ts": `import type { A } from "./a.ts"\n` },
    at: {}
  },
  {
    rule: "only some folders know the machine",
    files: {
      "src/graph/Task.ts": `import { cpus } from "node:os"\nimport { Effect, FileSystem } from "effect"\n`,
      "src/engine/Engine.ts": `import * as Path from "effect/Path"\nimport { Queue } from "effect"\n`,
      "src/engine/loop.ts":
        `import type { Worker } from "effect/workers"\nimport * as Sse from "effect/encoding/Sse"\n`,
      "src/engine/machine.ts": `import { cpus } from "node:os"\n`,
      "src/graph/errors.ts": `process.getBuiltinModule("node:module")\nrequire("effect/Path")\n`,
      "src/processor/Pool.ts": `import { NodeWorker } from "@effect/platform-node"\n`,
      "src/chunk/disk.ts": `import { stat } from "node:fs"\nimport * as FileSystem from "effect/FileSystem"\n`
    },
    at: {
      "src/graph/Task.ts": [1, 2],
      "src/engine/Engine.ts": [1],
      "src/engine/loop.ts": [1, 2],
      "src/graph/errors.ts": [1, 2],
      "src/processor/Pool.ts": [1]
    }
  },
  {
    rule: "src imports only packages that the user has",
    files: {
      "src/worker/run.ts":
        `import "effect/Effect"\nimport "node:fs"\nimport { Piscina } from "piscina"\nimport { Task } from "poniard"\n`
    },
    at: { "src/worker/run.ts": [3, 4] }
  },
  {
    rule: "what decides has no Effect",
    files: {
      "src/scheduler/step.ts": `import type { Effect } from "effect"\nimport * as Option from "effect/Option"\n`,
      "src/chunk/Chunk.ts": `import * as Option from "effect/Option"\n`
    },
    at: { "src/scheduler/step.ts": [2] }
  },
  {
    rule: "a worker starts without Effect",
    files: {
      "src/worker/poniard.ts": `export { task } from "../graph/Task.ts"\n`,
      "src/worker/entry.ts": `import { Duration } from "effect"\nimport { task } from "../graph/Task.ts"\n`,
      "src/graph/Task.ts":
        `import type { Effect } from "effect"\nimport { type Option } from "effect/Option"\nconst later = () => import("./heavy.ts")\n`,
      "src/graph/heavy.ts": `import * as Effect from "effect/Effect"\n`
    },
    at: { "src/graph/Task.ts": [2], "src/worker/entry.ts": [1] }
  }
]

const formCases: ReadonlyArray<Case> = [
  {
    rule: "a file has 300 lines at most",
    files: { "src/graph/a.ts": lines(301), "test/graph/a.test.ts": lines(301), "bench/a.ts": lines(300) },
    at: { "src/graph/a.ts": [301], "test/graph/a.test.ts": [301] }
  },
  {
    rule: "a function has 60 lines at most",
    files: {
      "src/graph/a.ts": `${lines(3)}export const f = () => {\n${lines(59)}}\nclass C {\n  g() {\n${lines(59)}  }\n}\n`,
      "src/graph/b.ts": `/**\n${lines(5, " * doc")} */\nfunction f() {\n${lines(58)}}\n`,
      "test/graph/a.test.ts": `describe("x", () => {\n${lines(70)}})\n`
    },
    at: { "src/graph/a.ts": [4, 66] }
  },
  {
    rule: "a file opens with a comment",
    files: {
      "src/graph/a.ts": `export const a = 1 // late\n`,
      "src/graph/b.ts": `// What for.\n`,
      "src/graph/c.ts": "",
      "bench/d.ts": `#!/usr/bin/env node\n/** What for. */\n`
    },
    at: { "src/graph/a.ts": [1], "src/graph/c.ts": [1] }
  },
  {
    rule: "every export of src has a doc comment",
    files: {
      "src/graph/a.ts":
        `/** Doc. */\nexport const a = 1\n\nexport const b = 1\n// no doc\nexport function c() {}\n/** */\nexport class D {}\n`,
      "src/graph/b.ts":
        `export interface A {}\n/** Doc. */\nexport const A = 1\n\nexport type B = 1\nexport default class {}\n`,
      "src/graph/c.ts":
        `/** Doc. */\nconst a = 1\n\nconst b = 1\nexport {\n  a,\n  b as c\n}\nexport * from "./a.ts"\n`,
      "test/graph/a.ts": `export const a = 1\n`
    },
    at: { "src/graph/a.ts": [4, 6, 8], "src/graph/b.ts": [5, 6], "src/graph/c.ts": [7] }
  },
  {
    rule: "src has no clock, chance, async or any of its own",
    files: {
      "src/graph/a.ts": `// Date.now() in a comment\nDate.now()\nMath.random()\nnew Date()\nnew Date(0)\n`,
      "src/graph/b.ts":
        `const f = async () => 1\nclass A {\n  async m() {}\n}\nlet x = 1 as any\nlet y = 1 as unknown\n`,
      "src/graph/c.ts": `let a = 1\n// @ts-ignore\na = ""\n/* @ts-expect-error */ a = ""\nconst said = "async"\n`,
      "src/scheduler/step.ts": `performance.now()\n`,
      "test/graph/a.test.ts": `Date.now()\n`
    },
    at: {
      "src/graph/a.ts": [2, 3, 4],
      "src/graph/b.ts": [1, 3, 5],
      "src/graph/c.ts": [2, 4],
      "src/scheduler/step.ts": [1]
    }
  },
  {
    rule: "no try in a generator",
    files: {
      "src/graph/a.ts": `const f = function*() {\n  if (a) {\n    try {} finally {}\n  }\n}\n`,
      "src/graph/b.ts":
        `const f = function*() {\n  yield () => { try {} finally {} }\n}\nconst g = () => { try {} finally {} }\n`
    },
    at: { "src/graph/a.ts": [3] }
  }
]

const layoutCases: ReadonlyArray<Case> = [
  {
    rule: "the top holds only what DESIGN names",
    files: {},
    top: ["package.json", "src", ".ci", ".npmrc", "notes.md", "scripts"],
    at: { "notes.md": [1], "scripts": [1] }
  },
  {
    rule: "src has the folders that DESIGN names",
    files: { "src/index.ts": "", "src/graph/a.ts": "", "src/tools/a.ts": "", "src/main.ts": "" },
    at: { "src/tools/a.ts": [1], "src/main.ts": [1] }
  },
  {
    rule: "src/index.ts only re-exports",
    files: { "src/index.ts": `import { a } from "./graph/a.ts"\nexport { a }\nexport const b = 1\n` },
    at: { "src/index.ts": [3] }
  },
  {
    rule: "what the package offers is there",
    files: { "src/index.ts": "", "src/worker/poniard.ts": "" },
    worker: "src/worker/gone.ts",
    at: { "package.json": [1] }
  },
  {
    rule: "no name says nothing",
    files: {
      "src/graph/utils/a.ts": "",
      "src/chunk/helpers.ts": "",
      "test/common/a.ts": "",
      "src/graph/utility.ts": ""
    },
    at: { "src/graph/utils/a.ts": [1], "src/chunk/helpers.ts": [1], "test/common/a.ts": [1] }
  }
]

/** Every case. */
export const cases: ReadonlyArray<Case> = [...importCases, ...formCases, ...layoutCases]
