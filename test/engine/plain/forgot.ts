// A program that holds its own tasks and forgets `if (import.meta.main)`: its workers start it again, and say so.
import { Console, Effect } from "effect"
import { collect, delayed, Engine, Task } from "poniard"

/** The task functions of this program. */
export const { square } = Task.module(import.meta.url, { square: (x: number) => x * x })

const program = collect(delayed(square)(3)).pipe(
  Effect.tap(Console.log),
  Effect.provide(Engine.layer({ threads: 1, memory: "16 MiB" }))
)

// How it is started: by Effect's main, by a promise that is awaited, or by one that is not.
if (process.env["START"] === "runMain") (await import("@effect/platform-node/NodeRuntime")).runMain(program)
else if (process.env["START"] === "await") await Effect.runPromise(program)
else void Effect.runPromise(program)
