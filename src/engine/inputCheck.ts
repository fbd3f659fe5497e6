// Teaches graph/input.ts which values can cross to a worker, so that a bad input is refused where it is given: `delayed`
// asks, the codec knows. Loaded by the verbs; a task module alone does not need it.
import { check, Crossing, Refused } from "../chunk/codec.ts"
import { type InputProblem, setInputCheck } from "../graph/input.ts"
import { registeredModules } from "../graph/TaskModule.ts"

let crossing = new Crossing()

const problemOf = (value: unknown): InputProblem | undefined => {
  try {
    check(value, crossing, "")
    return undefined
  } catch (error) {
    if (error instanceof Refused) return { path: error.path, reason: error.reason }
    throw error
  }
}

setInputCheck((value) => {
  if (problemOf(value) === undefined) return undefined
  // Modules may have come since, or come again.
  crossing = new Crossing()
  for (const { schemas } of registeredModules()) crossing.add(schemas)
  return problemOf(value)
})
