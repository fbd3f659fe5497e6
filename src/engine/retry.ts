// The option `retry`: a Schedule decides, after each failure of a task, whether and when it is tried again.
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Pull from "effect/Pull"
import * as Schedule from "effect/Schedule"
import type { Core } from "./Core.ts"

/** The Schedule of one task, as far as it has run. */
export interface Retry {
  readonly step: (now: number, input: unknown) => Pull.Pull<[unknown, Duration.Duration], unknown, unknown, unknown>
}

const stepOf = Effect.fnUntraced(function*(core: Core, task: number, schedule: Schedule.Schedule<unknown, unknown>) {
  const known = core.retries.get(task)
  if (known !== undefined) return known
  const retry: Retry = { step: yield* Schedule.toStep(schedule) }
  core.retries.set(task, retry)
  return retry
})

/**
 * Calls `answer` with the ms to wait before the next attempt of a task, or -1 when it has had its last. `error` is what
 * the Schedule is given.
 */
export const askRetry = (
  core: Core,
  context: Context.Context<never>,
  task: number,
  error: unknown,
  answer: (ms: number) => void
): void => {
  const schedule = core.node(task).template.options.retry
  if (schedule === undefined) return answer(-1)
  const ask = Effect.gen(function*() {
    const { step } = yield* stepOf(core, task, schedule)
    const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
    const [, delay] = yield* step(now, error)
    return Duration.toMillis(delay)
  })
  const fiber = Effect.runForkWith(context)(ask as Effect.Effect<number, unknown>)
  fiber.addObserver((exit) => answer(Exit.isSuccess(exit) ? exit.value : -1))
}

/** What a Schedule is given of a Cause. */
export const inputOf = (cause: Cause.Cause<unknown>): unknown => Cause.squash(cause)
