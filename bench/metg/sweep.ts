// One sweep over a graph: runs it with more and with fewer iterations a task until the half of the peak lies between two
// points. The procedure is fixed: by what it steps, when it ends. What comes out is in granularity.ts.
import { sweep as sweepHeap } from "../harness/interleave.ts"
import { efficiencyOf, type Point, type Setting } from "./granularity.ts"

/** Coarser points are tried until this much of the peak is reached: a better peak may be found after the sweep. */
const enough = 0.6

/** Points around one half of the peak, by doubling (to `most`) and halving from `start`. Runs begin without young garbage. */
export const sweepPoints = async (
  run: (iterations: number) => Promise<number>,
  { most, start }: { readonly start: number; readonly most: number },
  setting: Setting
): Promise<ReadonlyArray<Point>> => {
  const points: Array<Point> = []
  const efficiencyAt = async (iterations: number): Promise<number> => {
    await sweepHeap("young")
    const point: Point = { iterations, ms: await run(iterations) }
    points.push(point)
    return efficiencyOf(point, setting)
  }
  const first = await efficiencyAt(start)
  let above = first
  for (let i = start * 2; above < enough && i <= most; i *= 2) above = await efficiencyAt(i)
  let below = first
  for (let i = start / 2; below >= 0.5 && i >= 1; i /= 2) below = await efficiencyAt(i)
  return points
}

/** Where the next sweep begins: at the fewest iterations that reached one half in this one. */
export const nextStart = (points: ReadonlyArray<Point>, setting: Setting): number => {
  const reached = points.filter((point) => efficiencyOf(point, setting) >= 0.5).map((point) => point.iterations)
  return Math.min(...reached.length > 0 ? reached : points.map((point) => point.iterations))
}
