// What the verbs that run work give back: values, chunks and exits in the places of the handles, errors, requirements.
import type { Cause, Exit, Scope, Stream } from "effect"
import { Context, Effect, Layer, Schema } from "effect"
import type { Engine } from "../../src/graph/types.ts"
import {
  all,
  Chunk,
  collect,
  collectExit,
  completed,
  compute,
  type Delayed,
  type Handle,
  spawn,
  Spawned,
  spawnWith,
  Task,
  type TaskError
} from "../../src/index.ts"
import { is } from "./Equal.ts"

class Oops extends Schema.TaggedError<Oops>()("Oops", {}) {}
class Late extends Schema.TaggedError<Late>()("Late", {}) {}
class Db extends Context.Service<Db, { readonly rows: number }>()("test/Db") {}

interface Report {
  readonly count: Delayed<number>
  readonly title: Delayed<string, Oops>
}
declare const num: Delayed<number>
declare const text: Delayed<string>
declare const risky: Delayed<number, Oops>
declare const needy: Delayed<number, Late, Db>
declare const many: ReadonlyArray<Delayed<number, Oops>>
declare const report: Report
declare const chunk: Chunk<Float64Array>
declare const one: Spawned<number, Oops>
declare const two: Spawned<string, Late>
declare const add: (a: number, b: number) => number
declare const load: (n: number) => Effect.Effect<string, Oops, Db>
declare const onChunk: (c: Chunk<string>) => number

// collect
is<Effect.Effect<number, TaskError, Engine>>()(collect(num))
is<Effect.Effect<number, Oops | TaskError, Engine>>()(collect(risky))
is<Effect.Effect<number, Late | TaskError, Db | Engine>>()(collect(needy))
is<Effect.Effect<Array<number>, Oops | TaskError, Engine>>()(collect(many))
is<Effect.Effect<[number, string], TaskError, Engine>>()(collect([num, text]))
is<Effect.Effect<{ a: number; b: string }, TaskError, Engine>>()(collect({ a: num, b: text }))
is<Effect.Effect<{ a: number; b: number }, Oops | Late | TaskError, Db | Engine>>()(collect({ a: risky, b: needy }))
is<Effect.Effect<[number, string], Oops | TaskError, Engine>>()(collect(all([risky, text])))
is<Effect.Effect<[], TaskError, Engine>>()(collect([]))
is<Effect.Effect<{}, TaskError, Engine>>()(collect({}))
// an interface is a record too
is<Effect.Effect<{ count: number; title: string }, Oops | TaskError, Engine>>()(collect(report))
is<Delayed<{ count: number; title: string }, Oops>>()(all(report))
// @ts-expect-error a number is no handle
collect(3)
// @ts-expect-error nor is one of the members
collect([num, 3])
// @ts-expect-error nor this one
collect({ a: num, b: "b" })
// @ts-expect-error a submitted task is fetched
collect(one)
// @ts-expect-error a function is not called yet
collect(add)

// all joins every kind of handle
is<Delayed<[number, string, number, Float64Array], Late | Oops>>()(all([num, text, one, chunk].slice(0) as never as [
  Delayed<number>,
  Spawned<string, Late>,
  Delayed<number, Oops>,
  Chunk<Float64Array>
]))
is<Delayed<{ a: number; b: { c: string } }>>()(all({ a: num, b: all({ c: text }) }))
is<Delayed<Array<number>, Oops>>()(all(many))
// @ts-expect-error a value is no handle
all({ a: num, b: 3 })
// @ts-expect-error a nested record needs an all of its own
all({ a: num, b: { c: text } })

// compute and collectExit
is<Effect.Effect<Chunk<number>, Oops | TaskError, Engine | Scope.Scope>>()(compute(risky))
is<Effect.Effect<[Chunk<number>, Chunk<string>], TaskError, Engine | Scope.Scope>>()(compute([num, text]))
is<Effect.Effect<{ count: Chunk<number>; title: Chunk<string> }, Oops | TaskError, Engine | Scope.Scope>>()(
  compute(report)
)
is<Effect.Effect<Exit.Exit<number, Late | TaskError>, never, Db | Engine>>()(collectExit(needy))
is<Effect.Effect<[Exit.Exit<number, TaskError>, Exit.Exit<number, Oops | TaskError>], never, Engine>>()(
  collectExit([num, risky])
)

