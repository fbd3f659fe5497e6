// The error of a value that cannot cross to another thread, and the words for why. It is a plain error for those who
// call the codec; what a user sees (`NotTransferable`, with the task's name) is made of it elsewhere.
import { types } from "node:util"
import { handleMark } from "../graph/Handle.ts"

/** A value cannot cross: `path` says where in it (`input[2].items[0].onClick`), `reason` what is there and what to do. */
export class Refused extends Error {
  override readonly name = "Refused"
  readonly path: string
  readonly reason: string

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(path === "" ? reason : `${path}: ${reason}`, options)
    this.path = path
    this.reason = reason
  }
}

/** What a value is, in a few words: "a function", "an effect HashMap", "an instance of Socket". */
const wordsFor = (value: unknown): string => {
  if (typeof value === "function") return "a function"
  if (typeof value === "symbol") return "a symbol"
  if (typeof value !== "object" || value === null) return `the value ${String(value)}`
  if (types.isProxy(value)) return "a Proxy"
  if (handleMark in value) return "a handle"
  const effect = effectName(value)
  if (effect !== undefined) return /^Effect$/.test(effect) ? "an Effect" : `an effect ${effect}`
  const name = className(value)
  if (name === undefined) return "an object without a known class"
  if (isNative(value)) return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`
  return `an instance of ${name}`
}

/** Why a value cannot cross and what to do about it, as one sentence. */
export const because = (value: unknown): string => {
  const hint = hintFor(value)
  return `${wordsFor(value)} cannot cross threads${hint === "" ? "" : `: ${hint}`}`
}

/** A short text to stand for a value that cannot cross, where it is not to be refused. */
export const textFor = (value: unknown): string => {
  try {
    return `[${wordsFor(value)} cannot cross threads]`
  } catch {
    return "[what cannot be looked at cannot cross threads]"
  }
}

const hintFor = (value: unknown): string => {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return ""
  if (types.isPromise(value)) return "await it first"
  if (handleMark in value) return "give it as an input of its own, or join handles with all({ ... })"
  const effect = effectName(value)
  if (effect === "Effect") return "let the task function return it, or run it first"
  if (effect !== undefined) {
    return "of Effect's data only Option, Result, Exit, Cause, Duration and DateTime do; make an array or object of it"
  }
  if (isNative(value)) return ""
  const constructor = (value as { readonly constructor?: unknown }).constructor
  const identifier = typeof constructor === "function" && (constructor as { readonly identifier?: unknown }).identifier
  return typeof identifier === "string"
    ? `list the class ${className(value) ?? identifier} in \`schemas\` of its Task.module`
    : "return a plain object, or make its class a Schema.Class and list it in `schemas` of Task.module"
}

/** Name of one of Effect's own types, read off the key by which Effect itself knows it; undefined if it is none. */
const effectName = (value: object): string | undefined => {
  const prefix = "~effect/"
  for (let o: object | null = value; o !== null; o = Object.getPrototypeOf(o)) {
    for (const key of Object.getOwnPropertyNames(o)) {
      if (!key.startsWith(prefix) || key.startsWith("~effect/Schema/Class/")) continue
      return key.slice(prefix.length).split("/").findLast((part) => /^[A-Z]/.test(part))
    }
  }
  return undefined
}

const className = (value: object): string | undefined => {
  const constructor = (value as { readonly constructor?: unknown }).constructor
  if (typeof constructor === "function" && constructor.name !== "" && constructor.name !== "Object") {
    return constructor.name
  }
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return typeof tag === "string" && tag !== "" ? tag : undefined
}

/** Whether the class is JavaScript's own, whose name says enough. */
const isNative = (value: object): boolean => {
  const constructor = (value as { readonly constructor?: unknown }).constructor
  return typeof constructor !== "function" || nativeSource.test(Function.prototype.toString.call(constructor))
}

const nativeSource = /\{\s*\[native code\]\s*\}\s*$/
