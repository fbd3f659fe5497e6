// Processors that leave, are lost and strand work (DESIGN section 8): what they had runs elsewhere, or fails with a reason.
import { assert, describe, it } from "vitest"
import type { Graph } from "./Lab.ts"
import { Lab } from "./Lab.ts"

const roots = (count: number): Graph => Object.fromEntries(Array.from({ length: count }, (_, i) => [`r${i}`, []]))

describe("a processor that is lost", () => {
  const lose = (
    lab: Lab,
    worker: number,
    claimed: ReadonlyArray<string>,
    stranded: ReadonlyArray<"here" | "module"> = []
  ): void =>
    lab.tell({ _tag: "processor lost", worker, claimed: claimed.map((name) => lab.at(name).attempt), stranded })

  it("has its work run elsewhere", () => {
    const lab = new Lab()
    lab.up(0)
    lab.submit({ a: [], b: [], c: ["a", "b"] })
    lose(lab, 0, ["a"])
    assert.deepStrictEqual(lab.ran(), [])
    lab.up(1)
    assert.deepStrictEqual(lab.ran(), ["a@1", "b@1"])
  })

  it("fails a task with the third loss that it had begun; one that it had not begun is not blamed", () => {
    const lab = new Lab()
    lab.submit({ killer: [], bystander: [], after: ["killer"] })
    for (const worker of [0, 1, 2]) {
      lab.up(worker)
      assert.deepStrictEqual(lab.ran(), [`killer@${worker}`, `bystander@${worker}`])
      lose(lab, worker, ["killer"])
    }
    assert.deepStrictEqual(lab.failed(), ["killer: lost", "after < killer: lost", "wish < after: lost"])
    lab.submit({}, { wish: "other", wants: ["bystander"] })
    assert.include(["ready", "running"], lab.is("bystander"))
    lab.up(3)
    assert.deepStrictEqual(lab.ran(), ["bystander@3"])
  })

  it("fails at once what must not run twice, if it had begun it", () => {
    const lab = new Lab()
    lab.up(0)
    lab.submit({ once: [], fresh: [] }, { all: { rerun: false }, exits: true })
    lose(lab, 0, ["once"])
    assert.deepStrictEqual(lab.failed(), ["once: lost"])
    lab.up(1)
    assert.deepStrictEqual(lab.ran(), ["fresh@1"])
  })

  it("takes those with it that wait for others", () => {
    const lab = new Lab()
    lab.up(0)
    lab.submit({ a: [], b: [] })
    lab.tell({ _tag: "yielded", ...lab.at("a") })
    lose(lab, 0, ["a", "b"])
    lab.up(1)
    assert.deepStrictEqual(lab.ran(), ["a@1", "b@1"])
    assert.strictEqual(lab.state.yielded.size, 0)
  })

  it("strands what nobody will ever run, now and later", () => {
    const lab = new Lab()
    lab.up(0)
    lab.submit({ a: [], b: ["a"] }, { wish: "first" })
    lose(lab, 0, [], ["module"])
    assert.deepStrictEqual(lab.failed(), ["a: unplaceable", "b < a: unplaceable", "first < b: unplaceable"])
    lab.submit({ c: [] }, { wish: "second" })
    assert.deepStrictEqual(lab.failed(), ["c: unplaceable", "second < c: unplaceable"])
    lab.up(1)
    lab.submit({ d: [] }, { wish: "third" })
    assert.deepStrictEqual(lab.ran(), ["d@1"])
  })

  it("strands what was near it, and only what is of its kind", () => {
    const lab = new Lab()
    lab.up(0, { accepts: ["here"], ahead: 0, capacity: [4] })
    lab.up(1, { ahead: 0 })
    lab.submit({ a: [], x: ["a"], y: ["a"], z: ["a"] }, { of: { z: { where: "here" } }, exits: true })
    lab.finish("a")
    assert.deepStrictEqual(lab.ran().sort(), ["x@1", "z@0"])
    lose(lab, 1, [], ["module"])
    assert.deepStrictEqual(lab.failed().sort(), ["x: unplaceable", "y: unplaceable"])
    lab.finish("z")
    assert.deepStrictEqual(lab.settled(), ["wish"])
  })
})

describe("a processor that leaves", () => {
  it("is given nothing more and finishes what it has", () => {
    const lab = new Lab()
    lab.up(0, { ahead: 0 })
    lab.submit({ a: [], b: ["a"] })
    lab.tell({ _tag: "processor leaving", worker: 0 })
    lab.finish("a")
    assert.deepStrictEqual(lab.ran(), [])
    lab.tell({ _tag: "processor lost", worker: 0, claimed: [], stranded: [] })
    lab.up(1, { ahead: 0 })
    assert.deepStrictEqual(lab.ran(), ["b@1"])
  })

  it("has its backlog taken by one that has nothing", () => {
    const lab = new Lab()
    lab.up(0)
    lab.learn(0.5)
    lab.submit(roots(8))
    lab.tell({ _tag: "processor leaving", worker: 0 })
    lab.up(1)
    assert.isAtLeast(lab.retracted().length, 4)
  })
})
