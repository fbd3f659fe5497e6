// The task functions that this worker knows: imported from their modules or revived from source when they are first
// needed. A function that cannot be had is remembered as the error that says why.
import type { Crossing } from "../chunk/codec.ts"
import { describeCause, stackOf } from "../graph/causes.ts"
import { type PartMessage, readParts } from "../graph/chain.ts"
import { revive } from "../graph/inline.ts"
import { findFunction, registeredModules } from "../graph/TaskModule.ts"
import type { Failure, FunctionMessage } from "../transport/Message.ts"
import { chained } from "./Chain.ts"

/** Why a function cannot be had; of a chain, the function of which member. */
export type Missing = Pick<Failure, "kind" | "text" | "path" | "hint" | "names" | "member">

/** A function, once it is settled whether there is one. */
export interface Known {
  readonly url: string
  readonly fn: Function | undefined
  readonly missing: Missing | undefined
  /** its last call took long, or there was none yet */
  slow: boolean
}

const startHint = "Put the start of the program under `if (import.meta.main)`"

const hints: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX|TypeScript (enum|namespace|parameter property)|is not supported in strip-only mode/,
    "Node strips types only: enums, namespaces and parameter properties need a loader (node --import tsx); workers inherit it"
  ],
  [
    /ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING/,
    "Node strips no types below node_modules: publish the package as JavaScript"
  ],
  [
    /ERR_MODULE_NOT_FOUND|Cannot find (module|package)/,
    "A worker loads the file by itself: write imports with their real extensions, and paths that exist on disk "
    + "(no bundler aliases)"
  ],
  [
    /ERR_UNKNOWN_FILE_EXTENSION/,
    "Node does not know this kind of file: start the program with the loader that does; workers inherit it"
  ],
  [/Engine.*in a worker|inside a worker/, startHint]
]

type Settle = (fn: Function | undefined, missing: Missing | undefined) => void

const notLoaded = (ms: number): Error =>
  new Error(
    `it has not finished loading after ${ms / 1000} s: does it await something at its top level that never comes?`
  )

const unloadable = (url: string, error: unknown): Missing => {
  const text = describeCause(error).replace(/ imported from \S*[/\\]worker[/\\]Functions\.[jt]s/, "")
  const code = (error as { readonly code?: unknown } | undefined)?.code
  const hint = hints.find(([pattern]) => pattern.test(`${String(code)} ${text}`))?.[1] ?? ""
  const [place] = placeOf.exec(stackOf(error)) ?? []
  return { kind: "unloadable", text: place === undefined ? text : `${text} (at ${place})`, path: url, hint, names: [] }
}

/** The first place in a stack that is in a file, as Node also writes it above syntax errors. */
const placeOf = /file:\/\/[^\s()]+?:\d+(?::\d+)?(?=[\s)]|$)/

/** The module ended the thread while it was loaded. */
export const exitedWhileLoading = (url: string, code: number): Missing => ({
  kind: "unloadable",
  text: `it called process.exit(${code}) while it was loaded`,
  path: url,
  hint: startHint,
  names: []
})

/** ms that a module may take to load. */
const LOAD_MS = 60_000

/** All functions of one worker. */
export class Functions {
  private readonly known = new Map<number, Known>()
  private readonly messages = new Map<number, FunctionMessage>()
  /** members of chains that are not loaded yet */
  private readonly parts = new Map<number, ReadonlyArray<PartMessage>>()
  private readonly crossing: Crossing
  private readonly loadMs: number

  constructor(crossing: Crossing, loadMs = LOAD_MS) {
    this.crossing = crossing
    this.loadMs = loadMs
  }

  /** The engine names a function. */
  introduce(message: FunctionMessage): void {
    this.messages.set(message.id, message)
  }

  /** What is known of a function; undefined until it is loaded. */
  get(id: number): Known | undefined {
    return this.known.get(id)
  }

  /** Where a function comes from; of a chain that is being loaded, the member that is. */
  urlOf(id: number): string {
    return this.parts.get(id)?.find((part) => !this.known.has(part.id))?.url ?? this.messages.get(id)!.url
  }

  /** Loads a function, then calls `done`: at once if that takes no import. */
  load(id: number, done: () => void): void {
    const { kind, name, source, url } = this.messages.get(id)!
    if (kind === "chain") return this.loadChain(id, readParts(source!), done)
    const settle = (fn: Function | undefined, missing: Missing | undefined): void => {
      if (this.known.has(id)) return
      clearTimeout(timer)
      this.known.set(id, { url, fn, missing, slow: true })
      done()
    }
    const timeOver = (): void => settle(undefined, unloadable(url, notLoaded(this.loadMs)))
    const timer = kind === "inline" ? undefined : setTimeout(timeOver, this.loadMs)
    if (kind === "inline") return this.revived(source!, settle)
    import(url).then(
      (exports: Record<string, unknown>) => this.found(url, name, exports, settle),
      (error: unknown) => settle(undefined, unloadable(url, error))
    )
  }

  /** Loads the members of a chain, one after the other: it is known which one fails, or ends the thread. */
  private loadChain(id: number, parts: ReadonlyArray<PartMessage>, done: () => void): void {
    this.parts.set(id, parts)
    const next = (from: number): void => {
      for (let i = from; i < parts.length; i++) {
        const part = parts[i]
        if (this.known.has(part.id)) continue
        this.introduce(part)
        return this.load(part.id, () => next(i + 1))
      }
      this.parts.delete(id)
      this.known.set(id, { url: "", ...this.joined(parts), slow: true })
      done()
    }
    next(0)
  }

  private joined(parts: ReadonlyArray<PartMessage>): Pick<Known, "fn" | "missing"> {
    const found = parts.map((part) => this.known.get(part.id)!)
    const member = found.findIndex(({ fn }) => fn === undefined)
    if (member >= 0) return { fn: undefined, missing: { ...found[member].missing!, member } }
    const members = parts.map(({ at, first, inputs }, i) => ({
      fn: found[i].fn!,
      url: found[i].url,
      first,
      inputs,
      at
    }))
    return { fn: chained(members), missing: undefined }
  }

  private revived(source: string, settle: Settle): void {
    let fn: Function
    try {
      fn = revive(source)
    } catch (error) {
      return settle(undefined, unloadable("(inline function)", error))
    }
    settle(fn, undefined)
  }

  private found(url: string, name: string, exports: Record<string, unknown>, settle: Settle): void {
    let fn: Function
    try {
      fn = findFunction(url, name, exports)
      // Also those of modules that it imports: its values may be made of them.
      for (const { schemas } of registeredModules()) this.crossing.add(schemas)
    } catch (error) {
      const { registered } = error as { readonly registered?: ReadonlyArray<string> }
      if (registered === undefined) return settle(undefined, unloadable(url, error))
      return settle(undefined, { kind: "missing", text: name, path: url, hint: "", names: registered })
    }
    settle(fn, undefined)
  }
}
