// The verbs: collect, compute, spawn and what goes with them. They check what they are given, ask whatever Engine is in
// scope, and put the values back into the shape of the question. Nothing here knows where work runs.
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { AllNode, countLeaves, gather } from "../graph/all.ts"
import { makeNode, MANY } from "../graph/Delayed.ts"
import { Handle, HandleKind } from "../graph/Handle.ts"
import { refuse } from "../graph/refuse.ts"
import { templateOf } from "../graph/Template.ts"
import "./inputCheck.ts"
import { EngineKey } from "../graph/EngineService.ts"
import type * as Types from "../graph/types.ts"
import type {
  ChunkOperations,
  Collect,
  CollectExit,
  Completed,
  Compute,
  Spawn,
  SpawnedOperations,
  SpawnWith
} from "../graph/verbs.ts"
import { cut, gatherPieces, isLong } from "./longList.ts"

/** Puts leaves back into the shape of a handle. */
const reshape = <A>(
  handle: Handle,
  leaves: ReadonlyArray<A>,
  join: (shape: ReadonlyArray<A> | Record<string, A>) => A
): A => {
  let next = 0
  const build = (at: Handle): A => {
    if (!(at instanceof AllNode)) return leaves[next++]
    const { shape } = at
    if (Array.isArray(shape)) {
      // a million leaves side by side are there as they are wanted
      if (at.isFlat && shape.length === leaves.length) return join(leaves)
      if (at.isFlat) return join(leaves.slice(next, next += shape.length))
      return join((shape as ReadonlyArray<Handle>).map(build))
    }
    const record: Record<string, A> = {}
    for (const key of Object.keys(shape)) record[key] = build((shape as Record<string, Handle>)[key])
    return join(record)
  }
  return build(handle)
}

const asItIs = <A>(shape: A): A => shape

/**
 * Runs what is needed and gives the values, which are the caller's own: copies outside the budget. Fails at the first
 * failure, with the function's typed error or a TaskError, and drops what nobody else wants; interruption drops it too.
 * What is alive already is joined, not run again. A list of more than 65,536 handles is looked through as it runs, not at
 * the call: what is no handle in it is a failure with GraphInvalid.
 *
 * @example
 * const p = delayed(square)(3)
 * const q = delayed(add)(p, 1)
 *
 * yield* collect(q) // => 10
 * yield* collect([p, q]) // => [9, 10]
 * yield* collect({ p, q }) // => { p: 9, q: 10 }
 *
 * @example
 * const quotient = collect(delayed(divide)(1, 0)) // Effect<number, DivisionByZero | TaskError, Engine>
 *
 * yield* quotient.pipe(Effect.catchTag("DivisionByZero", ({ dividend }) => Effect.succeed(dividend))) // => 1
 */
export const collect: Collect = ((what: unknown) => {
  if (isLong(what)) return collectLong(cut(what))
  const handle = gather(what, "collect")
  return Effect.flatMap(
    EngineKey,
    (engine) => Effect.map(engine.collect(handle), (values) => reshape<unknown>(handle, values, asItIs))
  )
}) as never

const collectLong = (
  pieces: ReadonlyArray<ReadonlyArray<unknown>>
): Effect.Effect<unknown, unknown, typeof EngineKey.Identifier> =>
  Effect.flatMap(EngineKey, (engine) =>
    Effect.flatMap(gatherPieces(pieces, "collect"), (nodes) => {
      const handle = new AllNode(nodes, false)
      return Effect.map(engine.collect(handle), (values) =>
        nodes.every(({ isFlat }) => isFlat)
          ? values
          : (reshape<unknown>(handle, values, asItIs) as ReadonlyArray<ReadonlyArray<unknown>>).flat())
    }))

type AnyExit = Exit.Exit<unknown, unknown>

const joinExits = (shape: ReadonlyArray<AnyExit> | Record<string, AnyExit>): AnyExit => {
  const failed = Object.values(shape).find(Exit.isFailure)
  if (failed !== undefined) return failed
  const value = (exit: AnyExit): unknown => Exit.isSuccess(exit) ? exit.value : undefined
  return Exit.succeed(
    Array.isArray(shape)
      ? shape.map(value)
      : Object.fromEntries(Object.entries(shape).map(([key, exit]) => [key, value(exit)]))
  )
}

/**
 * Like `collect`, but gives an Exit for each handle, in the shape of the question, and lets the rest finish when one
 * fails. It does not fail itself.
 *
 * @example
 * const [half, none] = yield* collectExit(delayed(divide).map([1, 0], 2))
 * const { nothing } = yield* collectExit({ nothing: delayed(divide)(1, 0) })
 *
 * half // => Exit.succeed(0.5)
 * none // => Exit.succeed(0)
 * Exit.isFailure(nothing) // => true
 */
