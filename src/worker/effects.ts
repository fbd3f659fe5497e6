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
import { isEffect } from "./asynchronous.ts"
import { type Attempt, attempts } from "./Attempt.ts"
import { type Chain, done } from "./Chain.ts"
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

type TaskEffect = Effect.Effect<unknown, unknown, Scope.Scope | typeof EngineKey.Identifier>

/** An Effect in a Scope of its own. A chunk that the task made goes with that: its value is taken before. */
const taken = (effect: TaskEffect): Effect.Effect<unknown, unknown, typeof EngineKey.Identifier> =>
  Effect.scoped(Effect.flatMap(effect, (result) =>
    result instanceof FarStored
      ? Effect.flatMap(EngineKey, (engine) => engine.get(result))
      : Effect.succeed(result)))

/** With the services of a task module. */
const served = <A, R>(far: Far, url: string, effect: Effect.Effect<A, unknown, R>): Effect.Effect<A, unknown, R> => {
  const runtime = runtimeOf(far, url)
  return Effect.matchCauseEffect(runtime.contextEffect, {
    onFailure: (cause) => notBuilt(url, runtime, cause),
    onSuccess: (context) => Effect.provideContext(effect, context as Context.Context<unknown>) as typeof effect
  })
}

const promised = (promise: PromiseLike<unknown>): Effect.Effect<unknown> =>
  Effect.callback((resume) => {
    promise.then((value) => resume(Effect.succeed(value)), (error: unknown) => resume(Effect.die(error)))
  })

/** The Effect of a chain from the member that runs on, which has returned this Effect or Promise. */
export const restOf = (chain: Chain, result: object): TaskEffect =>
  Effect.flatMap(
    isEffect(result)
      ? served(chain.attempt.far, chain.url, taken(result as TaskEffect))
      : promised(result as PromiseLike<unknown>),
    (value) => {
      const next = chain.proceed(value)
      return next === done ? Effect.succeed(chain.value) : restOf(chain, next)
    }
  )

/** Runs the Effect that an attempt's function returned. */
export const runEffect = (far: Far, attempt: Attempt, url: string, effect: object): void => {
  if (!knowsErrors) far.crossing.add(errorClasses)
  knowsErrors = true
  const run = taken(effect as TaskEffect).pipe(
    Effect.provideService(Current, attempt),
    Effect.provideService(EngineKey, clientOf(far, attempt))
  )
  const runtime = runtimeOf(far, url)
  const services = runtime.cachedContext
  const fiber = services !== undefined
    ? Effect.runForkWith(services as Context.Context<unknown>)(run)
    : Effect.runFork(served(far, url, run))
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
