// Runs what moves bytes in a fiber of the engine's scope, and tells what came of it in a later turn. It knows neither what
// is moved nor where.
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"

/** Where moves run, and how one gets into a turn of the engine's loop. */
export interface MoveRunner {
  readonly scope: Scope.Scope
  readonly later: (f: () => void) => void
}

/** Starts a move at once; `done` is called in a later turn. */
export const forkMove = <A, E>(
  { later, scope }: MoveRunner,
  move: Effect.Effect<A, E>,
  done: (exit: Exit.Exit<A, E>) => void
): void => {
  const run = Effect.onExit(move, (exit) => Effect.sync(() => later(() => done(exit))))
  Effect.runFork(Effect.forkIn(Effect.ignoreCause(run), scope, { startImmediately: true }))
}
