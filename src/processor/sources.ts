// Asks what a task module consists of, in a thread of its own that ends with the answer: whatever the module does when it
// is loaded stays there, and is seen whole although this thread may have loaded it long ago.
import * as Effect from "effect/Effect"
import { newThread } from "../transport/newThread.ts"
import type { Sources, SourcesAnswer, SourcesRequest } from "../transport/SourcesMessage.ts"

export type { Sources } from "../transport/SourcesMessage.ts"

/** How long a module may take to load. */
const PATIENCE = "30 seconds"

/** What a task module consists of. Fails if it cannot be loaded. */
export const sourcesOf = (request: SourcesRequest): Effect.Effect<Sources, Error> =>
  Effect.callback<Sources, Error>((resume) => {
    const thread = newThread({ workerData: { poniard: request }, stdout: true, stderr: true }, {}, "sources")
    const end = (result: Effect.Effect<Sources, Error>): void => {
      resume(result)
      void thread.terminate()
    }
    thread.once(
      "message",
      (said: SourcesAnswer) => end("problem" in said ? Effect.fail(new Error(said.problem)) : Effect.succeed(said))
    )
    thread.once("error", (error: Error) => end(Effect.fail(error)))
    thread.once("exit", () => end(Effect.fail(new Error("its thread ended while it was loaded"))))
    return Effect.promise(() => thread.terminate())
  }).pipe(
    Effect.timeoutOrElse({
      duration: PATIENCE,
      orElse: () => Effect.fail(new Error(`it was not loaded within ${PATIENCE}`))
    })
  )
