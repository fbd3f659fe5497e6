// Task functions that return Effects: failing, and held up and watched through files. Apart from the others, because a
// worker that loads this loads Effect.
import { Effect } from "effect"
import { appendFileSync, existsSync } from "node:fs"
import { Task } from "poniard"

export const { die, fails, holdLater } = Task.module(import.meta.url, {
  fails: (text: string): Effect.Effect<number, string> => Effect.fail(text),
  die: (text: string): Effect.Effect<number> => Effect.die(new Error(text)),
  /** Marks the file `began`, then waits until the file `gate` is there; interruption ends it. */
  holdLater: (began: string, gate: string, value: number): Effect.Effect<number> =>
    Effect.gen(function*() {
      appendFileSync(began, `${value}\n`)
      while (!existsSync(gate)) yield* Effect.sleep(1)
      return value
    }).pipe(Effect.onInterrupt(() => Effect.sync(() => appendFileSync(`${began}.cancelled`, `${value}\n`))))
})
