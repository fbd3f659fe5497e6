// The task functions that examples in doc comments use without declaring them: what a reader guesses from their names.
import { Effect, Schema } from "effect"
import { Task } from "poniard"

/** A typed error that crosses threads as itself. */
export class DivisionByZero
  extends Schema.TaggedError<DivisionByZero>()("DivisionByZero", { dividend: Schema.Number })
{}

export const { add, divide, forever, mean, parseJson, shift, sort, split, square, sum } = Task.module(import.meta.url, {
  square: (x: number) => x * x,
  add: (a: number, b: number) => a + b,
  sum: (xs: ReadonlyArray<number>) => xs.reduce((total, x) => total + x, 0),
  mean: (xs: Float64Array) => xs.reduce((total, x) => total + x, 0) / xs.length,
  /** the even numbers and the odd ones */
  split: (xs: ReadonlyArray<number>) => [xs.filter((x) => x % 2 === 0), xs.filter((x) => x % 2 !== 0)],
  parseJson: (text: string): unknown => JSON.parse(text),
  divide: (a: number, b: number): Effect.Effect<number, DivisionByZero> =>
    b === 0 ? Effect.fail(new DivisionByZero({ dividend: a })) : Effect.succeed(a / b),
  /** never ends by itself */
  forever: (): Effect.Effect<never> => Effect.never,
  /** writes to its input, which it must not */
  sort: (xs: Float64Array) => xs.sort(),
  shift: (xs: Float64Array, by: number) => xs.map((x) => x + by)
}, { schemas: [DivisionByZero] })
