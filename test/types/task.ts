// Task modules, functions of other modules, inline functions and shared arrays.
import { Context, Effect, Layer, Schema } from "effect"
import { type Delayed, delayed, Task, type TaskFunction } from "../../src/index.ts"
import { is } from "./Equal.ts"

class Oops extends Schema.TaggedError<Oops>()("Oops", {}) {}
class Point extends Schema.Class<Point>("Point")({ x: Schema.Number }) {}
class NoClass {}
class Db extends Context.Service<Db, { readonly rows: number }>()("test/Db") {
  static readonly layer = Layer.succeed(Db, { rows: 3 })
}
class Net extends Context.Service<Net, { readonly url: string }>()("test/Net") {
  static readonly layer = Layer.succeed(Net, { url: "" })
}

// a module's functions stay themselves, generics included
const { first, later, rows, square } = Task.module(import.meta.url, {
  square: (x: number) => x * x,
  first: <A>(xs: ReadonlyArray<A>): A => xs[0],
  later: (x: number): Promise<string> => Promise.resolve(String(x)),
  rows: (n: number): Effect.Effect<number, Oops, Db> => Effect.map(Db, (db) => db.rows + n)
}, { layer: Db.layer, schemas: [Oops, Point] })
is<number>()(square(3))
is<string>()(first(["a"]))
is<Promise<string>>()(later(3))
is<Effect.Effect<number, Oops, Db>>()(rows(1))
is<Delayed<number>>()(delayed(square)(3))
is<Delayed<string>>()(delayed(later)(3))
// its layer provides what its Effects need
is<Delayed<number, Oops>>()(delayed(rows)(3))
const branded: TaskFunction<(x: number) => number> = square
// @ts-expect-error a plain function is no task function
const plain: TaskFunction<(x: number) => number> = (x: number) => x
export type Used = [typeof branded, typeof plain]
// @ts-expect-error inputs of task functions are checked
delayed(square)("3")
// @ts-expect-error the layer is missing
Task.module(import.meta.url, { rows: (): Effect.Effect<number, never, Db> => Effect.map(Db, (db) => db.rows) })
// @ts-expect-error it is the wrong one
Task.module(import.meta.url, { rows: (): Effect.Effect<Db["Service"], never, Db> => Db }, { layer: Net.layer })
Task.module(import.meta.url, {
  both: (): Effect.Effect<string, never, Db | Net> => Effect.andThen(Db, Effect.map(Net, (n) => n.url))
}, {
  layer: Layer.merge(Db.layer, Net.layer)
})
// @ts-expect-error a number is no function
Task.module(import.meta.url, { three: 3 })
// @ts-expect-error a class without a schema cannot cross
Task.module(import.meta.url, { square: (x: number) => x }, { schemas: [NoClass] })
// @ts-expect-error no such option
Task.module(import.meta.url, { square: (x: number) => x }, { layers: Db.layer })

// of another module: its functions only
const path = Task.fromModule<typeof import("node:path")>("node:path")
is<Delayed<string>>()(delayed(path.basename)("/a/b", "b"))
is<Delayed<string>>()(delayed(path.join)("/a", delayed(path.dirname)("/b/c")))
// @ts-expect-error a text is no function
path.sep
// @ts-expect-error not exported
path.nothing
Task.fromModule<typeof import("./Equal.ts")>(new URL("./Equal.ts", import.meta.url))

// inline
const cube = Task.inline((x: number) => x ** 3)
is<number>()(cube(3))
is<Delayed<number>>()(delayed(cube)(3))
// @ts-expect-error not a function
Task.inline(3)

// shared arrays say so
is<Float64Array<SharedArrayBuffer>>()(Task.alloc(Float64Array, 3))
is<Uint8Array<SharedArrayBuffer>>()(Task.alloc(Uint8Array, 3))
is<BigInt64Array<SharedArrayBuffer>>()(Task.alloc(BigInt64Array, 3))
const general: Float64Array = Task.alloc(Float64Array, 3)
is<Float64Array>()(general)
// @ts-expect-error not a typed array
Task.alloc(Array, 3)
// @ts-expect-error a length
Task.alloc(Float64Array, "3")

// about the running task
is<AbortSignal>()(Task.signal())
is<boolean>()(Task.isCancelled())
is<string | undefined>()(Task.processor)
is<number | undefined>()(Task.id)
