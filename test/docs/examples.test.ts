// The documentation of the public names: that it is there, that every example in it compiles, runs and gives what its
// comments claim, and that the README's programs do. Programs are written below .report, where "poniard" is this package.
import { layer } from "@effect/vitest"
import type { Effect, Scope } from "effect"
import * as effect from "effect"
import { execFileSync } from "node:child_process"
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as poniard from "poniard"
import { Engine } from "poniard"
import type { Project } from "typescript/unstable/sync"
import { API } from "typescript/unstable/sync"
import { afterAll, assert, describe, it } from "vitest"
import { guarded } from "../engine/overTransports.ts"
import { readDocs } from "./Docs.ts"
import type { Example, Offer } from "./Example.ts"
import { programsOf } from "./Example.ts"
import { blocksOf, brokenClaim } from "./readme.ts"
import * as tasks from "./tasks.ts"

const top = fileURLToPath(new URL("../..", import.meta.url))
mkdirSync(`${top}.report`, { recursive: true })
const folder = mkdtempSync(`${top}.report/docs-`)
const house = (path: string): string => `../../../${path}`

/** Writes files into a new folder, with a tsconfig of the house's rules. */
const write = (name: string, files: Readonly<Record<string, string>>): string => {
  const at = `${folder}/${name}/`
  mkdirSync(at)
  const config = {
    extends: house("tsconfig.json"),
    compilerOptions: { noUnusedLocals: false },
    include: [house("src/index.ts"), "*.ts"]
  }
  writeFileSync(`${at}tsconfig.json`, JSON.stringify(config))
  for (const [file, text] of Object.entries(files)) writeFileSync(`${at}${file}`, text)
  return at
}

const typescript = new API({ cwd: top })
afterAll(() => {
  typescript.close()
  rmSync(folder, { recursive: true, force: true })
})

const openProject = (at: string): Project => {
  const config = `${at}tsconfig.json`
  const project = typescript.updateSnapshot({ openProjects: [config] }).getProject(config)
  if (project === undefined) throw new Error(`TypeScript did not open ${config}`)
  return project
}

/** What TypeScript has against the files of a folder: file and message. */
const complaintsAbout = (at: string): ReadonlyArray<readonly [file: string, message: string]> => {
  const { program } = openProject(at)
  return [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()]
    .filter(({ fileName }) => fileName?.startsWith(at) === true)
    .map(({ fileName, text }) => [fileName!.slice(at.length), text])
}

const docs = readDocs(openProject(write("index", {})), top)

const offers: ReadonlyArray<Offer> = [
  // `Array` and `Chunk` mean in an example what they mean to its reader.
  { module: "effect", names: Object.keys(effect).filter((name) => !(name in globalThis) && !(name in poniard)) },
  { module: "poniard", names: Object.keys(poniard) },
  { module: "poniard", names: docs.filter(({ kind }) => kind === "type").map(({ name }) => name), types: true },
  { module: house("test/docs/tasks.ts"), names: Object.keys(tasks) },
  { module: house("test/docs/is.ts"), names: ["is"] }
]

/** What is known to be there, so that a name which the checker no longer finds is missed. */
const operations =
  `all collect collectExit completed compute delayed spawn spawnWith Task.module Task.fromModule Task.inline
  Task.alloc Task.signal Task.isCancelled Task.processor Task.id Spawned.fetch Spawned.wait Spawned.waitAny Spawned.waitAll
  Spawned.fetchAll Spawned.isReady Spawned.cancel Spawned.release Chunk.put Chunk.get Chunk.use Chunk.is Chunk.release Engine.layer
  Engine.layerConfig Engine.layerTest Engine.events Engine.snapshot Engine.explain`.split(/\s+/)

type Program = Effect.Effect<void, unknown, Engine | Scope.Scope>

const load = async (file: string): Promise<Program> =>
  (await import(pathToFileURL(file).href) as { readonly example: Program }).example

/** The Effect of a program that lies in a file. */
const run = (file: string): Program => effect.Effect.flatten(effect.Effect.promise(() => load(file)))

const filesOf = (examples: ReadonlyArray<Example>): Record<string, string> =>
  Object.fromEntries(Array.from(programsOf(examples, offers), ([name, text]) => [`${name}.ts`, text]))

const examples: ReadonlyArray<Example> = docs.flatMap(({ examples, file, name }) =>
  examples.map((text, i) => ({ name: examples.length === 1 ? name : `${name} ${i + 1}`, from: file, text }))
)
const written = write("examples", filesOf(examples))

