// Task functions that follow each other: plain, with a Promise, with an Effect, and such as fail, wait or end their thread.
import { Context, Effect, Layer, Schema } from "effect"
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { Chunk, type Engine, type NotTransferable, type StoreFull, Task } from "poniard"

/** A service that another module gives another value. */
export class Factor extends Context.Service<Factor, { readonly value: number }>()("test/Factor") {}

/** A typed error. */
export class Bad extends Schema.TaggedError<Bad>()("Bad", { code: Schema.Number }) {}

const mark = (file: string, what: unknown): void => appendFileSync(file, `${String(what)}\n`)

const nap = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)

/** The task functions of this file. */
export const {
  add,
  dies,
  exitsOnce,
  fails,
  held,
  idInside,
  inc,
  itself,
  later,
  marked,
  odd,
  polls,
  puts,
  ramp,
  rejects,
  scaled,
  served,
  slowly,
  throws,
  total,
  waits,
  writes
} = Task.module(import.meta.url, {
  inc: (x: number) => x + 1,
  add: (a: number, b: number) => a + b,
  slowly: (x: number) => Effect.as(Effect.sleep(1), x + 1),
  later: (x: number) => new Promise<number>((resolve) => setTimeout(() => resolve(x + 1), 1)),
  served: (x: number) => Factor.useSync(({ value }) => x * value),
  puts: (x: number): Effect.Effect<Chunk<number>, NotTransferable | StoreFull, Engine> =>
    Chunk.put(x + 1) as Effect.Effect<Chunk<number>, NotTransferable | StoreFull, Engine>,
  throws: (x: number): number => {
    throw new RangeError(`no ${x}`)
  },
  rejects: (x: number) => Promise.reject<number>(new RangeError(`no ${x}`)),
  fails: (x: number): Effect.Effect<number, Bad> => Effect.fail(new Bad({ code: x })),
  dies: (x: number): Effect.Effect<number> => Effect.die(new RangeError(`no ${x}`)),
  odd: (x: number) => ({ x, f: () => x }),
  ramp: (length: number) => Float64Array.from({ length }, (_, i) => i),
  scaled: (xs: Float64Array, by: number) => xs.map((x) => x * by),
  total: (xs: Float64Array) => xs.reduce((a, b) => a + b, 0),
  writes: (a: number, xs: Float64Array) => {
    xs[0] = a
    return a
  },
  marked: (x: number, file: string) => {
    mark(file, x)
    return x + 1
  },
  held: (x: number, file: string) =>
    Effect.as(
      Effect.acquireRelease(Effect.sync(() => mark(file, "open")), () => Effect.sync(() => mark(file, "closed"))),
      x + 1
    ),
  /** goes on when the gate is there, and does not look whether it is wanted */
  waits: (x: number, file: string, gate: string) => {
    mark(file, "waits")
    while (!existsSync(gate)) nap()
    return x
  },
  polls: (x: number, file: string) => {
    mark(file, "polls")
    while (!Task.isCancelled()) nap()
    mark(file, "cancelled")
    return x
  },
  exitsOnce: (x: number, file: string) => {
    mark(file, "exits")
    if (readFileSync(file, "utf8").split("exits").length === 2) process.exit(3)
    return x
  },
  idInside: () => Effect.sync(() => Task.id),
  itself: (x: number) => ({ x, id: Task.id, processor: Task.processor, cancelled: Task.isCancelled() })
}, { layer: Layer.succeed(Factor, { value: 10 }), schemas: [Bad] })
