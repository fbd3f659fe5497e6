// Uneven work on even and uneven threads, in virtual time (issue 3): how far the scheduler is from the best that could
// be done by one who knows every duration, and how soon backlog is taken back from a thread that is held up.
import { assert, describe, it } from "vitest"
import { runUneven } from "./Makespan.ts"
import { Random } from "./Random.ts"

const sum = (all: ReadonlyArray<number>): number => all.reduce((total, one) => total + one, 0)

/** 500 log-normal durations in ms, mu 1, sigma 1.3. */
const draw = (seed: number): ReadonlyArray<number> => {
  const random = new Random(seed)
  return Array.from({ length: 500 }, () => Math.exp(1 + 1.3 * random.normal()))
}

const makespan = (durations: ReadonlyArray<number>, slownesses: ReadonlyArray<number>): number =>
  Math.max(...runUneven(durations, slownesses.map((slowness) => ({ slowness, from: 0 }))))

/** Makespan by the least that is possible, for so many seeds, in order. */
const ratios = (seeds: number, slownesses: ReadonlyArray<number>): ReadonlyArray<number> => {
  const speed = sum(slownesses.map((slowness) => 1 / slowness))
  return Array.from({ length: seeds }, (_, seed) => {
    const durations = draw(seed + 1)
    return makespan(durations, slownesses) / Math.max(sum(durations) / speed, ...durations)
  }).sort((a, b) => a - b)
}

describe("500 log-normal tasks", () => {
  it("on two threads take at most 1.1 times the least that is possible, whatever the seed", () => {
    const all = ratios(50, [1, 1])
    assert.isAtMost(all[all.length - 1], 1.1)
  })

  it("on two threads, one of which is 10 times slower, take at most 1.15 times that: the median of 9 seeds", () => {
    for (const slownesses of [[1, 10], [10, 1]]) assert.isAtMost(ratios(9, slownesses)[4], 1.15)
  })

  it("on four threads take at most 1.1 times that: the median of 9 seeds", () => {
    assert.isAtMost(ratios(9, [1, 1, 1, 1])[4], 1.1)
  })
})

describe("500 tasks of one length", () => {
  it("take at most 5 % more than they must on two threads, from 0.1 to 30 ms", () => {
    for (const ms of [0.1, 1, 30]) {
      const durations = Array.from({ length: 500 }, () => ms)
      assert.isAtMost(makespan(durations, [1, 1]) / (250 * ms), 1.05, `${ms} ms`)
    }
  })
})

describe("backlog behind a task of 2 s", () => {
  it("of 500 short tasks is done by another thread within 50 ms of its coming", () => {
    const short = (count: number): ReadonlyArray<number> => Array.from({ length: count }, () => 0.02)
    const doneAt = runUneven([...short(400), 2000, ...short(500)], [{ slowness: 1, from: 0 }, {
      slowness: 1,
      from: 20
    }])
    assert.isAbove(doneAt[400], 2000)
    assert.isAtMost(Math.max(...doneAt.slice(401)), 70)
  })

  it("so short that they are sent to one thread together is done by the other one within 50 ms", () => {
    for (const ms of [0.0005, 0.001, 0.002, 0.0029, 0.0031, 0.004, 0.005]) {
      const durations = [...Array.from({ length: 2000 }, () => ms), 2000, ...Array.from({ length: 500 }, () => ms)]
      const doneAt = runUneven(durations, [{ slowness: 1, from: 0 }, { slowness: 1, from: 0 }])
      assert.isAbove(doneAt[2000], 2000)
      assert.isAtMost(Math.max(...doneAt.slice(2001)), 50, `${ms} ms a task`)
    }
  })
})
