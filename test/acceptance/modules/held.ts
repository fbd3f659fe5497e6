// Task functions that tests hold up and watch through the files of test/engine/files.ts, with and without shared memory.
import { Effect } from "effect"
import { appendFileSync, existsSync } from "node:fs"
import { Task } from "poniard"

const nap = new Int32Array(new SharedArrayBuffer(4))

export const { hold, holdLater, never } = Task.module(import.meta.url, {
  /** Marks the file `began`, then blocks its thread until the file `gate` is there or nobody wants it any more. */
  hold: (began: string, gate: string, value: number): number => {
    appendFileSync(began, `${value}\n`)
    while (!existsSync(gate) && !Task.isCancelled()) Atomics.wait(nap, 0, 0, 1)
    appendFileSync(`${began}.${Task.isCancelled() ? "cancelled" : "ended"}`, `${value}\n`)
    return value
  },
  /** The same as an Effect, which interruption ends. */
  holdLater: (began: string, gate: string, value: number): Effect.Effect<number> =>
    Effect.gen(function*() {
      appendFileSync(began, `${value}\n`)
      while (!existsSync(gate)) yield* Effect.sleep(1)
      return value
    }),
  /** An Effect that ends by interruption only. */
  never: (began: string): Effect.Effect<number> =>
    Effect.andThen(Effect.sync(() => appendFileSync(began, "x\n")), Effect.never)
})
