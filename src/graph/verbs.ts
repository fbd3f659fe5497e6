// The types of the verbs that run work and move data: what the engine implements and index.ts exports. Types only.
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { GraphInvalid, NotTransferable, StoreFull, TaskError } from "./errors.ts"
import type { TaskOptions } from "./options.ts"
import type {
  AllE,
  AllR,
  AnyDelayed,
  Chunk,
  Delayed,
  Engine,
  Err,
  Group,
  InE,
  Inputs,
  InR,
  MetaInputs,
  Need,
  Out,
  Spawned,
  Values
} from "./types.ts"

/** What can be collected or computed: a Delayed, or a record, tuple or array of them. */
export type Collectable<T> = AnyDelayed | Group<T, AnyDelayed>

/** Chunks in the places of the Delayed. */
export type Chunks<T> = T extends Delayed<infer A, any, any> ? Chunk<A>
  : { -readonly [K in keyof T]: T[K] extends Delayed<infer A, any, any> ? Chunk<A> : never }

/** Exits in the places of the Delayed. */
export type Exits<T> = T extends Delayed<infer A, infer E, any> ? Exit.Exit<A, E | TaskError>
  : { -readonly [K in keyof T]: T[K] extends Delayed<infer A, infer E, any> ? Exit.Exit<A, E | TaskError> : never }

/**
 * The type of `collect`: runs what is needed and gives the values, which are then the caller's own. Fails at the first
 * failure and drops what nobody else wants.
 */
export type Collect = <const T extends Collectable<T>>(
  what: T
) => Effect.Effect<Values<T>, AllE<T> | TaskError, AllR<T> | Engine>

/** The type of `collectExit`: like `collect`, but gives an Exit for each and lets the rest finish when one fails. */
export type CollectExit = <const T extends Collectable<T>>(what: T) => Effect.Effect<Exits<T>, never, AllR<T> | Engine>

/** The type of `compute`: runs what is needed and gives Chunks, which live until the caller's Scope closes. */
export type Compute = <const T extends Collectable<T>>(
  what: T
) => Effect.Effect<Chunks<T>, AllE<T> | TaskError, AllR<T> | Engine | Scope.Scope>

// ---------- eagerly

/** Submits one task; S is the Scope that its handle lives in, or never for a detached one. */
export type SpawnIn<S> = <P extends ReadonlyArray<unknown>, X, F extends (...args: P) => X, I extends Inputs<P>>(
  fn: F & ((...args: P) => X),
  ...inputs: I
) => Effect.Effect<Spawned<Out<X>, Err<X> | InE<I[number]>>, never, Engine | S | Need<F, X> | InR<I[number]>>

/** Like `SpawnIn`, of a function that is given Chunks. */
export type SpawnMetaIn<S> = <
  P extends ReadonlyArray<unknown>,
  X,
  F extends (...args: P) => X,
  I extends MetaInputs<P>
>(
  fn: F & ((...args: P) => X),
  ...inputs: I
) => Effect.Effect<Spawned<Out<X>, Err<X> | InE<I[number]>>, never, Engine | S | Need<F, X> | InR<I[number]>>

/** The type of `spawn`: submits a task now and gives its handle in the caller's Scope (in a task: the task's own). */
export type Spawn = SpawnIn<Scope.Scope>

/** Options of a spawned task. `detached: true`: its handle lives until the engine closes. */
export type SpawnOptions<D extends boolean> = Omit<TaskOptions, "meta" | "outputs"> & { readonly detached?: D }

type ScopeOf<D extends boolean> = D extends true ? never : Scope.Scope

/** The type of `spawnWith`: `spawn` with options. */
export interface SpawnWith {
  <const D extends boolean = false>(options: SpawnOptions<D> & { readonly meta: true }): SpawnMetaIn<ScopeOf<D>>
  <const D extends boolean = false>(options: SpawnOptions<D> & { readonly meta?: false }): SpawnIn<ScopeOf<D>>
}

/** The type of `completed`: the handles with their Exits, in order of completion. */
export type Completed = <A, E>(
  handles: Iterable<Spawned<A, E>>
) => Stream.Stream<readonly [handle: Spawned<A, E>, exit: Exit.Exit<A, E | TaskError>], never, Engine>