describe("the documentation of the public names", () => {
  it("has a sentence on every name, and on every field of a type", () => {
    assert.deepStrictEqual(
      docs.filter(({ text }) => !/[a-z]{2}/.test(text)).map(({ file, name }) => `${name} (${file})`),
      []
    )
  })

  it("has an example of every operation", () => {
    const bare = docs.filter(({ examples, kind }) => kind === "operation" && examples.length === 0)
    assert.deepStrictEqual(bare.map(({ file, name }) => `${name} (${file})`), [])
    assert.includeMembers(docs.filter(({ kind }) => kind === "operation").map(({ name }) => name), operations)
  })

  it("has its examples on public names only, for no others are run", () => {
    const run = new Map<string, number>()
    for (const { examples, file } of docs) run.set(file, (run.get(file) ?? 0) + examples.length)
    const others = Array.from(globSync("src/**/*.ts", { cwd: top }), (file) => ({
      file,
      count: readFileSync(top + file, "utf8").split("@example").length - 1 - (run.get(file) ?? 0)
    }))
    assert.isAbove(others.length, 100)
    assert.deepStrictEqual(others.filter(({ count }) => count !== 0), [])
  })

  it("has examples that compile", () => {
    assert.deepStrictEqual(complaintsAbout(written), [])
  })
})

layer(Engine.layer({ threads: 1, memory: "16 MiB", check: true }), { excludeTestServices: true })(
  "the example",
  (it) => {
    for (const { name } of examples) {
      it.effect(`of ${name} runs and gives what it says`, () => guarded(run(`${written}${name}.ts`)))
    }
  }
)

const readme = blocksOf(readFileSync(`${top}README.md`, "utf8"))

describe("the README", () => {
  const written = write("readme", Object.fromEntries(readme.map(({ name, text }) => [name, text])))

  it("has programs that compile", () => {
    assert.isNotEmpty(readme)
    assert.deepStrictEqual(complaintsAbout(written), [])
  })

  for (const { claims, name } of readme) {
    it(`has a program ${name} that runs and prints what it says`, () => {
      const output = execFileSync(process.execPath, [`${written}${name}`], { encoding: "utf8", timeout: 15_000 })
      assert.isUndefined(brokenClaim(claims, output), output)
    })
  }
})

describe("a wrong example is found", () => {
  const made = (name: string, text: string): Example => ({ name, from: "this test", text })

  it("by its value, inside a task module too", async () => {
    const at = write(
      "wrong",
      filesOf([
        made("value", "yield* Effect.succeed(9) // => 10"),
        made("const", "const nine = 3 * 3 // => 10"),
        made(
          "right",
          "export const three = 3\n\nthree ** 2 // => 9\nconst nine = yield* Effect.succeed(three ** 2) // => 9"
        )
      ])
    )
    const [value, constant, right] = await Promise.all(
      ["value", "const", "right"].map(async (name) =>
        await effect.Effect.runPromiseExit(
          effect.Effect.scoped(await load(`${at}${name}.ts`)) as Effect.Effect<void, unknown>
        )
      )
    )
    assert.include(String(value), "yield* Effect.succeed(9) // => 10")
    assert.include(String(constant), "const nine = 3 * 3 // => 10")
    assert.isTrue(effect.Exit.isSuccess(right), String(right))
  })

  it("by its types, and by what it needs and nobody provides", () => {
    const at = write(
      "mistyped",
      filesOf([
        made("input", "yield* collect(delayed(square)(\"3\"))"),
        made("needs", "class Rates extends Context.Service<Rates, number>()(\"Rates\") {}\nyield* Rates")
      ])
    )
    assert.deepStrictEqual(complaintsAbout(at).map(([file]) => file), ["input.ts", "needs.ts"])
  })

  it("by a claim that nothing would check", () => {
    for (const text of ["if (true) {\n  square(3) // => 9\n}", "const [a] = [1] // => 1", "// => 3\nsquare(3)"]) {
      assert.throws(() => filesOf([made("claim", text)]), /the example of claim in this test.*\/\/ =>/)
    }
  })

  it("in a page by the first line that is not printed, or not in its order", () => {
    const page = "```ts\n// a.ts: one\nimport \"x\"\nlog(1) // => 1\nlog(2), // 2\n```\n```ts\nconst a = 1\n```\n"
    const [block, ...others] = blocksOf(page)
    assert.deepStrictEqual([block.name, block.claims, others], ["a.ts", ["1", "2"], []])
    assert.isUndefined(brokenClaim(block.claims, "1\nhello\n2\n"))
    assert.strictEqual(brokenClaim(block.claims, "2\n1\n"), "2")
    assert.throws(() => blocksOf(page + page), /two blocks of the page are called a.ts/)
  })
})
