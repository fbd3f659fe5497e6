// The task functions that this worker knows: imported from their modules or revived from source when they are first
// needed. A function that cannot be had is remembered as the error that says why.
import type { Crossing } from "../chunk/codec.ts"
import { revive } from "../graph/inline.ts"
import { findFunction, registeredModule } from "../graph/TaskModule.ts"
import type { Failure, FunctionMessage } from "../transport/Message.ts"

/** Why a function cannot be had. */
export type Missing = Pick<Failure, "kind" | "text" | "path" | "hint" | "names">

/** A function, once it is settled whether there is one. */
export interface Known {
  readonly url: string
  readonly fn: Function | undefined
  readonly missing: Missing | undefined
}

const hints: ReadonlyArray<readonly [RegExp, string]> = [
  [/ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX|TypeScript (enum|namespace|parameter property)|is not supported in strip-only mode/,
    "Node strips types only: enums, namespaces and parameter properties need a loader (node --import tsx); workers inherit it"],
  [/ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING/, "Node strips no types below node_modules: publish the package as JavaScript"],
  [/ERR_MODULE_NOT_FOUND|Cannot find (module|package)/,
    "A worker loads the file by itself: write imports with their real extensions, and paths that exist on disk "
    + "(no bundler aliases)"],
  [/ERR_UNKNOWN_FILE_EXTENSION/, "Node does not know this kind of file: start the program with the loader that does; workers inherit it"],
  [/Engine.*in a worker|inside a worker/, "Put the start of the program under `if (import.meta.main)`"]
]

const unloadable = (url: string, error: unknown): Missing => {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const code = (error as { readonly code?: unknown } | undefined)?.code
  const hint = hints.find(([pattern]) => pattern.test(`${String(code)} ${text}`))?.[1] ?? ""
  return { kind: "unloadable", text, path: url, hint, names: [] }
}

/** All functions of one worker. */
export class Functions {
  private readonly known = new Map<number, Known>()
  private readonly messages = new Map<number, FunctionMessage>()
  private readonly crossing: Crossing

  constructor(crossing: Crossing) {
    this.crossing = crossing
  }

  /** The engine names a function. */
  introduce(message: FunctionMessage): void {
    this.messages.set(message.id, message)
  }

  /** What is known of a function; undefined until it is loaded. */
  get(id: number): Known | undefined {
    return this.known.get(id)
  }

  /** Loads a function, then calls `done`. */
  load(id: number, done: () => void): void {
    const message = this.messages.get(id)!
    const settle = (known: Known): void => {
      this.known.set(id, known)
      done()
    }
    const { name, source, url } = message
    if (message.kind === "inline") return settle(this.revived(source!))
    import(url).then(
      (exports: Record<string, unknown>) => settle(this.found(url, name, exports)),
      (error: unknown) => settle({ url, fn: undefined, missing: unloadable(url, error) })
    )
  }

  private revived(source: string): Known {
    try {
      return { url: "", fn: revive(source), missing: undefined }
    } catch (error) {
      return { url: "", fn: undefined, missing: unloadable("(inline function)", error) }
    }
  }

  private found(url: string, name: string, exports: Record<string, unknown>): Known {
    try {
      const fn = findFunction(url, name, exports)
      this.crossing.add(registeredModule(url)?.schemas ?? [])
      return { url, fn, missing: undefined }
    } catch (error) {
      const { registered } = error as { readonly registered?: ReadonlyArray<string> }
      if (registered === undefined) return { url, fn: undefined, missing: unloadable(url, error) }
      return { url, fn: undefined, missing: { kind: "missing", text: name, path: url, hint: "", names: registered } }
    }
  }
}
