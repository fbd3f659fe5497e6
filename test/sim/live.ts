// Lives a world from its seed to its end; when a property does not hold, looks for the least world in which the same
// seed still breaks it, and tells its trace.
import type { Plan } from "./Plan.ts"
import { planOf, smaller } from "./Plan.ts"
import { World } from "./World.ts"

/** Lines of a trace that are shown. */
const LINES = 120

/** Does something to a world before it is lived, to see whether that is noticed. */
export type Plant = (world: World) => void

const nothing: Plant = () => {}

/** Lives a world. Throws Broken, or what the scheduler threw. */
export const live = (plan: Plan): World => {
  const world = new World(plan)
  world.live()
  return world
}

const failureOf = (plan: Plan, plant: Plant): string | undefined => {
  const world = new World(plan)
  plant(world)
  try {
    world.live()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** What is wrong without the numbers, so that a smaller world can be known to fail in the same way. */
export const kindOf = (message: string): string => message.split(/[:;]/, 2).join(":").replace(/\d+(\.\d+)?/g, "N")

/** The least world that is broken in the same way, as far as removing one thing after the other finds it. */
const least = (plan: Plan, kind: string, plant: Plant): Plan => {
  for (const next of smaller(plan)) {
    const failure = failureOf(next, plant)
    if (failure !== undefined && kindOf(failure) === kind) return least(next, kind, plant)
  }
  return plan
}

/** Why the world of a seed is broken, with all that is needed to see it again, or undefined. */
export const explainFailure = (seed: number, plant = nothing): string | undefined => {
  const plan = planOf(seed)
  const failure = failureOf(plan, plant)
  if (failure === undefined) return undefined
  const small: Plan = { ...least(plan, kindOf(failure), plant), traced: true }
  const world = new World(small)
  plant(world)
  let stack = ""
  try {
    world.live()
  } catch (error) {
    stack = String((error as Error).stack)
  }
  const trace = world.trace.slice(-LINES).join("\n")
  return `seed ${seed}: ${failure}\nleast world: ${JSON.stringify(small)}\n${trace}\n${stack}`
}