type AnySpawned = Spawned<any, any>
type ErrorOf<T> = T extends Spawned<any, infer E> ? E : never

/** The type of what goes under the name `Spawned`: the operations on handles of submitted tasks. */
export interface SpawnedOperations {
  /**
   * Waits for the task and gives its value, which is then the caller's own; may be repeated. Fails as the task did, with
   * its typed error or a TaskError. In a task the slot is free meanwhile.
   *
   * @example
   * const p = yield* spawn(square, 3)
   *
   * yield* Spawned.fetch(p) // => 9
   */
  readonly fetch: <A, E>(handle: Spawned<A, E>) => Effect.Effect<A, E | TaskError, Engine>
  /**
   * Waits until the task has settled, however it did. Never fails.
   *
   * @example
   * const p = yield* spawn(divide, 1, 0)
   * yield* Spawned.wait(p)
   *
   * yield* Spawned.isReady(p) // => true
   */
  readonly wait: (handle: AnySpawned) => Effect.Effect<void, never, Engine>
  /**
   * Waits until one of the tasks has settled and gives its handle; does not come back for an empty list.
   *
   * @example
   * const p = yield* spawn(square, 3)
   * const q = yield* spawn(forever)
   * const first = yield* Spawned.waitAny([p, q])
   *
   * first === p // => true
   */
  readonly waitAny: <T extends AnySpawned>(handles: Iterable<T>) => Effect.Effect<T, never, Engine>
  /**
   * Waits until all of the tasks have settled, however they did. Never fails.
   *
   * @example
   * const handles = yield* Effect.forEach([0, 1, 2], (n) => spawn(divide, 1, n))
   * yield* Spawned.waitAll(handles)
   *
   * yield* Effect.forEach(handles, Spawned.isReady) // => [true, true, true]
   */
  readonly waitAll: (handles: Iterable<AnySpawned>) => Effect.Effect<void, never, Engine>
  /**
   * The values of a tuple, array or record of handles, in its shape; fails at the first failure, and the rest goes on.
   *
   * @example
   * const p = yield* spawn(square, 3)
   * const q = yield* spawn(add, p, 1)
   *
   * yield* Spawned.fetchAll({ p, q }) // => { p: 9, q: 10 }
   */
  readonly fetchAll: <const T extends Group<T, AnySpawned>>(
    handles: T
  ) => Effect.Effect<Values<T>, ErrorOf<T[keyof T]> | TaskError, Engine>
  /**
   * Whether the task has settled: finished, failed or cancelled.
   *
   * @example
   * const p = yield* spawn(forever)
   *
   * yield* Spawned.isReady(p) // => false
   */
  readonly isReady: (handle: AnySpawned) => Effect.Effect<boolean, never, Engine>
  /**
   * Fails the task and all that depends on it with TaskCancelled, unless it has settled. One that runs is interrupted; a
   * synchronous function sees `Task.isCancelled()`.
   *
   * @example
   * const p = yield* spawn(forever)
   * const q = yield* spawn(add, p, 1)
   * yield* Spawned.cancel(p)
   * const error = yield* Effect.flip(Spawned.fetch(q))
   *
   * error._tag // => "TaskCancelled"
   */
  readonly cancel: (handle: AnySpawned) => Effect.Effect<void, never, Engine>
  /**
   * Gives the handle up before its Scope closes, and what the option `persist` keeps; the task is dropped, or its value
   * freed, if nobody else wants it.
   *
   * @example
   * const p = yield* spawn(square, 3)
   * const q = yield* spawn(add, p, 1)
   * yield* Spawned.release(p) // q still wants its value
   *
   * yield* Spawned.fetch(q) // => 10
   */
  readonly release: (handle: AnySpawned) => Effect.Effect<void, never, Engine>
}

