// The types of the verbs that run work and move data: what the engine implements and index.ts exports. Types only.
import type { Effect, Exit, Scope, Stream } from "effect"
import type { NotTransferable, StoreFull, TaskError } from "./errors.ts"
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
  /** Waits for the task and gives its value, which is then the caller's own; may be repeated. */
  readonly fetch: <A, E>(handle: Spawned<A, E>) => Effect.Effect<A, E | TaskError, Engine>
  /** Waits until the task has settled, however it did. Never fails. */
  readonly wait: (handle: AnySpawned) => Effect.Effect<void, never, Engine>
  /** Waits until one of the tasks has settled and gives its handle; does not come back for an empty list. */
  readonly waitAny: <T extends AnySpawned>(handles: Iterable<T>) => Effect.Effect<T, never, Engine>
  /** Waits until all of the tasks have settled. */
  readonly waitAll: (handles: Iterable<AnySpawned>) => Effect.Effect<void, never, Engine>
  /** The values of a tuple, array or record of handles; fails at the first failure. */
  readonly fetchAll: <const T extends Group<T, AnySpawned>>(
    handles: T
  ) => Effect.Effect<Values<T>, ErrorOf<T[keyof T]> | TaskError, Engine>
  /** Whether the task has settled. */
  readonly isReady: (handle: AnySpawned) => Effect.Effect<boolean, never, Engine>
  /** Fails the task and all that depends on it with TaskCancelled, unless it has settled. */
  readonly cancel: (handle: AnySpawned) => Effect.Effect<void, never, Engine>
  /** Gives the handle up before its Scope closes; the task is dropped if nobody else wants it. */
  readonly release: (handle: AnySpawned) => Effect.Effect<void, never, Engine>
}

/** The type of what goes under the name `Chunk`: the operations on stored values. */
export interface ChunkOperations {
  /** Stores a value until the caller's Scope closes. */
  readonly put: <A>(value: A) => Effect.Effect<Chunk<A>, NotTransferable | StoreFull, Engine | Scope.Scope>
  /** A copy of the value, the caller's own. */
  readonly get: <A>(chunk: Chunk<A>) => Effect.Effect<A, TaskError, Engine>
  /** Runs a function on the value where it lies, as a view that is valid until the function's Effect ends. */
  readonly use: <A, B, E, R>(
    chunk: Chunk<A>,
    f: (value: A) => Effect.Effect<B, E, R>
  ) => Effect.Effect<B, E | TaskError, R | Engine>
  /** Frees it before its Scope closes, also if it is persistent. */
  readonly release: (chunk: Chunk<any>) => Effect.Effect<void, never, Engine>
}
