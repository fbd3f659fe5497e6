// Task functions of the acceptance cases: arithmetic, values with an inside, options as a record, callable values.
import { Effect, Schema } from "effect"
import { Chunk, Task } from "poniard"

/** A matrix by rows. */
export type Matrix = ReadonlyArray<ReadonlyArray<number>>

/** A value that can be called, in the only way that crosses threads: a listed class with a method. */
export class Adder extends Schema.Class<Adder>("test/acceptance/Adder")({ by: Schema.Number }) {
  /** x plus what the adder adds. */
  call(x: number): number {
    return x + this.by
  }
}

/** What a function with named options fails with for a name that it does not know. */
export class UnknownOption extends Schema.TaggedError<UnknownOption>("test/acceptance/UnknownOption")("UnknownOption", {
  option: Schema.String
}) {}

const sumAlong = (rows: Matrix, options: { readonly along: "rows" | "columns" }): ReadonlyArray<number> => {
  const unknown = Object.keys(options).find((name) => name !== "along")
  if (unknown !== undefined) throw new TypeError(`sumAlong has no option ${unknown}`)
  if (options.along === "columns") return rows.map((row) => row.reduce((a, b) => a + b, 0))
  return rows[0].map((_, column) => rows.reduce((total, row) => total + row[column], 0))
}

export const {
  add,
  call,
  errorOf,
  failure,
  isChunk,
  isChunkLater,
  inc,
  itemAt,
  multiply,
  nameOfB,
  opposite,
  slowly,
  sum,
  sumAlong: sumOf,
  sumFrom
} = Task.module(import.meta.url, {
  inc: (n: number) => n + 1,
  add: (a: number, b: number) => a + b,
  multiply: (a: number, b: number) => a * b,
  opposite: (n: number) => -n,
  sum: (ns: ReadonlyArray<number>) => ns.reduce((total, n) => total + n, 0),
  sumAlong,
  /** A fold with a start by name; fails with its own error for another name. */
  sumFrom: (ns: ReadonlyArray<number>, options: { readonly start: number }): Effect.Effect<number, UnknownOption> => {
    const option = Object.keys(options).find((name) => name !== "start")
    return option === undefined
      ? Effect.succeed(ns.reduce((total, n) => total + n, options.start))
      : Effect.fail(new UnknownOption({ option }))
  },
  itemAt: (rows: Matrix, row: number, column: number) => rows[row][column],
  nameOfB: (record: { readonly a: number; readonly b: number }) => record.b,
  call: (callable: Adder, x: number) => callable.call(x),
  isChunk: (chunk: Chunk<number>) => Chunk.is(chunk),
  isChunkLater: (chunk: Chunk<number>) => Effect.map(Chunk.get(chunk), (value) => [Chunk.is(chunk), value] as const),
  /** Throws an Error with this text and what else it was given. */
  errorOf: (text: string, ...others: ReadonlyArray<number>): number => {
    throw new Error([text, ...others].join(" "))
  },
  /** Throws what calling something of the wrong type throws: a TypeError. */
  failure: (n: number): number => (n as unknown as { readonly missing: () => number }).missing(),
  /** The same number, some milliseconds later. */
  slowly: (n: number) => Effect.as(Effect.sleep(5), n)
}, { schemas: [Adder, UnknownOption] })
