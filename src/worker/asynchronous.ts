// Tells Effects and Promises from plain results, and runs Effects: with the real Effect, which is loaded when the first
// one is met (its module has loaded it already).
import { createRequire } from "node:module"
import type { Attempt } from "./Attempt.ts"
import type { Chain } from "./Chain.ts"
import type { Far } from "./Far.ts"

/** Whether a value is an Effect, told without Effect. */
export const isEffect = (value: object): boolean => "~effect/Effect" in value

/** Whether a value is a Promise or behaves like one. */
export const isPromise = (value: object): value is PromiseLike<unknown> =>
  "then" in value && typeof value.then === "function"

type Effects = typeof import("./effects.ts")

let loaded: Effects | undefined

const effects = (): Effects =>
  loaded ??= createRequire(import.meta.url)(
    import.meta.url.endsWith(".ts") ? "./effects.ts" : "./effects.js"
  ) as Effects

/** Runs the Effect that an attempt's function returned; the attempt is told how it ends. */
export const runEffect = (far: Far, attempt: Attempt, url: string, effect: object): void =>
  effects().runEffect(far, attempt, url, effect)

/** The Effect of a chain one of whose members has returned an Effect or, after that, a Promise. */
export const restOf = (chain: Chain, result: object): object => effects().restOf(chain, result)
