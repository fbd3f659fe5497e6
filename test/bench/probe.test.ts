// How the benchmark `loop` tells a block of the event loop from a pause of the collector, and what `latency` reads out of a
// mark. Not the measuring itself.
import { assert, describe, it } from "vitest"
import { mark, momentOf, nowUs, numberOf } from "../../bench/latency/marks.ts"
import { judge, watched } from "../../bench/loop/probe.ts"

const spans = (...ends: ReadonlyArray<readonly [start: number, end: number]>) =>
  ends.map(([start, end]) => ({ start, end }))

describe("the probe of the event loop", () => {
  it("takes pauses out of the gaps in which they lie, also those that reach over an end", () => {
    const seen = judge(spans([0, 10], [10, 40], [40, 42]), spans([2, 4], [8, 15], [30, 33]))
    assert.deepStrictEqual(seen, { longestMs: 22, withGcMs: 30, longestGcMs: 7, allGcMs: 12, over20Ms: 1 })
  })

  it("counts a pause in none but the gaps that it meets", () => {
    const seen = judge(spans([0, 5], [5, 9], [9, 30]), spans([5, 9]))
    assert.deepStrictEqual(seen, { longestMs: 21, withGcMs: 21, longestGcMs: 4, allGcMs: 4, over20Ms: 1 })
  })

  it("sees a block of the thread, before the first turn and in the middle", async () => {
    const block = (ms: number): void => {
      for (const end = performance.now() + ms; performance.now() < end;);
    }
    const [result, { withGcMs }] = await watched(async () => {
      block(30)
      return 7
    })
    assert.strictEqual(result, 7)
    assert.isAtLeast(withGcMs, 30)
  })
})

describe("a mark", () => {
  it("holds a number and a moment", () => {
    const origin = nowUs()
    const made = mark(99_999, origin)
    assert.strictEqual(numberOf(made), 99_999)
    assert.isAtLeast(momentOf(made, origin) + 1, origin)
    assert.isAtMost(momentOf(made, origin), nowUs())
  })
})
