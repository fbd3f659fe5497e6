// Task modules: which functions a file offers to workers, with the layer and the classes that they need. A worker
// imports the file, which registers itself here again, and finds the function by its name. Nothing is imported here.
import { refuse } from "./refuse.ts"
import { brand, processWide, unfit } from "./TaskFunction.ts"
import type { FromModule, Module } from "./types.ts"
import { describe } from "./wording.ts"

/** What a task module has registered in this thread. */
export interface RegisteredModule {
  readonly url: string
  readonly functions: ReadonlyMap<string, Function>
  /** The Layer that gives Effect tasks of this file their services. */
  readonly layer: unknown
  /** The `Schema.Class` and `Schema.TaggedError` classes that may cross to and from its functions. */
  readonly schemas: ReadonlyArray<unknown>
}

interface Entry extends RegisteredModule {
  readonly functions: Map<string, Function>
  readonly schemas: Array<unknown>
  layer: unknown
  /** Names registered since the file began to run, until it has; undefined after. */
  names: Set<string> | undefined
}

const modules = processWide.modules as Map<string, Entry>

/** What a file has registered in this thread by `Task.module`, if it has. The URL is the file's `import.meta.url`. */
export const registeredModule = (url: string): RegisteredModule | undefined => modules.get(url)

/** Every task module of this thread. */
export const registeredModules = (): Iterable<RegisteredModule> => modules.values()

/**
 * The function of a name: what the module registered, or else what it exports (also below `default`, where CommonJS
 * packages have it). To be called after the module was imported; refuses with TaskFunctionMissing.
 */
export const findFunction = (url: string, name: string, exports: Readonly<Record<string, unknown>>): Function => {
  const registered = modules.get(url)?.functions
  const base = exports["default"]
  const inDefault = typeof base === "object" && base !== null || typeof base === "function"
    ? (base as unknown as Record<string, unknown>)[name]
    : undefined
  const found = registered?.get(name) ?? exports[name] ?? inDefault
  if (typeof found === "function") return found
  const names = registered === undefined
    ? Object.keys(exports).filter((key) => typeof exports[key] === "function")
    : Array.from(registered.keys())
  throw refuse("TaskFunctionMissing", { module: url, function: name, registered: names })
}

/**
 * Registers functions as the task functions of this file and gives the same functions back, still callable. `layer`
 * provides the services of those that return an Effect, built once per worker; `schemas` lists classes that may cross.
 * `Task.module` is this, with the documentation for users.
 */
export const declareModule = ((url: unknown, functions: unknown, options?: unknown): unknown => {
  const place = "Task.module"
  if (typeof url !== "string" || !URL.canParse(url)) {
    throw refuse("GraphInvalid", { path: `${place}: url`, reason: `expected import.meta.url, got ${describe(url)}` })
  }
  if (typeof functions !== "object" || functions === null || Array.isArray(functions)) {
    const reason = `expected an object of functions, got ${describe(functions)}`
    throw refuse("GraphInvalid", { path: `${place}: functions`, reason })
  }
  const { layer, schemas } = readOptions(options, place)
  const own = entryFor(url)
  const named = Object.entries(functions)
  for (const [name, fn] of named) checkFunction(own, name, fn, `${place}: functions.${name}`)
  addLayer(own, layer, place)
  for (const schema of schemas) if (!own.schemas.includes(schema)) own.schemas.push(schema)
  for (const [name, fn] of named) {
    own.names?.add(name)
    own.functions.set(name, fn)
    brand(fn, { kind: "module", url, name, call: fn, source: undefined })
  }
  return functions
}) as Module

/**
 * The entry of a file that runs. Calls of one run of a file merge, and a name given twice is a mistake; a later run of
 * the same file (a hot reload, a test runner) replaces what the earlier one registered under the same names. A file
 * runs without a pause, up to its first top-level await, so the end of the current job marks the end of its run.
 */
const entryFor = (url: string): Entry => {
  let entry = modules.get(url)
  if (entry === undefined) {
    entry = { url, functions: new Map(), layer: undefined, schemas: [], names: undefined }
    modules.set(url, entry)
  }
  if (entry.names === undefined) {
    const opened = entry
    opened.names = new Set()
    opened.layer = undefined
    queueMicrotask(() => {
      opened.names = undefined
    })
  }
  return entry
}

