// What the engines of this process may take together. Each is held to its own budget; that they all fit the machine is
// the program's business, so it is only told.
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { memoryBytes } from "./machine.ts"

/** Share of the memory that this process may use over which budgets of several engines are remarked upon. */
const MOST = 0.8

let together = 0
let engines = 0

const inMiB = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`

/** Counts an engine's budget while its Scope is open; warns if those of several engines are too much for the machine. */
export const countBudget = Effect.fnUntraced(function*(bytes: number): Effect.fn.Return<void, never, Scope.Scope> {
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      together += bytes
      engines++
    }),
    () =>
      Effect.sync(() => {
        together -= bytes
        engines--
      })
  )
  const memory = memoryBytes()
  if (engines < 2 || together <= memory * MOST) return
  yield* Effect.logWarning(
    `Poniard: the ${engines} engines of this process may take ${inMiB(together)} together, of ${inMiB(memory)} that it `
      + "may use: give each less with the option `memory`, or share one engine"
  )
})