export const collectExit: CollectExit = ((what: unknown) => {
  const handle = gather(what, "collectExit")
  return Effect.flatMap(EngineKey, (engine) =>
    Effect.map(engine.collectExit(handle), (exits) => {
      if (handle === what) return reshape<AnyExit>(handle, exits, joinExits)
      let next = 0
      const member = (of: Handle): AnyExit => {
        const count = countLeaves(of)
        const own = exits.slice(next, next + count)
        next += count
        return reshape<AnyExit>(of, own, joinExits)
      }
      const { shape } = handle as AllNode
      return Array.isArray(shape)
        ? (shape as ReadonlyArray<Handle>).map(member)
        : Object.fromEntries(Object.entries(shape as Record<string, Handle>).map(([key, of]) => [key, member(of)]))
    }))
}) as never

/**
 * Runs what is needed and leaves the values where they are: gives Chunks, in the shape of the question, that live until
 * the caller's Scope closes. They may be inputs of further tasks. Fails as `collect` does.
 *
 * @example
 * const [evens, odds] = yield* compute(delayed(split, { outputs: 2 })([1, 2, 3]))
 *
 * yield* collect(delayed(sum)(odds)) // => 4
 * yield* Chunk.get(evens) // => [2]
 */
export const compute: Compute = ((what: unknown) => {
  const handle = gather(what, "compute")
  return Effect.flatMap(
    EngineKey,
    (engine) => Effect.map(engine.compute(handle), (chunks) => reshape<unknown>(handle, chunks, asItIs))
  )
}) as never

const spawnAs = (options: unknown, verb: string, fn: unknown, inputs: Array<unknown>): unknown => {
  const { detached, ...rest } = (options ?? {}) as { readonly detached?: unknown }
  if ("outputs" in rest) {
    throw refuse("GraphInvalid", {
      path: `${verb}: options.outputs`,
      reason: "a spawned task has one handle: use delayed(fn, { outputs }) and compute"
    })
  }
  const template = templateOf(fn, options === undefined ? undefined : rest, verb)
  const node = makeNode(template, inputs, MANY)
  return Effect.flatMap(EngineKey, (engine) => engine.spawn(node, detached === true))
}

/**
 * Submits one task now and gives its handle, in the caller's Scope (in a task: the task's own). Inputs may be handles.
 * It never fails; bad inputs are refused at the call, and what becomes of the task is asked of the handle.
 *
 * @example
 * const p = yield* spawn(square, 3)
 * const q = yield* spawn(add, p, 1)
 *
 * yield* Spawned.fetch(q) // => 10
 *
 * @example
 * // inside a task: while it waits, its slot is another's
 * const sumOfSquares: (n: number) => Effect.Effect<number, TaskError, Engine | Scope.Scope> = Effect.fn(function*(n) {
 *   const squares = yield* Effect.forEach(Array.from({ length: n }, (_, i) => i), (i) => spawn(square, i))
 *   const values = yield* Spawned.fetchAll(squares)
 *   return values.reduce((total, x) => total + x, 0)
 * })
 *
 * yield* collect(delayed(sumOfSquares)(4)) // => 14
 */
export const spawn: Spawn =
  ((fn: unknown, ...inputs: Array<unknown>) => spawnAs(undefined, "spawn", fn, inputs)) as never

/**
 * `spawn` with options: those of `delayed` but `outputs`, and `detached: true`, with which the handle lives until it is
 * released or the engine closes, whatever becomes of the caller's Scope.
 *
 * @example
 * const p = yield* spawnWith({ name: "p", priority: 1, timeout: "2 seconds" })(square, 3)
 * const q = yield* Effect.scoped(spawnWith({ detached: true })(add, p, 1))
 *
 * yield* Spawned.fetch(q) // => 10
 * yield* Spawned.release(q)
 */
export const spawnWith: SpawnWith =
  ((options: unknown) => (fn: unknown, ...inputs: Array<unknown>) => spawnAs(options, "spawnWith", fn, inputs)) as never

const check = (handle: unknown, kind: number, verb: string): Handle => {
  if (handle instanceof Handle && handle.kind === kind) return handle
  const hint = handle instanceof Handle && handle.kind === HandleKind.delayed ? ": this is a Delayed, use collect" : ""
  throw refuse("GraphInvalid", {
    path: verb,
    reason: `expected the handle that ${verb.split(".")[0]} operations take${hint}`
  })
}