// spawn
is<Effect.Effect<Spawned<number>, never, Engine | Scope.Scope>>()(spawn(add, 1, 2))
is<Effect.Effect<Spawned<number, Oops>, never, Engine | Scope.Scope>>()(spawn(add, one, num))
is<Effect.Effect<Spawned<number, Oops | Late>, never, Engine | Scope.Scope | Db>>()(spawn(add, one, needy))
is<Effect.Effect<Spawned<string, Oops>, never, Engine | Scope.Scope | Db>>()(spawn(load, 1))
is<Effect.Effect<Spawned<number>, never, Engine | Scope.Scope>>()(spawnWith({ name: "a" })(add, 1, 2))
is<Effect.Effect<Spawned<number>, never, Engine>>()(spawnWith({ detached: true })(add, 1, 2))
is<Effect.Effect<Spawned<number>, never, Engine | Scope.Scope>>()(
  spawnWith({ detached: false, priority: 1 })(add, 1, 2)
)
is<Effect.Effect<Spawned<number>, never, Engine | Scope.Scope>>()(spawnWith({ meta: true })(onChunk, text))
is<Effect.Effect<Spawned<number>, never, Engine>>()(spawnWith({ meta: true, detached: true })(onChunk, text))
// @ts-expect-error inputs are checked
spawn(add, "1", 2)
// @ts-expect-error all of them are needed
spawn(add, 1)
// @ts-expect-error a Chunk needs meta
spawn(onChunk, text)
// @ts-expect-error no such option
spawnWith({ nam: "a" })

// handles of submitted tasks
is<Effect.Effect<number, Oops | TaskError, Engine>>()(Spawned.fetch(one))
is<Effect.Effect<void, never, Engine>>()(Spawned.wait(one))
is<Effect.Effect<boolean, never, Engine>>()(Spawned.isReady(two))
is<Effect.Effect<[number, string], Oops | Late | TaskError, Engine>>()(Spawned.fetchAll([one, two]))
is<Effect.Effect<{ a: number }, Oops | TaskError, Engine>>()(Spawned.fetchAll({ a: one }))
is<Effect.Effect<Spawned<number, Oops> | Spawned<string, Late>, never, Engine>>()(Spawned.waitAny([one, two]))
is<Stream.Stream<readonly [handle: Spawned<number, Oops>, exit: Exit.Exit<number, Oops | TaskError>], never, Engine>>()(
  completed([one, one])
)
// @ts-expect-error a lazy task is collected
Spawned.fetch(num)

// chunks
is<Effect.Effect<Float64Array, TaskError, Engine>>()(Chunk.get(chunk))
declare const rows: (xs: Float64Array) => Effect.Effect<number, Late, Db>
is<Effect.Effect<number, Late | TaskError, Db | Engine>>()(Chunk.use(chunk, rows))
// @ts-expect-error the function is given the value
Chunk.use(chunk, (x: string) => load(x.length))
is<number>()(chunk.bytes)

// handles are covariant
declare const wide: Handle<number | string>
const narrow: Handle<number> = num
const widened: Handle<number | string> = narrow
// @ts-expect-error and not the other way round
const wrong: Handle<number> = wide
export type Used = [typeof widened, typeof wrong, Cause.Cause<1>]

// a task function that fails and needs services: the layer brings those
const module = Task.fromModule<{ readonly load: typeof load }>("file:///load.ts")
is<Effect.Effect<Spawned<string, Oops>, never, Engine | Scope.Scope>>()(spawn(module.load, 1))

// a service class that takes the Engine of types.ts for its own provides what the verbs need
const EngineClass = class extends Context.Service<Engine, { readonly id: number }>()("poniard/Engine") {
  static readonly layer = Layer.succeed(this, { id: 1 })
}
is<Effect.Effect<number, Oops | TaskError>>()(collect(risky).pipe(Effect.provide(EngineClass.layer)))
is<Effect.Effect<number, never, Engine>>()(EngineClass.use((engine) => Effect.succeed(engine.id)))
