// What the suites of merged tasks share: engines of every kind that merge or do not, and what became of a task as data.
import { layer } from "@effect/vitest"
import { Cause, Context, Effect, Exit, type Layer, Option } from "effect"
import { Engine, TaskTrace } from "poniard"
import { type EngineTest, guarded } from "./overTransports.ts"

const base = { threads: 2, memory: "16 MiB", check: true } as const

/** Engines of every kind, by what their processors are. */
export const worlds: Readonly<Record<string, (fuse: boolean) => Layer.Layer<Engine>>> = {
  thread: (fuse) => Engine.layer({ ...base, fuse }),
  bytes: (fuse) => Engine.layer({ ...base, fuse, transport: "bytes" }),
  fiber: (fuse) => Engine.layer({ ...base, fuse, threads: 0 }),
  simulated: (fuse) => Engine.layerTest({ fuse })
}

/** What a suite is told of its engine: its name, whether it merges, and whether it has threads. */
export interface World {
  readonly name: string
  readonly fuse: boolean
  readonly threads: boolean
}

/** Runs a suite in an engine of every kind, merged, apart or both. */
export const inEach = (
  title: string,
  fuses: ReadonlyArray<boolean>,
  suite: (test: EngineTest, world: World) => void
): void => {
  for (const [name, engine] of Object.entries(worlds)) {
    for (const fuse of fuses) {
      layer(engine(fuse), { excludeTestServices: true })(`${title} (${name}, ${fuse ? "merged" : "apart"})`, (it) => {
        const threads = name === "thread" || name === "bytes"
        suite((claim, body) => it.effect(claim, () => guarded(body())), { name, fuse, threads })
      })
    }
  }
}

/** How many tasks an Effect submits. */
export const counted = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const before = yield* Engine.snapshot
    const value = yield* effect
    const { tasks } = yield* Engine.snapshot
    return [value, tasks.total - before.tasks.total] as const
  })

/** How a failure came about. */
export const traceOf = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isSuccess(exit) ? undefined : Option.getOrThrow(Context.getOption(Cause.annotations(exit.cause), TaskTrace))

/** What becomes of a task, as plain data: its value, or its error and the way to it. */
export const told = (exit: Exit.Exit<unknown, unknown>): unknown => {
  if (Exit.isSuccess(exit)) return exit.value
  const error = Cause.squash(exit.cause) as { readonly _tag: string; readonly task?: string; readonly cause?: unknown }
  const { path, root, task } = traceOf(exit)!
  return { tag: error._tag, of: error.task, cause: String(error.cause), task, root, path }
}
