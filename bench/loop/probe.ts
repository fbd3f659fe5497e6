// Watches the event loop of this thread: a timer of 1 ms that is late when something runs for long, and the collector's
// pauses, so that what they take can be told from what programs take.
import { type PerformanceEntry, PerformanceObserver } from "node:perf_hooks"
import { setTimeout } from "node:timers/promises"

interface Span {
  readonly start: number
  readonly end: number
}

/** What a probe saw, in milliseconds. */
export interface Seen {
  /** The longest time between two turns of the loop, less the collector's pauses in it. */
  readonly longestMs: number
  /** The longest time between two turns, whatever took it. */
  readonly withGcMs: number
  /** The longest pause of the collector, and all of them together. */
  readonly longestGcMs: number
  readonly allGcMs: number
  /** How many times the loop was found blocked for more than 20 ms, less pauses. */
  readonly over20Ms: number
}

const overlap = (one: Span, other: Span): number =>
  Math.max(0, Math.min(one.end, other.end) - Math.max(one.start, other.start))

/** Gaps less the pauses that lie in them; both in order of time, each pass walks once. */
const withoutPauses = (gaps: ReadonlyArray<Span>, pauses: ReadonlyArray<Span>): ReadonlyArray<number> => {
  let from = 0
  return gaps.map((gap) => {
    while (from < pauses.length && pauses[from].end <= gap.start) from++
    let left = gap.end - gap.start
    for (let i = from; i < pauses.length && pauses[i].start < gap.end; i++) left -= overlap(gap, pauses[i])
    return left
  })
}

/** What there is to say of gaps between turns and of pauses, both in order of time and without overlaps of their own. */
export const judge = (gaps: ReadonlyArray<Span>, pauses: ReadonlyArray<Span>): Seen => {
  const most = (values: ReadonlyArray<number>): number => values.reduce((a, b) => Math.max(a, b), 0)
  const lengths = (spans: ReadonlyArray<Span>): ReadonlyArray<number> => spans.map(({ end, start }) => end - start)
  const blocks = withoutPauses(gaps, pauses)
  return {
    longestMs: most(blocks),
    withGcMs: most(lengths(gaps)),
    longestGcMs: most(lengths(pauses)),
    allGcMs: lengths(pauses).reduce((a, b) => a + b, 0),
    over20Ms: blocks.filter((block) => block > 20).length
  }
}

/** Runs `what` and watches the loop from before its first line until a turn after its end. */
export const watched = async <A>(what: () => Promise<A>): Promise<[result: A, seen: Seen]> => {
  const pauses: Array<Span> = []
  const take = (entries: ReadonlyArray<PerformanceEntry>): void => {
    for (const { duration, startTime } of entries) pauses.push({ start: startTime, end: startTime + duration })
  }
  const observer = new PerformanceObserver((list) => take(list.getEntries()))
  observer.observe({ entryTypes: ["gc"] })
  const gaps: Array<Span> = []
  let last = performance.now()
  const turn = (): void => {
    const now = performance.now()
    gaps.push({ start: last, end: now })
    last = now
  }
  const timer = setInterval(turn, 1)
  try {
    const result = await what()
    await setTimeout(2)
    clearInterval(timer)
    await setTimeout(20)
    return [result, judge(gaps, pauses.sort((a, b) => a.start - b.start))]
  } finally {
    clearInterval(timer)
    observer.disconnect()
  }
}
