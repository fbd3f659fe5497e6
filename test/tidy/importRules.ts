// Rules of who imports whom (DESIGN section 4): directions between the folders of src, cycles, and what may be had
// from outside. What the worker loads at its start is in lightPath.ts; the look of a file is in formRules.ts.
import type { Complaint, House, Rule } from "./House.ts"
import { partOf, sourcesOf } from "./House.ts"
import type { Import, Source } from "./Source.ts"
import { unstableModules } from "./stability.ts"

const all = ["graph", "scheduler", "chunk", "transport", "worker", "processor", "engine", "collection", "observe"]

/** What each folder of src may import, besides itself. `""` is src/index.ts, the public functions. */
export const mayImport: Readonly<Record<string, ReadonlyArray<string>>> = {
  "": [...all, "cli"],
  graph: [],
  scheduler: ["graph"],
  chunk: ["graph"],
  transport: ["graph", "chunk"],
  worker: ["graph", "chunk", "transport"],
  processor: ["graph", "chunk", "transport"],
  engine: ["graph", "scheduler", "chunk", "processor"],
  collection: ["graph", ""],
  observe: ["graph", "scheduler", "engine"],
  cli: [...all, ""]
}

const mayImportTypes: Readonly<Record<string, ReadonlyArray<string>>> = { engine: ["transport"] }

/** Files that may touch the machine: `node:` modules and modules of Effect that are not stable. */
const touchesMachine = (path: string): boolean =>
  /^src\/(transport|worker|chunk|observe|cli)\//.test(path) || path === "src/engine/machine.ts"

/** Files that decide and do nothing else: no Effect at run time, no clock, no I/O. */
export const isPure = (path: string): boolean => path.startsWith("src/scheduler/")

function* everyImport(house: House): Iterable<readonly [Source, Import]> {
  for (const source of sourcesOf(house)) for (const item of source.imports) yield [source, item]
}

const complaint = (source: Source, line: number, says: string): Complaint => ({ file: source.path, line, says })

const folder = (part: string): string => part === "" ? "src/index.ts" : `src/${part}/`

const direction: Rule = {
  name: "folders import in one direction",
  *check(house) {
    for (const [source, { kind, line, target }] of everyImport(house)) {
      if (target === undefined) continue
      const from = partOf(source.path) ?? ""
      const to = partOf(target)
      if (to === undefined) {
        yield complaint(source, line, `src imports nothing outside src, but this imports ${target}`)
      } else if (to !== from || from === "") {
        const allowed = mayImport[from] ?? []
        const types = mayImportTypes[from] ?? []
        if (allowed.includes(to) || kind === "type" && types.includes(to)) continue
        const names = [...allowed.map(folder), ...types.map((part) => `types of ${folder(part)}`)].join(", ")
        yield complaint(source, line, `${folder(from)} may import ${names || "nothing of ours"}, not ${target}`)
      }
    }
  }
}

const cycles: Rule = {
  name: "no file imports itself, whichever way round",
  *check(house) {
    const done = new Set<string>()
    for (const source of sourcesOf(house)) {
      const cycle = done.has(source.path) ? undefined : cycleFrom(house, source.path, done)
      if (cycle === undefined) continue
      const first = house.sources.get(cycle[0])!
      const line = loads(house, cycle[0]).find((item) => item.target === cycle[1])?.line ?? 1
      yield complaint(first, line, `cycle: ${cycle.join(" > ")} (a type alone may be imported back, with import type)`)
    }
  }
}

/** What loads at once or later when a file is loaded; types aside. */
const loads = (house: House, path: string): ReadonlyArray<Import> =>
  (house.sources.get(path)?.imports ?? []).filter((item) => item.kind !== "type")

/** The first cycle found on a walk from `start`, its first file repeated at its end. Marks as done what has none. */
const cycleFrom = (house: House, start: string, done: Set<string>): ReadonlyArray<string> | undefined => {
  const path: Array<string> = []
  const visit = (file: string): ReadonlyArray<string> | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file) || !house.sources.has(file)) return undefined
    path.push(file)
    for (const { target } of loads(house, file)) {
      const cycle = target === undefined ? undefined : visit(target)
      if (cycle !== undefined) {
        done.add(file)
        return cycle
      }
    }
    path.pop()
    done.add(file)
    return undefined
  }
  return visit(start)
}

const isNode = (specifier: string): boolean =>
  specifier.startsWith("node:") || specifier.startsWith("@effect/platform-node")

/** True for a specifier of Effect itself, the barrel or a module of it. */
export const isEffect = (specifier: string): boolean => specifier === "effect" || specifier.startsWith("effect/")

const places = "transport/, worker/, chunk/, observe/, cli/ and engine/machine.ts"

const machine: Rule = {
  name: "only some folders know the machine",
  *check(house) {
    for (const [source, item] of everyImport(house)) {
      if (touchesMachine(source.path)) continue
      if (isNode(item.specifier)) {
        yield complaint(source, item.line, `${item.specifier} stays in ${places}`)
      } else if (isEffect(item.specifier)) {
        for (const name of unstableModules(house.effectSources, item.specifier, item.names)) {
          yield complaint(source, item.line, `${name} is not stable: it stays in ${places}`)
        }
      }
    }
  }
}

const packages: Rule = {
  name: "src imports only packages that the user has",
  *check(house) {
    for (const [source, { line, specifier, target }] of everyImport(house)) {
      if (target !== undefined || specifier.startsWith("node:")) continue
      if (house.peers.some((name) => specifier === name || specifier.startsWith(`${name}/`))) continue
      yield complaint(source, line, `${specifier} is no peer dependency (${house.peers.join(", ")})`)
    }
  }
}

const pure: Rule = {
  name: "what decides has no Effect",
  *check(house) {
    for (const [source, item] of everyImport(house)) {
      if (!isPure(source.path) || item.kind === "type" || !isEffect(item.specifier)) continue
      yield complaint(source, item.line, `${item.specifier}: a plain function decides here, without Effect at run time`)
    }
  }
}

/** The rules of this file. */
export const importRules: ReadonlyArray<Rule> = [direction, cycles, machine, packages, pure]
