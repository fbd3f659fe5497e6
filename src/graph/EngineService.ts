// The service `Engine`: what the verbs need of an engine, whether it is this process's own (engine/shape.ts) or, inside a
// task on a worker, the far side of one (worker/client.ts). Not light: it loads Effect.
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { DelayedNode } from "./Delayed.ts"
import type { Handle } from "./Handle.ts"
import type * as Types from "./types.ts"

/** What an engine does. Handles go in as they are; values come out flat, in the order of the handles' leaves. */
export interface Shape {
  readonly "~poniard/Engine": "poniard/Engine"
  readonly id: number
  readonly collect: (handle: Handle) => Effect.Effect<ReadonlyArray<unknown>, unknown>
  readonly collectExit: (handle: Handle) => Effect.Effect<ReadonlyArray<Exit.Exit<unknown, unknown>>>
  readonly compute: (handle: Handle) => Effect.Effect<ReadonlyArray<Handle>, unknown, Scope.Scope>
  readonly spawn: (node: DelayedNode, detached: boolean) => Effect.Effect<Handle, never, Scope.Scope>
  readonly wait: (spawned: Handle) => Effect.Effect<void>
  readonly fetch: (spawned: Handle) => Effect.Effect<unknown, unknown>
  readonly isReady: (spawned: Handle) => Effect.Effect<boolean>
  readonly cancel: (spawned: Handle) => Effect.Effect<void>
  readonly release: (handle: Handle) => Effect.Effect<void>
  readonly put: (value: unknown) => Effect.Effect<Handle, unknown, Scope.Scope>
  readonly file: (path: string | URL, decode: unknown) => Effect.Effect<Handle, unknown, Scope.Scope>
  readonly toFile: (chunk: Handle, path: string | URL) => Effect.Effect<void, unknown>
  readonly get: (chunk: Handle) => Effect.Effect<unknown, unknown>
  readonly use: <B, E, R>(chunk: Handle, f: (value: unknown) => Effect.Effect<B, E, R>) => Effect.Effect<B, unknown, R>
  readonly events: Stream.Stream<unknown>
  readonly snapshot: Effect.Effect<unknown>
  readonly explain: (handle: Handle | undefined) => Effect.Effect<string>
}

/** The type of the service. */
export type Engine = Types.Engine

/** The key under which the verbs find the engine. */
export const EngineKey: Context.Service<Engine, Shape> = class extends Context.Service<Types.Engine, Shape>()(
  "poniard/Engine"
) {}
