// Poniard itself, through its public API only: what a user would write for many independent calls of one function.
import { Effect, ManagedRuntime } from "effect"
import { collect, delayed, Engine, spawn, Spawned } from "poniard"
import { noop, spin } from "../tasks.ts"
import type { Pool, System } from "./System.ts"

const tasks = { noop, spin }

/** Poniard with an engine of its own per pool. */
export const poniard: System = {
  name: "poniard",
  settings: ["threads"],
  load: async () => async (_, threads): Promise<Pool> => {
    const runtime = ManagedRuntime.make(Engine.layer({ threads }))
    await runtime.context()
    return {
      together: (work, inputs) => {
        const task = delayed(tasks[work])
        return runtime.runPromise(collect(inputs.map((input) => task(input))))
      },
      inTurn: (work, inputs) =>
        runtime.runPromise(
          Effect.forEach(inputs, (input) => Effect.scoped(Effect.flatMap(spawn(tasks[work], input), Spawned.fetch)))
        ),
      close: () => runtime.dispose()
    }
  }
}
