// The rules of the house (DESIGN section 4) as one test: each rule over the sources as they are, and each rule over
// small houses that break it. What oxlint, dprint and the type checker see is theirs.
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { cases, housesOf } from "./tidy/cases.ts"
import { formRules } from "./tidy/formRules.ts"
import type { House, Rule } from "./tidy/House.ts"
import { readHouse } from "./tidy/House.ts"
import { importRules } from "./tidy/importRules.ts"
import { layoutRules } from "./tidy/layoutRules.ts"
import { lightPath } from "./tidy/lightPath.ts"
import { unstableModules } from "./tidy/stability.ts"

const top = fileURLToPath(new URL("..", import.meta.url))
const house = readHouse(top)
const rules: ReadonlyArray<Rule> = [...layoutRules, ...importRules, lightPath, ...formRules]

/** The lines that a rule complains of, by file. */
const placesOf = (rule: Rule, house: House): Record<string, ReadonlyArray<number>> => {
  const places: Record<string, Array<number>> = {}
  for (const { file, line } of rule.check(house)) (places[file] ??= []).push(line)
  for (const lines of Object.values(places)) lines.sort((one, other) => one - other)
  return places
}

describe("the house is tidy", () => {
  for (const rule of rules) {
    it(rule.name, () => {
      const complaints = Array.from(rule.check(house), ({ file, line, says }) => `${file}:${line}: ${says}`)
      if (complaints.length > 0) assert.fail(`${rule.name} (test/tidy), but:\n${complaints.join("\n")}`)
    })
  }

  it("a worker's entry loads no Effect when Node runs it", () => {
    const root = house.exports.get("poniard-worker")!
    const loaded = modulesLoadedBy(root)
    assert.include(loaded, root)
    assert.deepStrictEqual(loaded.filter((path) => path.includes("node_modules/")), [])
    assert.isAbove(modulesLoadedBy("node_modules/effect/dist/Option.js").length, 1) // what would have been seen
  })
})

describe("each rule can fail", () => {
  const houses = housesOf(cases, house.effectSources)
  cases.forEach((one, number) => {
    it(`${one.rule}: ${Object.keys(one.at).join(" ") || "not without cause"}`, () => {
      const rule = rules.find((candidate) => candidate.name === one.rule)
      assert.isDefined(rule, `no rule is named ${one.rule}`)
      assert.deepStrictEqual(placesOf(rule, houses[number]), one.at)
    })
  })

  it("every rule has a case that breaks it", () => {
    const broken = new Set(cases.filter(({ at }) => Object.keys(at).length > 0).map(({ rule }) => rule))
    assert.deepStrictEqual(rules.filter(({ name }) => !broken.has(name)).map(({ name }) => name), [])
  })
})

describe("how stable a module of Effect is", () => {
  const unstable = (specifier: string, ...names: Array<string>) =>
    unstableModules(house.effectSources, specifier, names)

  it("is read from Effect's own sources", () => {
    assert.deepStrictEqual(unstable("effect", "Effect", "Graph", "Queue", "pipe"), ["effect/Graph"])
    assert.deepStrictEqual(unstable("effect/Effect"), [])
    assert.deepStrictEqual(unstable("effect/ManagedRuntime"), [])
    assert.deepStrictEqual(unstable("effect/Terminal"), ["effect/Terminal"])
    assert.deepStrictEqual(unstable("effect/cli", "Flag"), ["effect/cli/Flag"])
  })

  it("is asked of modules that there are", () => {
    assert.throws(() => unstable("effect/Mailbox"), /effect\/Mailbox is no module of effect/)
  })
})

/** What Node loads, beside its own modules, when it imports a file as a worker would; paths relative to the top. */
const modulesLoadedBy = (path: string): Array<string> => {
  const url = new URL(`../${path}`, import.meta.url).href
  const script = `
    import { registerHooks } from "node:module"
    const seen = []
    registerHooks({ load: (url, context, next) => { seen.push(url); return next(url, context) } })
    await import(${JSON.stringify(url)})
    console.log(JSON.stringify(seen))`
  const output = execFileSync(process.execPath, ["--conditions=poniard-worker", "--input-type=module", "-e", script], {
    encoding: "utf8",
    cwd: top
  })
  const urls = JSON.parse(output) as Array<string>
  return urls.filter((url) => url.startsWith("file:")).map((url) => fileURLToPath(url).slice(top.length))
}
