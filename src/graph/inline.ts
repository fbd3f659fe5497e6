// Functions that travel as their source text: `Task.inline(fn)`. The text is all there is: strict mode, globals only, no
// variable from outside. Not a parser: what a text alone cannot be rebuilt from is refused at the call.
import { refuse } from "./refuse.ts"
import { brand, unfit } from "./TaskFunction.ts"
import type { Inline } from "./types.ts"
import { describe } from "./wording.ts"

/**
 * The function of a source text. Compilers that keep names (esbuild, tsx) wrap inner functions in `__name`, which is
 * supplied for that reason. Throws what JavaScript throws: a SyntaxError if the text is no function expression.
 */
export const revive = (source: string): Function => {
  const make = new Function("__name", `"use strict"; return (${source}\n)`)
  const fn: unknown = make((named: unknown) => named)
  if (typeof fn !== "function") throw new SyntaxError(`this is no function but ${describe(fn)}`)
  return fn
}

const tryRevive = (source: string): unknown => {
  try {
    revive(source)
    return undefined
  } catch (cause) {
    return cause
  }
}

/**
 * Makes a task function of a function that uses nothing but its arguments and globals, so that it may be written in
 * any file. Its source text is shipped; the function itself is given back and can still be called.
 */
export const inline = ((fn: Function): Function => {
  const path = "Task.inline"
  const unfitness = unfit(fn)
  if (unfitness !== undefined) throw refuse("GraphInvalid", { path, reason: unfitness })
  const source = Function.prototype.toString.call(fn)
  const problem = tryRevive(source)
  if (problem !== undefined) {
    const reason = `${describe(fn)} cannot be rebuilt from its source text (${String(problem)}). `
      + "Methods, getters and functions that use super are not closed: write (...args) => ... or function(...args) { ... }"
    throw refuse("GraphInvalid", { path, reason })
  }
  if (!brand(fn, { kind: "inline", url: "", name: fn.name, call: fn, source })) {
    throw refuse("GraphInvalid", { path, reason: `${describe(fn)} is frozen, so it cannot be marked` })
  }
  return fn
}) as Inline
