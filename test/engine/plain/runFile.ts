// Runs the function `f` of a file that it is given, on a thread, with 20, and prints the result or the error.
import { Console, Effect } from "effect"
import { collect, delayed, Engine, Task } from "poniard"

if (import.meta.main) {
  const { f } = Task.fromModule<{ readonly f: (x: number) => number }>(process.argv[2])
  const program = collect(delayed(f)(20)).pipe(
    Effect.catch((error) => Effect.succeed(error._tag)),
    Effect.tap(Console.log),
    Effect.provide(Engine.layer({ threads: 1, memory: "16 MiB" }))
  )
  await Effect.runPromise(program)
}
