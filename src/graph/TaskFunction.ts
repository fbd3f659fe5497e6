// What a task calls: the entry that `Task.module`, `Task.fromModule` and `Task.inline` hang on a function, and the one
// made on the fly for a closure. One entry per function, with a process-wide number, so that nothing on the hot path
// compares strings. Not here: finding the function on a worker (TaskModule.ts), reviving a source text (inline.ts).
import { describe } from "./wording.ts"

/** Where a task function comes from and how a worker gets at it. */
export interface TaskFunctionEntry {
  /** A number that no other module or inline function, or chain of these, has in this process; 0 for every closure. */
  readonly id: number
  /**
   * `module`: imported by url and name. `inline`: revived from `source`. `closure`: runs in its own thread only; so does
   * a chain of closures. `chain`: several of the first two, called one after the other.
   */
  readonly kind: "module" | "closure" | "inline" | "chain"
  /** The URL of the task module; empty for all others. */
  readonly url: string
  /** The name that the module registers or exports; for the others the function's own name, perhaps empty. */
  readonly name: string
  /** The function itself where this thread has it; undefined for functions of `Task.fromModule`. */
  readonly call: Function | undefined
  /** The source text of an inline function; of a chain its members, as workers are told of them (chain.ts). */
  readonly source: string | undefined
  /** The members of a chain, in the order in which they are called; undefined for a single function. */
  readonly parts: ReadonlyArray<ChainPart> | undefined
}

/** Where the arguments of a member lie among those of its chain. */
export interface Place {
  /** The first of its own: those besides the value of the member before. */
  readonly first: number
  /** How many there are. */
  readonly inputs: number
  /** Which of its arguments the value of the member before is, from 0; -1: it is the first member and is given none. */
  readonly at: number
}

/** A member of a chain. */
export interface ChainPart extends Place {
  readonly fn: TaskFunctionEntry
}

/** The property, never enumerable, under which a task function carries its entry. */
export const brandKey = "~poniard/TaskFunction"

interface ProcessWide {
  nextId: number
  readonly modules: Map<string, unknown>
}

// Under a bundler or a test runner one thread may hold two copies of this file; ids and modules must not be theirs.
const key = Symbol.for("poniard/0/processWide")
const scope = globalThis as unknown as { [key]?: ProcessWide }

/** What all copies of Poniard in this thread share: the counter of functions and the registered modules. */
export const processWide: ProcessWide = scope[key] ??= { nextId: 1, modules: new Map() }

/** Hangs an entry on a function, replacing an older one. False if the function is frozen. */
export const brand = (fn: Function, entry: Omit<TaskFunctionEntry, "id" | "parts">): boolean => {
  if (!Object.isExtensible(fn) && !Object.hasOwn(fn, brandKey)) return false
  const { call, kind, name, source, url } = entry
  const value: TaskFunctionEntry = { id: processWide.nextId++, kind, url, name, call, source, parts: undefined }
  return Reflect.defineProperty(fn, brandKey, { value, enumerable: false, configurable: true, writable: true })
}

/** The entry of a closure: of a user's, or one of the engine's own tasks on its thread. */
export const closureEntry = (name: string, call: Function): TaskFunctionEntry => ({
  id: 0,
  kind: "closure",
  url: "",
  name,
  call,
  source: undefined,
  parts: undefined
})

/** The entry of a task function, or a new one that says "closure". */
export const entryOf = (fn: Function): TaskFunctionEntry => {
  const entry = (fn as { readonly [brandKey]?: TaskFunctionEntry })[brandKey]
  if (entry !== undefined) return entry
  return closureEntry(fn.name, fn)
}

/** What keeps a function from being rebuilt or found on a worker, in words; undefined if nothing can be told. */
export const unfit = (fn: unknown): string | undefined => {
  if (typeof fn !== "function") return `expected a function, got ${describe(fn)}`
  const tag = (fn as unknown as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  if (tag === "GeneratorFunction" || tag === "AsyncGeneratorFunction") {
    return "a generator function gives an iterator, not a value: wrap it with Effect.fn or collect its items in an array"
  }
  // Only classes have a prototype that cannot be written; asking the source text would need a parser.
  if (Object.getOwnPropertyDescriptor(fn, "prototype")?.writable === false && !isNative(fn)) {
    return "a class cannot be called: give a function such as (...args) => new TheClass(...args)"
  }
  if (isNative(fn)) {
    return fn.name.startsWith("bound ")
      ? "a bound function has no source of its own: write (...args) => object.method(...args)"
      : `${fn.name || "this"} is a native function: wrap it, as in (x) => ${fn.name || "fn"}(x)`
  }
  return undefined
}

const isNative = (fn: Function): boolean => /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(fn))
