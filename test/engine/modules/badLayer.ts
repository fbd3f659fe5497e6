// A task module whose layer builds only at the second try in a thread.
import { Context, Effect, Layer } from "effect"
import { Task } from "poniard"

/** A service that is hard to get. */
export class Database extends Context.Service<Database, { readonly size: number }>()("test/Database") {
  static tries = 0
  static readonly layer = Layer.effect(
    Database,
    Effect.suspend(() =>
      ++Database.tries === 1 ? Effect.fail({ _tag: "NoConnection", port: 5432 }) : Effect.succeed({ size: 3 })
    )
  )
}

/** The task functions of this file. */
export const { plain, size } = Task.module(import.meta.url, {
  size: () => Database.use(({ size }) => Effect.succeed(size)),
  plain: () => "no service needed"
}, { layer: Database.layer })