const checkFunction = (entry: Entry, name: string, fn: unknown, path: string): void => {
  const reason = unfit(fn)
  if (reason !== undefined) throw refuse("GraphInvalid", { path, reason })
  if (!Object.isExtensible(fn)) throw refuse("GraphInvalid", { path, reason: "a frozen function cannot be marked" })
  if (entry.names?.has(name) === true) {
    const reason = `${entry.url} has registered a function of this name already; names are unique in a file`
    throw refuse("GraphInvalid", { path, reason })
  }
}

const addLayer = (entry: Entry, layer: unknown, place: string): void => {
  if (layer === undefined || layer === entry.layer) return
  if (entry.layer !== undefined) {
    const reason = "this file has given another layer already: merge the two with Layer.mergeAll and give that to both"
    throw refuse("GraphInvalid", { path: `${place}: options.layer`, reason })
  }
  entry.layer = layer
}

interface ModuleOptions {
  readonly layer: unknown
  readonly schemas: ReadonlyArray<unknown>
}

const readOptions = (options: unknown, place: string): ModuleOptions => {
  if (options === undefined) return { layer: undefined, schemas: [] }
  if (typeof options !== "object" || options === null) {
    throw refuse("GraphInvalid", { path: `${place}: options`, reason: `expected an object, got ${describe(options)}` })
  }
  for (const name of Object.keys(options)) {
    if (name === "layer" || name === "schemas") continue
    throw refuse("GraphInvalid", { path: `${place}: options.${name}`, reason: "options are layer and schemas" })
  }
  const { layer, schemas = [] } = options as { readonly layer?: unknown; readonly schemas?: unknown }
  if (layer !== undefined && !hasKey(layer, "~effect/Layer")) {
    throw refuse("GraphInvalid", {
      path: `${place}: options.layer`,
      reason: `expected a Layer, got ${describe(layer)}`
    })
  }
  if (!Array.isArray(schemas)) {
    const reason = `expected an array of classes, got ${describe(schemas)}`
    throw refuse("GraphInvalid", { path: `${place}: options.schemas`, reason })
  }
  schemas.forEach((schema: unknown, i) => {
    if (typeof schema === "function" && hasKey(schema, "identifier") && hasKey(schema, "fields")) return
    const reason = `expected a class made by Schema.Class or Schema.TaggedError, got ${describe(schema)}`
    throw refuse("GraphInvalid", { path: `${place}: options.schemas[${i}]`, reason })
  })
  return { layer, schemas }
}

const hasKey = (value: unknown, key: string): boolean =>
  (typeof value === "object" && value !== null || typeof value === "function") && key in value

/**
 * Task functions of a module that does not know Poniard: every function that it exports, by name. The module is not
 * imported here, so calling one directly is an error that says so. The URL must be absolute: what a relative path or
 * a package's name means depends on the file that writes it, so let that file resolve it.
 */
export const fromModule = ((where: unknown): unknown => {
  const url = where instanceof URL ? where.href : where
  if (typeof url !== "string" || !URL.canParse(url)) throw unresolved(url)
  const stubs = new Map<string, Function>()
  return new Proxy(Object.create(null) as object, {
    get: (_, name) => {
      // `then`: so that a promise or await does not take the record for a promise.
      if (typeof name === "symbol" || name === "then") return undefined
      let stub = stubs.get(name)
      if (stub === undefined) stubs.set(name, stub = stubFor(url, name))
      return stub
    }
  })
}) as FromModule

const stubFor = (url: string, name: string): Function => {
  const stub = (): never => {
    const reason = `this stands for the function of ${url} on a worker: run it with delayed(${name})(...), `
      + "or import it from there to call it here"
    throw refuse("GraphInvalid", { path: `${name}(...)`, reason })
  }
  Object.defineProperty(stub, "name", { value: name, configurable: true })
  brand(stub, { kind: "module", url, name, call: undefined, source: undefined })
  return stub
}

const unresolved = (url: unknown): Error => {
  const path = "Task.fromModule: url"
  if (typeof url !== "string") return refuse("GraphInvalid", { path, reason: `expected a URL, got ${describe(url)}` })
  const text = JSON.stringify(url)
  const how = /^\.{0,2}\//.test(url) ? `new URL(${text}, import.meta.url)` : `import.meta.resolve(${text})`
  const reason = `${text} means nothing without the file that says it. Write Task.fromModule(${how})`
  return refuse("GraphInvalid", { path, reason })
}
