// Registers more on the main thread than on workers, as a module does that was changed, or that asks where it is.
import { isMainThread } from "node:worker_threads"
import { Task } from "poniard"

/** Found everywhere. */
export const { whole, wholly } = Task.module(import.meta.url, { whole: (x: number) => x, wholly: (x: number) => -x })

/** Found on the main thread only, where it is called wole. */
export const onMainOnly = isMainThread ? Task.module(import.meta.url, { wole: (x: number) => x + 1 }).wole : whole
