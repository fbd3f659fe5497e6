// Services of task modules on this thread, when there are no others to run their functions: the layer of each is built
// once for the engine, when its first Effect runs, and closed with the engine. Workers do this themselves.
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { TaskFunctionEntry } from "../graph/TaskFunction.ts"
import { registeredModule } from "../graph/TaskModule.ts"

type Runtime = ManagedRuntime.ManagedRuntime<unknown, unknown>

/** The layers of one engine's task modules. */
export class ModuleServices {
  private readonly runtimes = new Map<string, Runtime>()

  /** Gives the Effect of a task its module's services. */
  provide<A, E>(fn: TaskFunctionEntry, effect: Effect.Effect<A, E, unknown>): Effect.Effect<A, E, unknown> {
    if (fn.kind !== "module") return effect
    const layer = registeredModule(fn.url)?.layer as Layer.Layer<unknown, unknown> | undefined
    if (layer === undefined) return effect
    let runtime = this.runtimes.get(fn.url)
    if (runtime === undefined) this.runtimes.set(fn.url, runtime = ManagedRuntime.make(layer))
    const built = runtime
    return Effect.matchCauseEffect(built.contextEffect, {
      onFailure: (cause) => this.notBuilt(fn.url, built, cause),
      onSuccess: (context) => Effect.provideContext(effect, context as Context.Context<unknown>)
    })
  }

  /** A layer that did not build is no failure of the function's own; the next task tries to build it again. */
  private notBuilt(url: string, runtime: Runtime, cause: Cause.Cause<unknown>): Effect.Effect<never> {
    if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
    if (this.runtimes.get(url) === runtime) this.runtimes.delete(url)
    const error = new Error(`the layer of ${url} could not be built`, { cause: Cause.squash(cause) })
    return Effect.andThen(runtime.disposeEffect, Effect.die(error))
  }

  /** Closes what was built. */
  get close(): Effect.Effect<void> {
    return Effect.suspend(() =>
      Effect.forEach(this.runtimes.values(), (runtime) => runtime.disposeEffect, {
        discard: true,
        concurrency: "unbounded"
      })
    )
  }
}
