// Who looks for what comes next, when, and that nothing else has to wait for it.
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { Board } from "../../src/transport/Board.ts"
import { Lookout } from "../../src/transport/Lookout.ts"
import { watchReports } from "../../src/transport/watchReports.ts"

const LONG_MS = 60_000

const board = (): Board => new Board(new SharedArrayBuffer(Board.bytes(1)))

describe("Lookout", () => {
  it("does not pay before something came soon", () => {
    const lookout = new Lookout(LONG_MS, () => true)
    expect(lookout.pays).toBe(false)
    lookout.wait()
    lookout.came()
    expect(lookout.pays).toBe(true)
  })

  it("looks until what it waits for is there", () => {
    let looks = 0
    const lookout = new Lookout(LONG_MS, () => ++looks === 1000)
    lookout.wait()
    lookout.came()
    expect(lookout.look()).toBe(true)
    expect(looks).toBe(1000)
    expect(lookout.pays).toBe(true)
  })

  it("gives up after its time, and is not asked again before something came soon", () => {
    const lookout = new Lookout(1, () => false)
    lookout.wait()
    lookout.came()
    const from = performance.now()
    lookout.wait()
    expect(lookout.look()).toBe(false)
    expect(performance.now() - from).toBeGreaterThanOrEqual(1)
    expect(lookout.pays).toBe(false)
  })

  it("takes what came late as a sign that the next will, too", () => {
    const lookout = new Lookout(1, () => true)
    lookout.wait()
    lookout.came()
    lookout.wait()
    for (const until = performance.now() + 2; performance.now() < until;);
    lookout.came()
    expect(lookout.pays).toBe(false)
  })
})

describe("Bells", () => {
  it("lets so many workers linger at once, each once", () => {
    const shared = board()
    expect(shared.bells.mayLinger(3, 2)).toBe(true)
    expect(shared.bells.mayLinger(3, 2)).toBe(true) // one that ended while it did is replaced under its number
    expect(shared.bells.mayLinger(31, 2)).toBe(true)
    expect(shared.bells.mayLinger(5, 2)).toBe(false)
    shared.bells.endLinger(3)
    expect(shared.bells.mayLinger(5, 2)).toBe(true)
    expect(shared.bells.mayLinger(3, 2)).toBe(false)
  })
})

describe("watchReports", () => {
  const turn = Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))

  /** A watch, whose last report came soon if `soon`, that expects one; and how often it took something in. */
  const scene = (soon: boolean) => {
    const shared = board()
    const taken: Array<number> = []
    const watch = watchReports(shared, 0, () => taken.push(shared.bells.reports(0)))
    if (soon) watch.expect()
    watch.came()
    watch.expect()
    return { shared, taken, watch }
  }

  it.effect("takes in a report that is there, in the next turn", () =>
    Effect.gen(function*() {
      const { shared, taken } = scene(true)
      shared.bells.report(0)
      expect(taken).toEqual([])
      yield* turn
      expect(taken).toEqual([1])
    }))

  it.effect("looks for none where the last did not come soon", () =>
    Effect.gen(function*() {
      const { shared, taken } = scene(false)
      shared.bells.report(0)
      yield* turn
      expect(taken).toEqual([])
    }))

  it.effect("leaves one that was taken in meanwhile alone, and looks for the next", () =>
    Effect.gen(function*() {
      const { shared, taken, watch } = scene(true)
      shared.bells.report(0)
      watch.came() // by the event loop
      watch.expect()
      yield* turn
      expect(taken).toEqual([])
    }))
})
