// Uneven work on real threads: makespans against the least that is possible for one who knows every duration.
import { Effect } from "effect"
import { collect, delayed, type Engine, type TaskError } from "poniard"
import { Random } from "../sim/Random.ts"
import { doze, dozeOn } from "./modules/sleeping.ts"

/** So many log-normal durations in ms, mu 1, sigma 1.3. */
const draw = (seed: number, count: number): ReadonlyArray<number> => {
  const random = new Random(seed)
  return Array.from({ length: count }, () => Math.exp(1 + 1.3 * random.normal()))
}

const sum = (all: ReadonlyArray<number>): number => all.reduce((total, one) => total + one, 0)

/**
 * Makespan of 500 tasks on two threads, one of which takes `slowness` times as long, by the least that is possible for tasks
 * as long as they were (a sleep that the machine ends late is no scheduler's fault): the engine is not told which, nor how
 * long any task takes.
 */
export const unevenRatio = Effect.fnUntraced(
  function*(seed: number, slowness: number): Effect.fn.Return<number, TaskError, Engine> {
    const durations = draw(seed, 500)
    const [{ thread: slow }] = yield* collect([delayed(doze)(20), delayed(doze)(20)])
    const began = performance.now()
    const lasted = yield* collect(durations.map((ms) => delayed(dozeOn)(ms, slow, slowness)))
    const took = performance.now() - began
    return took / Math.max(sum(lasted) / (1 + 1 / slowness), ...lasted)
  }
)
