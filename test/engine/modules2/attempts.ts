// Task functions that fail a number of times, counted in a file, and tell of their inputs what they are.
import { Effect, Schema } from "effect"
import { appendFileSync, readFileSync } from "node:fs"
import { Chunk, Task } from "poniard"
import type { Numbers } from "./arrays.ts"

/** The typed error of `failsTimes`. */
export class Flaky extends Schema.TaggedError<Flaky>()("Flaky", { attempt: Schema.Int }) {}

/** Counts an attempt: its number, from 1. */
const count = (file: string): number => {
  appendFileSync(file, `${Date.now()}\n`)
  return readFileSync(file, "utf8").split("\n").length - 1
}

const nap = new Int32Array(new SharedArrayBuffer(4))

/** A Chunk of numbers. */
export type Stored = import("poniard").Chunk<Numbers>

export const t = Task.module(import.meta.url, {
  throwsTimes: (file: string, times: number): number => {
    const attempt = count(file)
    if (attempt <= times) throw new Error(`attempt ${attempt} of ${times}`)
    return attempt
  },
  failsTimes: (file: string, times: number): Effect.Effect<number, Flaky> =>
    Effect.suspend(() => {
      const attempt = count(file)
      return attempt <= times ? Effect.fail(new Flaky({ attempt })) : Effect.succeed(attempt)
    }),
  rejectsTimes: async (file: string, times: number): Promise<number> => {
    const attempt = await Promise.resolve(count(file))
    if (attempt <= times) throw new Error(`attempt ${attempt}`)
    return attempt
  },
  sleepsTimes: (file: string, times: number): Effect.Effect<number> =>
    Effect.suspend(() => {
      const attempt = count(file)
      return attempt <= times ? Effect.never : Effect.succeed(attempt)
    }),
  /** Runs until it is told to stop. */
  spins: (file: string): number => {
    count(file)
    while (!Task.isCancelled()) Atomics.wait(nap, 0, 0, 1)
    return 1
  },
  /** Rejects when its signal fires. */
  listens: (file: string): Promise<number> => {
    const signal = Task.signal()
    count(file)
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("told to stop"))))
  },
  refusedAlways: (file: string): unknown => {
    count(file)
    return () => 1
  },
  isChunk: (value: unknown): boolean => Chunk.is(value),
  sizes: (xs: Stored, more: ReadonlyArray<Stored>): ReadonlyArray<number> => [xs, ...more].map((chunk) => chunk.bytes),
  last: (...chunks: readonly [Stored, Stored]): Stored => chunks[1],
  larger: (xs: Stored, ys: Stored): Stored => xs.bytes >= ys.bytes ? xs : ys,
  both: (xs: Stored, ys: Stored): ReadonlyArray<Stored> => [ys, xs],
  inside: (xs: Stored): unknown => ({ xs })
}, { schemas: [Flaky] })
