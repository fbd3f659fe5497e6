// A module that registers one of its functions on the main thread only.
import { isMainThread } from "node:worker_threads"
import { Task } from "poniard"

const both = { here: (n: number) => n, everywhere: (n: number) => n }

/** `here` is not found by workers. */
export const { everywhere, here } = Task.module(
  import.meta.url,
  isMainThread ? both : { everywhere: both.everywhere } as typeof both
)
