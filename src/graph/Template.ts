// What all calls of one `delayed(fn, options)` share, so that a task is only its inputs and a pointer here. A function
// without options has exactly one template, whoever asks and how often.
import { type ResolvedOptions, resolveOptions } from "./options.ts"
import { refuse } from "./refuse.ts"
import { brandKey, entryOf, type TaskFunctionEntry } from "./TaskFunction.ts"
import { describe } from "./wording.ts"

/** A function with its options: the class of a task, before an engine gives it a number. */
export class Template {
  declare readonly fn: TaskFunctionEntry
  declare readonly options: ResolvedOptions
  /** 0: the task gives one value; n: it gives n, each a chunk of its own. */
  declare readonly outputs: number
  /** Its results are kept beyond those who want them, or found again: what runs may be another task. */
  declare readonly isKept: boolean
  /** Equal keys are the same to the scheduler: function, priority, limits and flags, but neither name nor retry. */
  declare readonly key: string
  /** Which engine has interned it; written by the engine only. */
  declare engine: number
  /** As what that engine knows it; written by the engine only. */
  declare taskClass: number

  constructor(fn: TaskFunctionEntry, options: ResolvedOptions) {
    this.fn = fn
    this.options = options
    this.outputs = options.outputs
    this.isKept = options.cache || options.checkpoint
    this.key = keyOf(fn, options)
    this.engine = 0
    this.taskClass = -1
  }
}

const keyOf = (fn: TaskFunctionEntry, options: ResolvedOptions): string => {
  const { bytes, cache, getResult, meta, outputs, persist, priority, rerun, timeout } = options
  const flags = (persist ? cache ? "c" : "p" : "") + (getResult ? "g" : "") + (meta ? "m" : "") + (rerun ? "r" : "")
  return `${fn.id === 0 ? "closure" : fn.id}|${priority}|${timeout}|${bytes}|${outputs}|${flags}`
}

const defaults = new WeakMap<Function, Template>()

/** The template of a function: the function's own one without options, a new one with them. `verb` is for messages. */
export const templateOf = (fn: unknown, options: unknown, verb: string): Template => {
  if (typeof fn !== "function") {
    throw refuse("GraphInvalid", { path: `${verb}: the first argument`, reason: notAFunction(fn) })
  }
  if (options !== undefined) return withOptions(entryOf(fn), resolveOptions(options, verb), verb)
  const found = defaults.get(fn)
  const entry = (fn as { readonly [brandKey]?: TaskFunctionEntry })[brandKey]
  // A closure may have become a task function since, and a task function may have been registered anew.
  if (found !== undefined && (entry === undefined ? found.fn.id === 0 : found.fn === entry)) return found
  const template = new Template(entryOf(fn), resolveOptions(undefined, verb))
  defaults.set(fn, template)
  return template
}

const withOptions = (fn: TaskFunctionEntry, options: ResolvedOptions, verb: string): Template => {
  if (options.checkpoint && fn.kind === "closure") {
    const reason =
      `${describe(fn.call)} is a closure, of which nobody can say whether it is the same in another process: `
      + "move it to a task module (Task.module), or make it a Task.inline"
    throw refuse("GraphInvalid", { path: `${verb}: options.checkpoint`, reason })
  }
  return new Template(fn, options)
}

const notAFunction = (fn: unknown): string =>
  `expected a function, got ${describe(fn)}`
  + (fn === undefined ? ". Is it exported, and not part of an import cycle?" : "")
