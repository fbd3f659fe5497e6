// What `delayed` accepts and gives: plain inputs, handles, arrays of handles, errors and requirements, options.
import { Context, Effect, Schedule, Schema } from "effect"
import type { Scope } from "effect"
import type { Engine } from "../../src/graph/types.ts"
import { all, type Chunk, type Delayed, delayed, type Spawned, Task } from "../../src/index.ts"
import { is } from "./Equal.ts"

class Oops extends Schema.TaggedError<Oops>()("Oops", {}) {}
class Late extends Schema.TaggedError<Late>()("Late", {}) {}
class Db extends Context.Service<Db, { readonly rows: number }>()("test/Db") {}
class Net extends Context.Service<Net, { readonly url: string }>()("test/Net") {}

const add = (a: number, b: number): number => a + b
const sum = (xs: ReadonlyArray<number>): number => xs.length
const pair = (p: readonly [number, string]): string => p[1]
const opt = (a: number, b?: string): string => `${a}${b}`
const rest = (...xs: Array<number>): number => xs.length
const oops = (n: number): Effect.Effect<number, Oops> => n > 0 ? Effect.succeed(n) : Effect.fail(new Oops())
const late = (n: number): Effect.Effect<string, Late, Db> => Effect.as(Db, String(n))
const mean = (xs: Float64Array): number => xs.length
const loose = (x: any): number => x
const record = (r: { readonly title: string; readonly rows: ReadonlyArray<number> }): string => r.title
const onChunk = (c: Chunk<Float64Array>, n: number): number => c.bytes + n
const onChunks = (cs: ReadonlyArray<Chunk<string>>): number => cs.length

declare const num: Delayed<number>
declare const text: Delayed<string>
declare const risky: Delayed<number, Oops>
declare const needy: Delayed<number, never, Net>
declare const spawned: Spawned<number, Late>
declare const chunk: Chunk<number>
declare const floats: Chunk<Float64Array>
declare const numbers: ReadonlyArray<number>
declare const handles: ReadonlyArray<Delayed<number, Oops>>

// values and handles
is<Delayed<number>>()(delayed(add)(1, 2))
is<Delayed<number>>()(delayed(add)(num, 2))
is<Delayed<number>>()(delayed(add)(chunk, num))
is<Delayed<number, Late>>()(delayed(add)(spawned, 2))
is<Delayed<number, Oops>>()(delayed(add)(risky, num))
is<Delayed<number, Oops | Late>>()(delayed(add)(risky, spawned))
is<Delayed<number, Oops, Net>>()(delayed(add)(risky, needy))
is<Delayed<number>>()(delayed(delayed(add)(1, 2) && add)(1, 2))
// @ts-expect-error a text is no number
delayed(add)("1", 2)
// @ts-expect-error neither is the handle of one
delayed(add)(text, 2)
// @ts-expect-error one input is missing
delayed(add)(1)
// @ts-expect-error one is too many
delayed(add)(1, 2, 3)
// @ts-expect-error a Delayed is no function
delayed(num)
// @ts-expect-error nor is a number
delayed(3)

// optional and rest parameters
is<Delayed<string>>()(delayed(opt)(1))
is<Delayed<string>>()(delayed(opt)(num, "b"))
is<Delayed<string>>()(delayed(opt)(1, text))
// @ts-expect-error the second is a text
delayed(opt)(1, num)
is<Delayed<number>>()(delayed(rest)())
is<Delayed<number, Oops>>()(delayed(rest)(1, num, risky))
// @ts-expect-error all are numbers
delayed(rest)(1, "2")

// arrays and tuples, one level deep; Items is homomorphic
is<Delayed<number>>()(delayed(sum)([1, 2]))
is<Delayed<number>>()(delayed(sum)(numbers))
is<Delayed<number, Oops>>()(delayed(sum)([1, num, risky]))
is<Delayed<number, Oops>>()(delayed(sum)(handles))
is<Delayed<number, Oops | Late>>()(delayed(sum)([risky, spawned]))
is<Delayed<number>>()(delayed(sum)(all([num, num])))
is<Delayed<string>>()(delayed(pair)([num, "a"]))
is<Delayed<string>>()(delayed(pair)([1, text]))
// @ts-expect-error the places of a tuple count
delayed(pair)([text, num])
// @ts-expect-error and its length
delayed(pair)([num])
// @ts-expect-error one level only
delayed(sum)([[num]])
is<Delayed<number>>()(delayed(mean)(new Float64Array(3)))
is<Delayed<number>>()(delayed(mean)(floats))
// @ts-expect-error a typed array is not made of handles
delayed(mean)([num])

