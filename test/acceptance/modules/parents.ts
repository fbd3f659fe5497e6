// Task functions that spawn on workers, and one that tries to start an engine there.
import { Effect } from "effect"
import { collect, compute, delayed, Engine, spawn, Spawned, Task } from "poniard"
import { holdLater } from "./held.ts"
import { add, failure, inc } from "./values.ts"

export const { chunkOfThree, failsThere, group, startsAnEngine, three } = Task.module(import.meta.url, {
  /** 1 + 2, spawned and fetched on the worker. */
  three: () => Effect.flatMap(spawn(add, 1, 2), Spawned.fetch),
  /** 1 + 2, given back as a Chunk. */
  chunkOfThree: () => compute(delayed(add)(1, 2)),
  /** What depends on a failed task, both spawned here. */
  failsThere: () =>
    Effect.gen(function*() {
      const failed = yield* spawn(failure, 1)
      return yield* Spawned.fetch(yield* spawn(inc, failed))
    }),
  /** Waits for its children, of which the last may fail. */
  group: (began: string, gate: string, ends: "well" | "badly") =>
    Effect.gen(function*() {
      const children = [yield* spawn(holdLater, began, gate, 1), yield* spawn(holdLater, began, gate, 2)]
      if (ends === "badly") children.push(yield* spawn(failure, 1))
      return yield* Spawned.fetchAll(children)
    }),
  startsAnEngine: () => collect(delayed(inc)(1)).pipe(Effect.provide(Engine.layer({ threads: 1, memory: "1 MiB" })))
})