const withSpawned =
  (verb: string, f: (engine: typeof EngineKey.Service, handle: Handle) => unknown) => (handle: unknown) => {
    const spawned = check(handle, HandleKind.spawned, `Spawned.${verb}`)
    return Effect.flatMap(EngineKey, (engine) => f(engine, spawned) as Effect.Effect<unknown, unknown>)
  }

const firstOf = (handles: Iterable<unknown>): Effect.Effect<unknown, unknown, unknown> => {
  const list = [...handles]
  const wait = withSpawned("waitAny", (engine, handle) => engine.wait(handle))
  return Effect.raceAllFirst(list.map((handle) => Effect.as(wait(handle), handle)))
}

/** The handle of a submitted task: A is its value, E its typed errors. May be an input of other tasks. */
export type Spawned<A, E = never> = Types.Spawned<A, E>

/** The operations on handles of submitted tasks. */
export const Spawned: SpawnedOperations = {
  fetch: withSpawned("fetch", (engine, handle) => engine.fetch(handle)),
  wait: withSpawned("wait", (engine, handle) => engine.wait(handle)),
  waitAny: firstOf,
  waitAll: (handles: Iterable<unknown>) =>
    Effect.forEach([...handles], withSpawned("waitAll", (engine, handle) => engine.wait(handle)), {
      concurrency: "unbounded",
      discard: true
    }),
  fetchAll: (handles: unknown) => {
    const fetch = withSpawned("fetchAll", (engine, handle) => engine.fetch(handle))
    const all = Array.isArray(handles)
      ? handles.map(fetch)
      : Object.fromEntries(Object.entries(handles as object).map(([key, handle]) => [key, fetch(handle)]))
    return Effect.all(all as Record<string, Effect.Effect<unknown, unknown>>, { concurrency: "unbounded" })
  },
  isReady: withSpawned("isReady", (engine, handle) => engine.isReady(handle)),
  cancel: withSpawned("cancel", (engine, handle) => engine.cancel(handle)),
  release: withSpawned("release", (engine, handle) => engine.release(handle))
} as never

/**
 * Handles with their Exits, in order of completion. The Stream ends when all have settled, and does not fail.
 *
 * @example
 * const handles = yield* Effect.forEach([1, 2, 3], (n) => spawn(square, n))
 * const total = yield* completed(handles).pipe(
 *   Stream.mapEffect(([, exit]) => exit),
 *   Stream.runFold(() => 0, (total, n) => total + n)
 * ) // => 14
 */
export const completed: Completed = ((handles: Iterable<unknown>) => {
  const list = [...handles]
  return Stream.unwrap(Effect.gen(function*() {
    const done = yield* Queue.unbounded<readonly [unknown, AnyExit], Cause.Done>()
    const watch = (handle: unknown): Effect.Effect<void, never, unknown> =>
      Effect.flatMap(
        Effect.exit((Spawned.fetch as (h: unknown) => Effect.Effect<unknown, unknown>)(handle)),
        (exit) => Effect.sync(() => Queue.offerUnsafe(done, [handle, exit]))
      )
    yield* Effect.forEach(list, watch, { concurrency: "unbounded", discard: true }).pipe(
      Effect.andThen(Effect.sync(() => Queue.endUnsafe(done))),
      Effect.forkScoped
    )
    return Stream.fromQueue(done)
  }) as never)
}) as never

const withChunk =
  (verb: string, f: (engine: typeof EngineKey.Service, handle: Handle, more: never) => unknown) =>
  (handle: unknown, more?: unknown) => {
    const chunk = check(handle, HandleKind.chunk, `Chunk.${verb}`)
    return Effect.flatMap(EngineKey, (engine) => f(engine, chunk, more as never) as Effect.Effect<unknown, unknown>)
  }

/** A stored value, wherever it is; `bytes` is its size. May be an input of tasks. */
export type Chunk<A> = Types.Chunk<A>

/** The operations on stored values. */
export const Chunk: ChunkOperations = {
  put: (value: unknown) => Effect.flatMap(EngineKey, (engine) => engine.put(value)),
  get: withChunk("get", (engine, handle) => engine.get(handle)),
  use: withChunk("use", (engine, handle, f) => engine.use(handle, f)),
  file: (path: string | URL, decode?: unknown) => Effect.flatMap(EngineKey, (engine) => engine.file(path, decode)),
  toFile: withChunk("toFile", (engine, handle, path) => engine.toFile(handle, path)),
  is: (value: unknown) => value instanceof Handle && value.kind === HandleKind.chunk,
  release: withChunk("release", (engine, handle) => engine.release(handle))
} as never
