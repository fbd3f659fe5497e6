// METG(50 %), the minimum effective task granularity, as Task Bench's scripts compute it: how long tasks must be, in
// core-microseconds with everything that surrounds them, for half of the machine's peak to be left for their work.

/** One point of a sweep: tasks of so many iterations. */
export interface Point {
  readonly iterations: number
  /** The time of the run in milliseconds. */
  readonly ms: number
}

/** What a sweep's points mean: all are of the same tasks on the same cores. `peak` is the machine's work per ms. */
export interface Setting {
  readonly tasks: number
  readonly cores: number
  readonly peak: number
  /** The work of one task of so many iterations. */
  readonly work: (iterations: number) => number
}

/** Core-microseconds per task, overhead included. */
export const granularityOf = ({ ms }: Point, { cores, tasks }: Setting): number => ms * 1000 * cores / tasks

/** The part of the peak that was reached. */
export const efficiencyOf = ({ iterations, ms }: Point, { peak, tasks, work }: Setting): number =>
  work(iterations) * tasks / ms / peak

/**
 * The smallest granularity whose efficiency is at least one half; from there on a straight line towards the next smaller
 * number of iterations, if tasks are shorter there, up to exactly one half. Infinity if no point reaches one half.
 */
export const metgOf = (points: ReadonlyArray<Point>, setting: Setting): number => {
  const sorted = points.toSorted((a, b) => b.iterations - a.iterations).map((point) => ({
    granularity: granularityOf(point, setting),
    efficiency: efficiencyOf(point, setting)
  }))
  let at = -1
  sorted.forEach(({ efficiency, granularity }, i) => {
    if (efficiency >= 0.5 && (at < 0 || granularity < sorted[at].granularity)) at = i
  })
  if (at < 0) return Infinity
  const reached = sorted[at]
  const next = sorted[at + 1]
  if (next === undefined || next.granularity >= reached.granularity) return reached.granularity
  const part = (0.5 - next.efficiency) / (reached.efficiency - next.efficiency)
  return next.granularity + part * (reached.granularity - next.granularity)
}
