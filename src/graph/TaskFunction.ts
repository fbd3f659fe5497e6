// What a task calls: the entry that `Task.module`, `Task.fromModule` and `Task.inline` hang on a function, and the one
// made on the fly for a closure. One entry per function, with a process-wide number, so that nothing on the hot path
// compares strings. Not here: finding the function on a worker (TaskModule.ts), reviving a source text (inline.ts).
import { describe } from "./wording.ts"

/** Where a task function comes from and how a worker gets at it. */
export interface TaskFunctionEntry {
  /** A number that no other module or inline function of this process has; 0 for every closure. */
  readonly id: number
  /** `module`: imported by url and name. `inline`: revived from `source`. `closure`: runs in its own thread only. */
  readonly kind: "module" | "closure" | "inline"
  /** The URL of the task module; empty for closures and inline functions. */
  readonly url: string
  /** The name that the module registers or exports; for the others the function's own name, perhaps empty. */
  readonly name: string
  /** The function itself where this thread has it; undefined for functions of `Task.fromModule`. */
  readonly call: Function | undefined
  /** The source text of an inline function. */
  readonly source: string | undefined
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
export const brand = (fn: Function, entry: Omit<TaskFunctionEntry, "id">): boolean => {
  if (!Object.isExtensible(fn) && !Object.hasOwn(fn, brandKey)) return false
  const { call, kind, name, source, url } = entry
  const value: TaskFunctionEntry = { id: processWide.nextId++, kind, url, name, call, source }
  return Reflect.defineProperty(fn, brandKey, { value, enumerable: false, configurable: true, writable: true })
}

/** The entry of a task function, or a new one that says "closure". */
export const entryOf = (fn: Function): TaskFunctionEntry => {
  const entry = (fn as { readonly [brandKey]?: TaskFunctionEntry })[brandKey]
  if (entry !== undefined) return entry
  return { id: 0, kind: "closure", url: "", name: fn.name, call: fn, source: undefined }
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
