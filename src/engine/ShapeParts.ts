// What the service of an engine is made of, and what its verbs have in common: a wish that lasts as long as it is used,
// handles that are checked before anything is done with them.
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Handle } from "../graph/Handle.ts"
import type { Core } from "./Core.ts"
import type { ChunkHandle, SpawnedHandle } from "./handles.ts"
import type { Mover } from "./Mover.ts"
import type { Rooms } from "./Rooms.ts"
import { handleProblem } from "./submission.ts"
import type { Wish } from "./Wish.ts"
import type { Wishes } from "./wishes.ts"

/** What a shape is made of. */
export interface ShapeParts {
  readonly core: Core
  readonly mover: Mover
  readonly rooms: Rooms
  readonly wishes: Wishes
  readonly later: (f: () => void) => void
}

/** A handle is of no use any more. */
export const giveUp = (parts: ShapeParts, handle: ChunkHandle | SpawnedHandle): void => {
  handle.released = true
  if (handle.wish !== undefined) parts.wishes.drop(handle.wish)
}

/** Wishes for a handle, waits and reads; the wish is withdrawn at the end. */
export const using = <A, E, R>(
  { wishes }: ShapeParts,
  handle: Handle,
  exits: boolean,
  read: (wish: Wish) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.acquireUseRelease(
      Effect.sync(() => wishes.make([handle], exits, context)),
      (made) => Effect.andThen(wishes.wait(made), Effect.suspend(() => read(made))),
      (made) => Effect.sync(() => wishes.drop(made))
    )
  )

/** Runs `f` if the handle is of this engine and not released. */
export const withHandle = <A, E, R>(
  parts: ShapeParts,
  handle: Handle,
  place: string,
  f: () => Effect.Effect<A, E, R>
): Effect.Effect<A, unknown, R> =>
  parts.core.open(Effect.suspend((): Effect.Effect<A, unknown, R> => {
    const problem = handleProblem(parts.core, handle as ChunkHandle | SpawnedHandle, place, true)
    return problem === undefined ? f() : Effect.fail(problem)
  }))