// records are joined by all
is<Delayed<string>>()(delayed(record)({ title: "a", rows: [1] }))
is<Delayed<string, Oops>>()(delayed(record)(all({ title: text, rows: all([risky, num]) })))
// @ts-expect-error a handle in a record
delayed(record)({ title: text, rows: [1] })
// @ts-expect-error a field is missing
delayed(record)(all({ title: text }))

// what functions return
is<Delayed<number, Oops>>()(delayed(oops)(1))
is<Delayed<string, Late | Oops, Db>>()(delayed(late)(risky))
is<Delayed<string>>()(delayed((n: number) => Promise.resolve(String(n)))(1))
is<Delayed<number>>()(delayed((n: number): number | Promise<number> => n)(1))
is<Delayed<Float64Array>>()(delayed((): Chunk<Float64Array> => floats)())
is<Delayed<void>>()(delayed(() => {})())
is<Delayed<unknown>>()(delayed((): any => 1)())
is<Delayed<number>>()(delayed(loose)(num))
is<Delayed<number, never, Db>>()(delayed(() => Effect.map(Db, (db) => db.rows))())
declare const spawns: () => Effect.Effect<number, never, Engine | Scope.Scope>
is<Delayed<number>>()(delayed(spawns)())
is<Delayed<string, Late, Db | Net>>()(delayed(late)(needy))

// combinators that take delayed(f) infer its value, errors and requirements
const fold = <A, E, R, E2>(
  step: (a: Delayed<A, E, R>, b: Delayed<A, E, R>) => Delayed<A, E2, R>,
  items: ReadonlyArray<Delayed<A, E, R>>
): Delayed<A, E | E2, R> => items.reduce((a) => a) && step(items[0], items[1]) as Delayed<A, E | E2, R>
declare const join: (a: number, b: number) => Effect.Effect<number, Late>
is<Delayed<number, Oops>>()(fold(delayed(add), handles))
is<Delayed<number, Oops | Late>>()(fold(delayed(join), handles))
// a generic function's own parameters are unknown to its Delayed: give it types where it is delayed
is<Delayed<unknown>>()(delayed(<A>(xs: ReadonlyArray<A>): A => xs[0])(["a"]))
is<Delayed<string>>()(delayed((xs: ReadonlyArray<string>) => xs[0])(["a"]))

// meta
is<Delayed<number>>()(delayed(onChunk, { meta: true })(floats, 1))
declare const lazyFloats: Delayed<Float64Array, Oops>
is<Delayed<number, Oops>>()(delayed(onChunk, { meta: true })(lazyFloats, 1))
is<Delayed<number>>()(delayed(onChunks, { meta: true })([text, text]))
is<ReadonlyArray<Delayed<number, Oops>>>()(delayed(onChunk, { meta: true }).map([lazyFloats], 1))
// @ts-expect-error a function that takes a Chunk needs meta
delayed(onChunk)(floats, 1)
// @ts-expect-error with meta a value is no Chunk
delayed(onChunk, { meta: true })(new Float64Array(1), 1)
// @ts-expect-error of another type
delayed(onChunk, { meta: true })(text, 1)

// map
is<ReadonlyArray<Delayed<number>>>()(delayed(add).map([1, 2], 3))
is<ReadonlyArray<Delayed<number, Oops>>>()(delayed(add).map([1, risky], num))
is<ReadonlyArray<Delayed<number, Oops | Late>>>()(delayed(add).map(handles, spawned))
is<ReadonlyArray<Delayed<number>>>()(delayed(sum).map([[1, num], [2]]))
is<ReadonlyArray<Delayed<number>>>()(delayed(rest).map([1], 2, 3))
// @ts-expect-error items are numbers
delayed(add).map(["a"], 3)
// @ts-expect-error the shared input is missing
delayed(add).map([1])
// @ts-expect-error there is no parameter for items
delayed(() => 1).map([1])

// options
delayed(add, {
  name: "add",
  priority: 2,
  persist: true,
  getResult: true,
  timeout: "2 seconds",
  retry: Schedule.recurs(3),
  bytes: "64 MiB"
})
delayed(add, { timeout: 500, bytes: 4096, meta: false })
delayed(add, {})
// @ts-expect-error no such option
delayed(add, { prioritee: 2 })
// @ts-expect-error not a duration
delayed(add, { timeout: "soon" })
// @ts-expect-error a number
delayed(add, { priority: "high" })
// @ts-expect-error not accepted yet
delayed(add, { occupancy: 0.5 })

// task functions bring their own services
const Tasks = Task.inline((n: number) => n)
is<Delayed<number>>()(delayed(Tasks)(num))