/** The type of what goes under the name `Chunk`: the operations on stored values. */
export interface ChunkOperations {
  /**
   * Stores a value until the caller's Scope closes, and gives its handle. Fails with NotTransferable for a value that
   * cannot go to another thread, and with StoreFull for one that is larger than the budget.
   *
   * @example
   * const xs = yield* Chunk.put(Float64Array.of(1, 2, 6))
   *
   * xs.bytes >= 3 * 8 // => true
   * yield* collect(delayed(mean)(xs)) // => 3
   */
  readonly put: <A>(value: A) => Effect.Effect<Chunk<A>, NotTransferable | StoreFull, Engine | Scope.Scope>
  /**
   * A copy of the value, the caller's own and outside the budget.
   *
   * @example
   * const xs = yield* Chunk.put(Float64Array.of(1, 2, 6))
   *
   * yield* Chunk.get(xs) // => Float64Array.of(1, 2, 6)
   */
  readonly get: <A>(chunk: Chunk<A>) => Effect.Effect<A, TaskError, Engine>
  /**
   * Runs a function on the value where it lies, as a view that is valid until the function's Effect ends: no copy of a
   * large array is made. The value is read-only.
   *
   * @example
   * const xs = yield* Chunk.put(Float64Array.of(1, 2, 6))
   *
   * yield* Chunk.use(xs, (view) => Effect.succeed(view.length)) // => 3
   */
  readonly use: <A, B, E, R>(
    chunk: Chunk<A>,
    f: (value: A) => Effect.Effect<B, E, R>
  ) => Effect.Effect<B, E | TaskError, R | Engine>
  /**
   * A file's bytes as a Chunk, or what `decode` makes of them; it lives until the caller's Scope closes. Only its size and
   * time of change are looked at: the bytes are read when a task or `get` first needs them, and when memory is short they
   * are dropped and read again, never written. A file that has changed meanwhile fails whoever needs it with InputChanged.
   * Fails with GraphInvalid if there is no such file, and with StoreFull if it is larger than the budget.
   *
   * @example
   * const text = yield* Chunk.file("package.json")
   * const json = yield* Chunk.file("package.json", (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as { name: string })
   *
   * const { length } = yield* Chunk.get(text)
   * const { name } = yield* Chunk.get(json)
   * length > 100 // => true
   * name // => "poniard"
   */
  readonly file: {
    (path: string | URL): Effect.Effect<Chunk<Uint8Array>, GraphInvalid | StoreFull, Engine | Scope.Scope>
    <X>(
      path: string | URL,
      decode: (bytes: Uint8Array) => X
    ): Effect.Effect<Chunk<Out<X>>, GraphInvalid | StoreFull, Engine | Scope.Scope>
  }
  /**
   * Writes the bytes of a typed array, of an ArrayBuffer, or of a text as UTF-8, to a file, from where they lie: no copy is
   * made. The file appears, or is replaced, when it is whole. Fails with NotTransferable for any other value.
   *
   * @example
   * import { tmpdir } from "node:os"
   *
   * const xs = yield* Chunk.put(Uint8Array.of(1, 2, 6))
   * yield* Chunk.toFile(xs, `${tmpdir()}/xs.bin`)
   *
   * yield* Chunk.get(yield* Chunk.file(`${tmpdir()}/xs.bin`)) // => Uint8Array.of(1, 2, 6)
   */
  readonly toFile: (
    chunk: Chunk<ArrayBufferView | ArrayBuffer | string>,
    path: string | URL
  ) => Effect.Effect<void, TaskError, Engine>
  /**
   * Whether a value is a Chunk, as functions with the option `meta` are given them.
   *
   * @example
   * Chunk.is(yield* Chunk.put(1)) // => true
   * Chunk.is(1) // => false
   */
  readonly is: (value: unknown) => value is Chunk<unknown>
  /**
   * Frees it before its Scope closes, also if it is persistent; tasks that were given it keep it until they are done.
   *
   * @example
   * const xs = yield* Chunk.put(Float64Array.of(1, 2, 6))
   * const p = yield* spawn(mean, xs)
   * yield* Chunk.release(xs)
   *
   * yield* Spawned.fetch(p) // => 3
   */
  readonly release: (chunk: Chunk<any>) => Effect.Effect<void, never, Engine>
}
