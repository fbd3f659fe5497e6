// The house as the rules see it: every source file of ours, what lies at the top, and what the package offers.
// Only reading; what is allowed is said in rules of imports, of form and of layout beside this file.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Source } from "./Source.ts"
import { parse } from "./Source.ts"

/** Everything that a rule may look at. */
export interface House {
  /** Parsed files of src, test, bench and examples by path. */
  readonly sources: ReadonlyMap<string, Source>
  /** Names of the files and folders at the top. */
  readonly top: ReadonlyArray<string>
  /** Files that package.json's `exports` point at, by condition. */
  readonly exports: ReadonlyMap<string, string>
  /** Packages that src may import: the peers in package.json. */
  readonly peers: ReadonlyArray<string>
  /** The folder of Effect's own sources. */
  readonly effectSources: string
}

/** Something that breaks a rule, with its place. */
export interface Complaint {
  readonly file: string
  readonly line: number
  readonly says: string
}

/** A rule: its name, and what breaks it in a house. */
export interface Rule {
  readonly name: string
  readonly check: (house: House) => Iterable<Complaint>
}

/** The folders whose TypeScript files the rules read. */
export const folders = ["src", "test", "bench", "examples"]

/** Reads the house that lies in a folder. */
export const readHouse = (folder: string): House => {
  const files = new Map<string, string>()
  for (const part of folders.filter((name) => existsSync(join(folder, name)))) {
    for (const name of readdirSync(join(folder, part), { recursive: true, encoding: "utf8" })) {
      const path = `${part}/${name.replaceAll("\\", "/")}`
      if (path.endsWith(".ts") && !path.includes("node_modules")) {
        files.set(path, readFileSync(join(folder, path), "utf8"))
      }
    }
  }
  const description = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageJson
  return {
    sources: parse(files),
    top: readdirSync(folder),
    exports: new Map(Object.entries(description.exports["."]).map(([key, path]) => [key, path.slice("./".length)])),
    peers: Object.keys(description.peerDependencies),
    effectSources: join(folder, "node_modules/effect/src")
  }
}

interface PackageJson {
  readonly exports: { readonly ".": Readonly<Record<string, string>> }
  readonly peerDependencies: Readonly<Record<string, string>>
}

/** The folder of src that a path lies in: `graph` for `src/graph/Task.ts`, "" for `src/index.ts`, else undefined. */
export const partOf = (path: string): string | undefined => {
  const segments = path.split("/")
  return segments[0] === "src" ? segments.length > 2 ? segments[1] : "" : undefined
}

/** The files of src, in order of path. */
export const sourcesOf = (house: House): ReadonlyArray<Source> =>
  [...house.sources.values()].filter((source) => source.path.startsWith("src/"))
