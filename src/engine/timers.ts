// Timers of the scheduler: retries and timeouts, as fibers of the engine's scope, so that a test's clock moves them.
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { TaskTimedOut } from "../graph/errors.ts"
import type { Core } from "./Core.ts"
import type { After } from "./perform.ts"
import { askRetry } from "./retry.ts"

/** Performs the command `after`. */
export const timers = (
  core: Core,
  context: Context.Context<never>,
  scope: Scope.Scope,
  later: (f: () => void) => void
): After =>
(ms, command) => {
  const { purpose, task, token } = command
  const elapsed = (retryAfter: number): void => core.tell({ _tag: "elapsed", token, retryAfter })
  const fire = (): void => {
    const timer = core.state.timers.get(token)
    if (timer === undefined) return
    if (purpose === "retry") core.delays.delete(task)
    if (purpose === "retry" || core.state.tasks.attempt[task] !== timer.attempt) return elapsed(-1)
    const { options } = core.node(task).template
    if (options.retry === undefined) return elapsed(-1)
    const attempt = (core.attempts.get(task) ?? 0) + 1
    const name = core.nameOf(task)
    const error = new TaskTimedOut({ task: name, root: name, timeout: options.timeout, processor: "", attempt })
    askRetry(core, context, task, error, (delay) =>
      later(() => {
        if (delay >= 0) core.attempts.set(task, attempt)
        elapsed(delay)
      }))
  }
  if (purpose === "watch") {
    Fiber.runIn(
      Effect.runForkWith(context)(Effect.andThen(Effect.sleep(ms), Effect.sync(() => later(() => elapsed(-1))))),
      scope
    )
    return
  }
  const wait = Effect.andThen(Effect.sleep(ms), Effect.sync(() => later(fire)))
  const fiber = Effect.runForkWith(context)(wait)
  Fiber.runIn(fiber, scope)
  if (purpose === "retry") {
    core.delays.set(task, () => {
      fiber.interruptUnsafe()
      elapsed(-1)
    })
    return
  }
  core.stopTimeout(task)
  core.timeouts.set(task, {
    attempt: core.state.tasks.attempt[task],
    stop: () => {
      fiber.interruptUnsafe()
      // Only the timer goes by this: its attempt is over.
      elapsed(-1)
    }
  })
}
