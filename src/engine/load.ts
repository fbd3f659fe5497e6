// Functions of task modules that run on this thread, when there are no others, although nobody here has imported them.
import * as Effect from "effect/Effect"
import { revive } from "../graph/inline.ts"
import type { TaskFunctionEntry } from "../graph/TaskFunction.ts"
import { findFunction } from "../graph/TaskModule.ts"

/** The function of an entry; what keeps it from being loaded is a defect that says so. */
export const loadFunction = (entry: TaskFunctionEntry): Effect.Effect<Function> =>
  entry.source === undefined
    ? Effect.map(
      Effect.promise(() => import(entry.url) as Promise<Record<string, unknown>>),
      (exports) => findFunction(entry.url, entry.name, exports)
    )
    : Effect.sync(() => revive(entry.source!))
