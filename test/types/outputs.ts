// `outputs: n`: one Delayed per item of what the function returns, with the function's errors and requirements.
import { Context, Effect, Schema } from "effect"
import { type Delayed, delayed } from "../../src/index.ts"
import { is } from "./Equal.ts"

class Oops extends Schema.TaggedError<Oops>()("Oops", {}) {}
class Late extends Schema.TaggedError<Late>()("Late", {}) {}
class Db extends Context.Service<Db, { readonly rows: number }>()("test/Db") {}

const split = (n: number): Array<Float64Array> => [new Float64Array(n)]
const both = (n: number): readonly [number, string] => [n, "a"]
const viaEffect = (n: number): Effect.Effect<ReadonlyArray<string>, Oops, Db> => Effect.as(Db, [String(n)])
const viaPromise = (n: number): Promise<[boolean, number]> => Promise.resolve([true, n])
declare const late: Delayed<number, Late>
declare const n: number

is<readonly [Delayed<Float64Array>, Delayed<Float64Array>]>()(delayed(split, { outputs: 2 })(3))
is<readonly [Delayed<Float64Array>]>()(delayed(split, { outputs: 1 })(3))
is<ReadonlyArray<Delayed<Float64Array>>>()(delayed(split, { outputs: n })(3))
is<readonly [Delayed<number>, Delayed<string>]>()(delayed(both, { outputs: 2 })(3))
is<readonly [Delayed<number, Late>, Delayed<string, Late>]>()(delayed(both, { outputs: 2 })(late))
is<readonly [Delayed<boolean>, Delayed<number>]>()(delayed(viaPromise, { outputs: 2, name: "both" })(3))

// the requirements of a closure are kept
is<readonly [Delayed<string, Oops, Db>, Delayed<string, Oops, Db>]>()(delayed(viaEffect, { outputs: 2 })(3))
is<readonly [Delayed<string, Oops | Late, Db>]>()(delayed(viaEffect, { outputs: 1 })(late))
is<ReadonlyArray<Delayed<string, Oops, Db>>>()(delayed(viaEffect, { outputs: n })(3))

// map gives the outputs of each task
is<ReadonlyArray<readonly [Delayed<Float64Array>, Delayed<Float64Array>]>>()(delayed(split, { outputs: 2 }).map([1, 2]))
is<ReadonlyArray<ReadonlyArray<Delayed<Float64Array, Late>>>>()(delayed(split, { outputs: n }).map([1, late]))

const [left, right] = delayed(both, { outputs: 2 })(1)
is<Delayed<number>>()(left)
is<Delayed<string>>()(right)

// @ts-expect-error the function returns two items
delayed(both, { outputs: 3 })
// @ts-expect-error the function returns no array
delayed((x: number) => x, { outputs: 2 })
// @ts-expect-error a typed array is one value, not items
delayed((x: number) => new Float64Array(x), { outputs: 2 })
// @ts-expect-error a number
delayed(split, { outputs: "2" })
// @ts-expect-error outputs are chunks, so they cannot travel as one result
delayed(split, { outputs: 2, getResult: true })
// @ts-expect-error the inputs are checked as well
delayed(both, { outputs: 2 })("1")
// @ts-expect-error no such option
delayed(split, { outputs: 2, colour: "red" })
