// The first file of a thread that only finds out what a task module consists of: it imports it under a load hook, which
// records the text of every file of the module's own package that is loaded with it, and the version of every other
// package. Nothing is run but what modules do when they are loaded.
import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { type LoadFnOutput, registerHooks } from "node:module"
import { dirname, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { parentPort, workerData } from "node:worker_threads"
import type { SourcesAnswer, SourcesRequest } from "../transport/SourcesMessage.ts"

interface Package {
  readonly folder: string
  readonly name: string
  readonly version: string
}

const packages = new Map<string, Package>()

/** The package of a file: of the nearest package.json with a name. */
const packageOf = (file: string): Package => {
  const folder = dirname(file)
  const found = packages.get(folder)
  if (found !== undefined) return found
  const path = join(folder, "package.json")
  let own: Package | undefined
  if (existsSync(path)) {
    const { name, version } = JSON.parse(readFileSync(path, "utf8")) as { name?: unknown; version?: unknown }
    if (typeof name === "string") own = { folder, name, version: String(version ?? "") }
  }
  const result = own ?? (dirname(folder) === folder ? { folder, name: "", version: "" } : packageOf(folder))
  packages.set(folder, result)
  return result
}

/** Poniard itself is no part of what a function computes. */
const ours = new URL("..", import.meta.url).href

/** By file or package, what it was: in order of names when all is known. */
const record = (found: Map<string, string>, home: Package, url: string, loaded: LoadFnOutput): void => {
  if (!url.startsWith("file:") || url.startsWith(ours)) return
  const file = fileURLToPath(url)
  const { folder, name, version } = packageOf(file)
  if (folder !== home.folder || file.includes(`${sep}node_modules${sep}`)) {
    found.set(name, version)
    return
  }
  const source = loaded.source === null || loaded.source === undefined ? readFileSync(file) : loaded.source
  const text = typeof source === "string" ? source : new Uint8Array(source as ArrayBuffer)
  found.set(relative(folder, file), createHash("sha256").update(text).digest("hex"))
}

const answer = ({ isLoaded, url }: SourcesRequest): Promise<SourcesAnswer> => {
  const file = fileURLToPath(url)
  const home = packageOf(file)
  const path = relative(home.folder, file).split(sep).join("/")
  if (!isLoaded) return Promise.resolve({ package: home.name, path, digest: "" })
  const found = new Map<string, string>()
  registerHooks({
    load: (at, context, next) => {
      const loaded = next(at, context)
      record(found, home, at, loaded)
      return loaded
    }
  })
  return import(url).then(() => {
    const parts = [...found].sort(([a], [b]) => a < b ? -1 : 1)
    return { package: home.name, path, digest: createHash("sha256").update(JSON.stringify(parts)).digest("hex") }
  })
}

const say = (said: SourcesAnswer): void => parentPort!.postMessage(said)

Promise.resolve((workerData as { readonly poniard: SourcesRequest }).poniard).then(answer).then(
  say,
  (thrown: unknown) => say({ problem: thrown instanceof Error ? thrown.message : String(thrown) })
)
