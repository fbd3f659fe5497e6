// Runs the Effects that task functions return, with the services of their module's layer and a Scope of their own. Loaded
// when a worker meets its first Effect; only from here on does the worker know Effect.
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type * as Scope from "effect/Scope"
import { setTaskLookUp } from "../graph/CurrentTask.ts"
import { EngineKey } from "../graph/EngineService.ts"
import { errorClasses } from "../graph/errors.ts"
import { registeredModule } from "../graph/TaskModule.ts"
import { type Attempt, attempts } from "./Attempt.ts"
import { clientOf, FarStored } from "./client.ts"
import { causeFailure, interruptFailure } from "./failures.ts"
import type { Far } from "./Far.ts"

/** The attempt that a fiber belongs to. */
const Current = Context.Reference<Attempt | undefined>("poniard/worker/Attempt", { defaultValue: () => undefined })

setTaskLookUp(() => {
  const fiber = Fiber.getCurrent()
  return (fiber === undefined ? undefined : Context.get(fiber.context, Current)) ?? attempts.getStore()
})

let knowsErrors = false

type Runtime = ManagedRuntime.ManagedRuntime<unknown, unknown>

const runtimes = new Map<string, Runtime>()

const closeRuntimes = (): Promise<void> =>
  Promise.all([...runtimes.values()].map((runtime) => runtime.dispose())).then(() => {})

/** The services of a task module: its layer, built once for the worker, closed when the worker ends. */
const runtimeOf = (far: Far, url: string): Runtime => {
  const known = runtimes.get(url)
  if (known !== undefined) return known
  if (!far.closers.includes(closeRuntimes)) far.closers.push(closeRuntimes)
  const layer = (registeredModule(url)?.layer ?? Layer.empty) as Layer.Layer<unknown, unknown>
  const runtime = ManagedRuntime.make(layer)
  runtimes.set(url, runtime)
  return runtime
}

/** A layer that did not build is no failure of the function's own; the next task tries to build it again. */
const notBuilt = (url: string, runtime: Runtime, cause: Cause.Cause<unknown>): Effect.Effect<never> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
  if (runtimes.get(url) === runtime) runtimes.delete(url)
  const error = new Error(`the layer of ${url} could not be built`, { cause: Cause.squash(cause) })
  return Effect.andThen(runtime.disposeEffect, Effect.die(error))
}

/** Runs the Effect that an attempt's function returned. */
export const runEffect = (far: Far, attempt: Attempt, url: string, effect: object): void => {
  if (!knowsErrors) far.crossing.add(errorClasses)
  knowsErrors = true
  const engine = clientOf(far, attempt)
  // A chunk that the task made goes with its Scope: its value is taken before.
  const taken = Effect.flatMap(
    effect as Effect.Effect<unknown, unknown, Scope.Scope>,
    (result) => result instanceof FarStored ? engine.get(result) : Effect.succeed(result)
  )
  const run = Effect.scoped(taken).pipe(
    Effect.provideService(Current, attempt),
    Effect.provideService(EngineKey, engine)
  )
  const runtime = runtimeOf(far, url)
  const services = runtime.cachedContext
  const fiber = services !== undefined
    ? Effect.runForkWith(services as Context.Context<unknown>)(run)
    : Effect.runFork(
      Effect.matchCauseEffect(runtime.contextEffect, {
        onFailure: (cause) => notBuilt(url, runtime, cause),
        onSuccess: (context) => Effect.provideContext(run, context as Context.Context<unknown>) as typeof run
      })
    )
  attempt.whenCancelled(() => fiber.interruptUnsafe())
  fiber.addObserver((exit) => settle(far, attempt, exit))
}

const settle = (far: Far, attempt: Attempt, exit: Exit.Exit<unknown, unknown>): void => {
  if (Exit.isSuccess(exit)) return attempt.succeed(exit.value)
  const { cause } = exit
  if (Cause.hasInterruptsOnly(cause) && attempt.isCancelled()) return attempt.failed(interruptFailure(attempt))
  const typed = Cause.hasFails(cause) && !Cause.hasDies(cause)
  attempt.failed(causeFailure(far.crossing, attempt, cause, typed, Cause.squash(cause)))
}
