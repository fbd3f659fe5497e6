// Runs the Effects that task functions return, with the services of their module's layer and a Scope of their own. Loaded
// when a worker meets its first Effect; only from here on does the worker know Effect.
import { Cause, Context, Effect, Exit, Fiber, Layer, ManagedRuntime, type Scope } from "effect"
import { setTaskLookUp } from "../graph/CurrentTask.ts"
import { errorClasses } from "../graph/errors.ts"
import { registeredModule } from "../graph/TaskModule.ts"
import { engineContext } from "./client.ts"
import type { Attempt } from "./Attempt.ts"
import type { Far } from "./Far.ts"
import { causeFailure, interruptFailure } from "./failures.ts"

/** The attempt that a fiber belongs to. */
const Current = Context.Reference<Attempt | undefined>("poniard/worker/Attempt", { defaultValue: () => undefined })

setTaskLookUp(() => {
  const fiber = Fiber.getCurrent()
  return fiber === undefined ? undefined : Context.get(fiber.context, Current)
})

let knowsErrors = false

type Runtime = ManagedRuntime.ManagedRuntime<unknown, unknown>

const runtimes = new Map<string, Runtime>()

/** The services of a task module: its layer, built once for the worker, closed when the worker ends. */
const runtimeOf = (far: Far, url: string): Runtime => {
  const known = runtimes.get(url)
  if (known !== undefined) return known
  const layer = (registeredModule(url)?.layer ?? Layer.empty) as Layer.Layer<unknown, unknown>
  const runtime = ManagedRuntime.make(layer)
  runtimes.set(url, runtime)
  far.closers.push(() => runtime.dispose())
  return runtime
}

/** Runs the Effect that an attempt's function returned. */
export const runEffect = (far: Far, attempt: Attempt, url: string, effect: object): void => {
  if (!knowsErrors) far.crossing.add(errorClasses)
  knowsErrors = true
  const run = Effect.scoped(effect as Effect.Effect<unknown, unknown, Scope.Scope>).pipe(
    Effect.provideService(Current, attempt),
    Effect.provide(engineContext(far, attempt))
  )
  const fiber = runtimeOf(far, url).runFork(run)
  attempt.whenCancelled(() => fiber.interruptUnsafe())
  fiber.addObserver((exit) => settle(far, attempt, exit))
}

const settle = (far: Far, attempt: Attempt, exit: Exit.Exit<unknown, unknown>): void => {
  if (Exit.isSuccess(exit)) return attempt.succeed(exit.value)
  const { cause } = exit
  if (Cause.hasInterruptsOnly(cause) && attempt.isCancelled()) return attempt.failed(interruptFailure(attempt))
  const squashed = Cause.squash(cause)
  const stack = squashed instanceof Error ? squashed.stack ?? "" : ""
  attempt.failed(causeFailure(far.crossing, attempt, cause, Cause.hasFails(cause) && !Cause.hasDies(cause), stack))
}
