// Writes a plan down with the public API, one `delayed(...)` per task, as a user would in a loop. This is on the clock.
import { Effect } from "effect"
import { type Delayed, delayed } from "poniard"
import * as tasks from "../tasks.ts"
import { join, own, step } from "./numbers.ts"
import type { Plan } from "./Plan.ts"

type Number_ = Delayed<number>

/** The three kinds of tasks of a plan, as functions that give a Delayed. */
export interface Vocabulary {
  readonly own: (number: number) => Number_
  readonly step: (before: Number_, number: number) => Number_
  readonly join: (left: Number_, right: Number_, number: number) => Number_
}

/** Functions of a task module: they run on any processor. */
export const moduleFunctions = (): Vocabulary => ({
  own: delayed(tasks.owned),
  step: delayed(tasks.stepped),
  join: delayed(tasks.joined)
})

/** Closures that return an Effect: they run on fibers of this thread. */
export const effects = (): Vocabulary => ({
  own: delayed((number: number) => Effect.succeed(own(number))),
  step: delayed((before: number, number: number) => Effect.succeed(step(before, number))),
  join: delayed((left: number, right: number, number: number) => Effect.succeed(join(left, right, number)))
})

/** The wanted tasks of a plan; `vocabulary` is called first, so that its cost is on the clock too. */
export const describe = (plan: Plan, vocabulary: () => Vocabulary): ReadonlyArray<Number_> => {
  const { join, own, step } = vocabulary()
  const { left, right } = plan
  const made: Array<Number_> = []
  for (let task = 0; task < left.length; task++) {
    made.push(
      left[task] < 0
        ? own(task)
        : right[task] < 0
        ? step(made[left[task]], task)
        : join(made[left[task]], made[right[task]], task)
    )
  }
  return plan.wanted.map((task) => made[task])
}
