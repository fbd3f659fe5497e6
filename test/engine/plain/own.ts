// A program that holds its own tasks, as it should: its start stands under `if (import.meta.main)`.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect } from "effect"
import { collect, delayed, Engine, Task } from "poniard"

/** The task functions of this program. */
export const { add, square } = Task.module(import.meta.url, {
  square: (x: number) => x * x,
  add: (a: number, b: number) => a + b
})

if (import.meta.main) {
  collect(delayed(add)(delayed(square)(3), delayed(square)(4))).pipe(
    Effect.tap(Console.log),
    Effect.provide(Engine.layer({ threads: 2, memory: "16 MiB" })),
    NodeRuntime.runMain
  )
}
