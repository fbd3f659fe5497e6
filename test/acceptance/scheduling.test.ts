// Acceptance 2.3, what has no need of scopes: who is given what, in which order, and how much at a time. SCH-11 and
// SCH-14 are on the scheduler alone, by the names of test/scheduler/Lab.ts; test/scheduler has these rules in detail.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { collect, delayed, Engine } from "poniard"
import { SHARED } from "../../src/scheduler/Event.ts"
import { folder, linesOf, makeGate } from "../engine/files.ts"
import { overTransports } from "../engine/overTransports.ts"
import { type Graph, Lab } from "../scheduler/Lab.ts"
import { hold } from "./modules/held.ts"
import { sleeper } from "./modules/sleepers.ts"

const MB = 1_000_000
const oneAtATime = { accepts: ["module"], ahead: 0 } as const

/** Workers 1 and 2 run b1 and b2; t1 and t2 are ready, with an input of 1 MB that worker 1 or 2 has made. */
const affinity = (): Lab => {
  const lab = new Lab()
  lab.up(1, oneAtATime)
  lab.up(2, oneAtATime)
  lab.submit({ a1: [], a2: [], t2: ["a2"], t1: ["a1"] })
  assert.deepStrictEqual(lab.ran(), ["a1@1", "a2@2"])
  const busy = lab.submitted({ b1: [], b2: [] }, { wish: "busy", all: { priority: 1 } })
  const made = { bytes: MB, place: SHARED }
  lab.tell(busy, lab.finished(["a1"], made), lab.finished(["a2"], made))
  assert.deepStrictEqual(lab.ran().sort(), ["b1@1", "b2@2"])
  assert.deepStrictEqual([lab.is("t1"), lab.is("t2")], ["ready", "ready"])
  return lab
}

describe("ready tasks with inputs on w1 and w2", () => {
  it("SCH-11: w1 asks and gets t1, w2 asks and gets t2, in either order", () => {
    for (const [first, second] of [[1, 2], [2, 1]]) {
      const lab = affinity()
      for (const worker of [first, second]) {
        lab.finish(`b${worker}`)
        assert.deepStrictEqual(lab.ran(), [`t${worker}@${worker}`])
      }
    }
  })

  it("SCH-11: a third without affinity goes to whoever has none", () => {
    const lab = affinity()
    lab.submit({ t3: [] }, { wish: "third", all: { priority: -1 } })
    assert.deepStrictEqual(lab.ran(), [])
    lab.finish("b2")
    lab.finish("b1")
    assert.strictEqual(lab.is("t3"), "ready")
    lab.finish("t2")
    assert.deepStrictEqual(lab.ran(), ["t3@2"])
  })

  it("SCH-11: a third without affinity goes to a worker that comes without any", () => {
    const lab = affinity()
    lab.submit({ t3: [] }, { wish: "third", all: { priority: -1 } })
    lab.up(3, oneAtATime)
    assert.deepStrictEqual(lab.ran(), ["t3@3"])
    assert.deepStrictEqual([lab.is("t1"), lab.is("t2")], ["ready", "ready"])
  })

  it("SCH-11: one whose workers are all dead is given to anybody", () => {
    for (const dead of [1, 2]) {
      const [lab, other] = [affinity(), 3 - dead]
      lab.tell({ _tag: "processor lost", worker: dead, claimed: [lab.task(`b${dead}`)], stranded: [] })
      lab.finish(`b${other}`)
      assert.deepStrictEqual(lab.ran(), [`b${dead}@${other}`])
      const left = new Set<string>()
      for (let next = `b${dead}`; left.size < 2; left.add(next)) {
        lab.finish(next)
        const [task, worker] = lab.ran()[0].split("@")
        assert.strictEqual(Number(worker), other)
        next = task
      }
      assert.deepStrictEqual([...left].sort(), ["t1", "t2"])
    }
  })
})

overTransports("two threads", { threads: 2 }, (test) => {
  test("SCH-12: never run more than two of ten independent sleepers", () =>
    Effect.gen(function*() {
      const log = join(yield* folder, "log")
      const times = yield* collect(delayed(sleeper).map(Array.from({ length: 10 }, (_, i) => i), log))
      assert.lengthOf(times, 10)
      let [running, most] = [0, 0]
      for (const line of linesOf(log)) {
        running += line.startsWith("+") ? 1 : -1
        most = Math.max(most, running)
      }
      assert.lengthOf(linesOf(log), 20)
      assert.isAtMost(most, 2)
    }))

  test("SCH-12: hold two of ten, each its own thread, and begin no third while both are held", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const watch = Effect.gen(function*() {
        yield* gate.hasBegun(2)
        const { processors } = yield* Engine.snapshot
        assert.lengthOf(processors.filter(({ kind }) => kind !== "fiber"), 2)
        assert.lengthOf(gate.order(), 2)
        yield* gate.open
      })
      const tasks = delayed((values: ReadonlyArray<number>) => values.length)(
        Array.from({ length: 10 }, (_, i) => delayed(hold)(gate.began, gate.gate, i))
      )
      const [count] = yield* Effect.all([collect(tasks), watch], { concurrency: "unbounded" })
      assert.strictEqual(count, 10)
      assert.deepStrictEqual(gate.order().sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    }))
})

const chain: Graph = { a: [], b: ["a"], c: ["b"] }
// c = inc(a), d = b + c, lowered with the longer branch first, as in `add(inc(a), b)`
const longerFirst: Graph = { a: [], c: ["a"], b: [], d: ["c", "b"] }
const shorterFirst: Graph = { b: [], a: [], c: ["a"], d: ["b", "c"] }

/** How many tasks fail when this one does, itself apart: those that depend on it. */
const offspring = (graph: Graph, task: string): number => {
  const lab = new Lab()
  lab.up(0, { accepts: ["module"], capacity: [1], ahead: 0 })
  lab.submit(graph)
  let [running] = lab.ran()
  while (running !== `${task}@0`) {
    lab.finish(running.split("@")[0])
    running = lab.ran()[0]
  }
  lab.fail(task)
  const failed = lab.failed().filter((line) => !line.startsWith("wish"))
  assert.include(failed, `${task}: error`)
  return failed.length - 1
}

const orderOf = (graph: Graph): Array<string> => {
  const lab = new Lab()
  lab.up(0, { accepts: ["module"], capacity: [1], ahead: 0 })
  lab.submit(graph)
  const order: Array<string> = []
  for (let next = lab.ran(); next.length > 0; next = lab.ran()) {
    assert.lengthOf(next, 1)
    const [task] = next[0].split("@")
    order.push(task)
    lab.finish(task)
  }
  return order
}

describe("a graph", () => {
  it("SCH-14: takes along with a failed task as many as it has offspring", () => {
    const counts = (graph: Graph) =>
      Object.fromEntries(Object.keys(graph).map((task) => [task, offspring(graph, task)]))
    assert.deepStrictEqual(counts(chain), { a: 2, b: 1, c: 0 })
    assert.deepStrictEqual(counts(longerFirst), { a: 2, b: 1, c: 1, d: 0 })
    assert.deepStrictEqual(counts(shorterFirst), { a: 2, b: 1, c: 1, d: 0 })
  })

  it("SCH-14: is run depth first: a branch is finished before another is begun", () => {
    assert.deepStrictEqual(orderOf(chain), ["a", "b", "c"])
    assert.deepStrictEqual(orderOf(longerFirst), ["a", "c", "b", "d"])
    assert.deepStrictEqual(orderOf(shorterFirst), ["b", "a", "c", "d"])
  })
})
