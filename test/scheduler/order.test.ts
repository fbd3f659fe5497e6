// In which order ready tasks are taken (DESIGN sections 3 and 6, acceptance SCH-14): priority, then older submission,
// then depth first as the graph was lowered; roots wait while there is something to finish.
import { assert, describe, it } from "vitest"
import { SHARED } from "../../src/scheduler/Event.ts"
import type { Graph } from "./Lab.ts"
import { Lab } from "./Lab.ts"

/** Runs everything, one task at a time; gives the order, and calls `each` after every task. */
const runAll = (lab: Lab, each: (name: string) => void = () => {}, made = { bytes: 8 }): Array<string> => {
  const order: Array<string> = []
  for (let next = lab.ran(); next.length > 0; next = lab.ran()) {
    assert.lengthOf(next, 1)
    const name = next[0].split("@")[0]
    order.push(name)
    lab.finish(name, made)
    each(name)
  }
  return order
}

const oneSlot = (lab = new Lab()): Lab => {
  lab.up(0, { ahead: 0 })
  return lab
}

describe("ready tasks", () => {
  it("of higher priority go first, whatever is older or deeper", () => {
    const lab = oneSlot()
    const priorities = { low: { priority: -1 }, high: { priority: 5 }, higher: { priority: 7 } }
    lab.submit({ low: [], plain: [], high: [], higher: [] }, { of: priorities })
    assert.deepStrictEqual(runAll(lab), ["higher", "high", "plain", "low"])
  })

  it("of an older submission go before those of a younger one, roots before inner tasks", () => {
    const lab = new Lab()
    lab.submit({ a: [], b: [], c: [] }, { wish: "older" })
    lab.submit({ x: [], y: ["x"] }, { wish: "younger" })
    oneSlot(lab)
    assert.deepStrictEqual(runAll(lab), ["a", "b", "c", "x", "y"])
  })

  it("go depth first: a chain is finished before another is begun", () => {
    const lab = oneSlot()
    lab.submit({ a1: [], a2: ["a1"], a3: ["a2"], b1: [], b2: ["b1"], b3: ["b2"] })
    assert.deepStrictEqual(runAll(lab), ["a1", "a2", "a3", "b1", "b2", "b3"])
  })

  it("go in the order of a diamond's lowering: c = inc(a), d = b + c", () => {
    const lab = oneSlot()
    lab.submit({ b: [], a: [], c: ["a"], d: ["b", "c"] })
    assert.deepStrictEqual(runAll(lab), ["b", "a", "c", "d"])
  })

  it("of one priority come out in order however they went in", () => {
    const lab = oneSlot()
    const graph: Record<string, ReadonlyArray<string>> = { gate: [] }
    // Every second waits for the gate, so the two halves become ready at different times.
    for (let i = 0; i < 200; i++) graph[`t${i}`] = i % 2 === 0 ? ["gate"] : []
    lab.submit(graph)
    assert.deepStrictEqual(runAll(lab), ["gate", ...Array.from({ length: 200 }, (_, i) => `t${i}`)])
  })

  it("that are given back keep their place in the order", () => {
    const lab = new Lab()
    lab.up(0)
    lab.learn(1)
    lab.submit({ a: [], b: [], c: [], d: [] })
    assert.deepStrictEqual(lab.ran(), ["a@0", "b@0", "c@0", "d@0"])
    const { attempt, task } = lab.at("b")
    const { attempt: attemptC, task: taskC } = lab.at("c")
    lab.tell({ _tag: "retracted", worker: 0, tasks: [taskC, task], attempts: [attemptC, attempt] })
    assert.deepStrictEqual(lab.ran(), ["b@0", "c@0"])
  })
})

/** A binary tree of sums over 2^depth leaves, as it is lowered. */
const tree = (depth: number, name = "t"): Graph =>
  depth === 0
    ? { [name]: [] }
    : { ...tree(depth - 1, `${name}l`), ...tree(depth - 1, `${name}r`), [name]: [`${name}l`, `${name}r`] }

describe("intermediate results", () => {
  it("of a tree are never more than its depth plus one", () => {
    const lab = oneSlot()
    lab.submit(tree(7))
    let most = 0
    const live = (): number => [...lab.state.chunks.place.subarray(0, 300)].filter((place) => place !== 0).length
    runAll(lab, () => {
      most = Math.max(most, live())
    })
    assert.strictEqual(most, 8)
  })

  it("of roots stay few while consumers wait: a wide map and reduce by pairs, two workers, work sent ahead", () => {
    const lab = new Lab()
    lab.up(0)
    lab.up(1)
    lab.learn(1)
    const graph: Record<string, ReadonlyArray<string>> = {}
    for (let i = 0; i < 400; i++) {
      graph[`read${i}`] = []
      graph[`map${i}`] = [`read${i}`]
    }
    lab.submit(graph)
    const queues: Array<Array<string>> = [[], []]
    let most = 0
    const reads = new Set<string>()
    for (let done = 0; done < 800; done++) {
      for (const run of lab.ran()) queues[Number(run.split("@")[1])].push(run.split("@")[0])
      const next = queues[queues[0].length === 0 ? 1 : queues[1].length === 0 ? 0 : done % 2].shift()!
      lab.finish(next, { ms: 1, bytes: 1000, place: SHARED })
      if (next.startsWith("read")) reads.add(next.slice(4))
      else reads.delete(next.slice(3))
      most = Math.max(most, reads.size)
    }
    assert.isAtMost(most, 34)
  })
})
