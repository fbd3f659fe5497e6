// How stable a module of Effect is, read from the `@stability` tag that heads its own source.
// A module without a heading (Effect.ts, ManagedRuntime.ts) is stable where most tags of its exports say so.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** What Effect promises about a module: stable keeps semver, the others may break in a minor or a patch. */
export type Stability = "stable" | "unstable" | "experimental"

/**
 * The modules that an import from `effect` takes and that are not stable, as specifiers (`effect/FileSystem`).
 * `sources` is the folder of Effect's own sources; a specifier that names no module there is an error.
 */
export const unstableModules = (
  sources: string,
  specifier: string,
  names: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const path = specifier.slice("effect".length + 1)
  if (path !== "" && existsSync(join(sources, `${path}.ts`))) {
    return stabilityOf(join(sources, `${path}.ts`)) === "stable" ? [] : [specifier]
  }
  const folder = join(sources, path)
  if (!existsSync(join(folder, "index.ts"))) throw new Error(`${specifier} is no module of effect in ${sources}`)
  // A barrel: what is taken from it counts; all of it where the whole is taken, but for Effect's main one.
  const modules = readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "index.ts")
  return modules
    .map((name) => name.slice(0, -".ts".length))
    .filter((name) => names.length === 0 ? path !== "" : names.includes(name))
    .filter((name) => stabilityOf(join(folder, `${name}.ts`)) !== "stable")
    .map((name) => `${specifier}/${name}`)
}

const known = new Map<string, Stability>()

const stabilityOf = (file: string): Stability => {
  const before = known.get(file)
  if (before !== undefined) return before
  const text = readFileSync(file, "utf8")
  const heading = /^\s*\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? ""
  const stability = tags(heading)[0] ?? mostFrequent(tags(text))
  known.set(file, stability)
  return stability
}

const tags = (text: string): Array<Stability> =>
  Array.from(text.matchAll(/@stability (stable|unstable|experimental)/g), (match) => match[1] as Stability)

const mostFrequent = (found: ReadonlyArray<Stability>): Stability => {
  const stable = found.filter((tag) => tag === "stable").length
  return stable * 2 > found.length ? "stable" : "unstable"
}
