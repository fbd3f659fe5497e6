// Which chunk goes to disk, and when (DESIGN section 7): how much, in which order, what stays although it could go, and
// in which order that is ordered. The rules of writing and reading back are in memory.test.ts.
import { assert, describe, it } from "vitest"
import { DISK, SHARED } from "../../src/scheduler/Event.ts"
import { Lab } from "./Lab.ts"

type Given = Record<string, readonly [bytes: number, place: number]>

const shared = (names: ReadonlyArray<string>, bytes: number): Given =>
  Object.fromEntries(names.map((name) => [name, [bytes, SHARED]]))

const slots = (budget: number, capacity = 16): Lab => {
  const lab = new Lab({ budget })
  lab.up(0, { capacity: [capacity], ahead: 0 })
  return lab
}

const moved = (lab: Lab, chunk: string, place: number, bytes: number): void =>
  lab.tell({ _tag: "chunk moved", chunk: lab.chunk(chunk), place, bytes })

/** Chunks of 100 bytes that nobody reads soon, on disk only. */
const away = (lab: Lab, names: ReadonlyArray<string>): void => {
  lab.submit({}, { wish: "kept", wants: names, given: shared(names, 100) })
  lab.tell({ _tag: "pressure", bytes: names.length * 100 })
  for (const name of names) moved(lab, name, SHARED | DISK, 100)
  assert.strictEqual(lab.state.memory.away, names.length)
  assert.strictEqual(lab.state.memory.resident, 0)
}

describe("over 60 % of the budget", () => {
  /** The gate runs; then come the readers, in this order. */
  const readers = { gate: [], first: ["gate", "a"], second: ["gate", "b"], third: ["gate", "c"] }

  it("what is needed last is written out, as much as is over", () => {
    for (const [budget, expected] of [[1300, ""], [1000, "c"], [800, "bc"], [400, "abc"]] as const) {
      const lab = slots(budget)
      lab.submit(readers, { all: { bytes: 0 }, given: shared(["b", "c", "a"], 250) })
      assert.strictEqual(lab.chunksOf("spill").join(""), expected, `${budget}`)
    }
  })

  it("what no task needs goes before what one needs", () => {
    const lab = slots(1600)
    lab.submit(readers, {
      all: { bytes: 0 },
      given: shared(["a", "b", "c", "d"], 250),
      wants: ["first", "second", "third", "d"]
    })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["d"])
  })

  it("of what nobody needs the largest goes", () => {
    const lab = slots(1000)
    lab.submit({}, { wants: ["a", "b", "c"], given: { a: [100, SHARED], b: [500, SHARED], c: [100, SHARED] } })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["b"])
  })

  it("what somebody is about to read stays, unless a task cannot be sent otherwise", () => {
    const lab = slots(1100, 1)
    lab.submit({ run: ["a"], next: ["b"] }, { all: { bytes: 100 }, given: shared(["a", "b"], 400) })
    assert.deepStrictEqual([lab.ran(), lab.is("next")], [["run@0"], "ready"])
    assert.deepStrictEqual(lab.chunksOf("spill"), [])
    const urgent = { _tag: "pressure", bytes: 100 } as const
    lab.tell(urgent)
    assert.deepStrictEqual(lab.chunksOf("spill"), ["b"])
  })

  it("room is made for a task by writing out, and it runs when that is done", () => {
    const lab = slots(1000)
    lab.submit({}, { wish: "kept", wants: ["x", "y"], given: shared(["x", "y"], 300) })
    lab.submit({ a: [] }, { all: { bytes: 500 } })
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("spill")], [[], ["x"]])
    moved(lab, "x", SHARED | DISK, 300)
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("move")], [["a@0"], ["x"]])
  })

  it("what is reserved for a task that only adds bytes counts, and nothing else that is reserved or on its way back", () => {
    const lab = slots(1000)
    away(lab, ["x"])
    lab.submit({}, { wish: "others", wants: ["y"], given: shared(["y"], 450) })
    lab.submit({ a: ["x"] }, { wish: "one", all: { bytes: 40 } })
    moved(lab, "x", SHARED | DISK, 100)
    lab.finish("a", { bytes: 40, place: SHARED })
    lab.tell({ _tag: "dropped", tasks: [lab.task("kept"), lab.task("one")] })
    assert.deepStrictEqual([lab.state.memory.resident, lab.chunksOf("spill")], [450, []])
    lab.submit({ b: [] }, { wish: "two", all: { bytes: 90 } })
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("spill")], [["b@0"], []])
    lab.submit({ c: ["b"] }, { wish: "three", all: { bytes: 200 } })
    lab.finish("b", { bytes: 90, place: SHARED })
    assert.deepStrictEqual([lab.ran(), lab.state.memory.reserved, lab.chunksOf("spill")], [["c@0"], 200, []])
    lab.submit({ d: [] }, { wish: "four", all: { bytes: 70 } })
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("spill")], [["d@0"], ["y"]])
  })

  it("what needs no write stays until who has just been told that it is there has read it", () => {
    const lab = slots(1000)
    lab.submit({ a: [] }, { all: { bytes: 100 } })
    lab.finish("a", { bytes: 700, place: SHARED | DISK })
    assert.deepStrictEqual([lab.is("wish"), lab.chunksOf("move")], ["stored", []])
    lab.tell({ _tag: "pressure", bytes: 100 })
    assert.deepStrictEqual(lab.chunksOf("move"), ["a"])
  })

  it("what a task reads itself is not what makes room for it", () => {
    const lab = slots(1000)
    lab.submit({ a: ["x"] }, { all: { bytes: 500 }, given: shared(["x"], 590) })
    // Nothing else is there to go, so it runs over the budget, with what it reads in memory.
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("spill"), lab.state.memory.overdrafts], [["a@0"], [], 1])
  })
})

describe("a chunk that is being written", () => {
  const scene = (): Lab => {
    const lab = slots(1000)
    lab.submit({}, { wish: "kept", wants: ["x"], given: shared(["x"], 700) })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["x"])
    return lab
  }

  it("is not written twice", () => {
    const lab = scene()
    lab.tell({ _tag: "pressure", bytes: 700 })
    assert.deepStrictEqual(lab.chunksOf("spill"), [])
  })

  it("stays in memory if somebody has come to read it; it is on disk too, so that it goes without a write later", () => {
    const lab = scene()
    lab.submit({ a: ["x"] }, { all: { bytes: 10 } })
    assert.deepStrictEqual(lab.ran(), ["a@0"])
    moved(lab, "x", SHARED | DISK, 700)
    assert.deepStrictEqual([lab.chunksOf("move"), lab.state.memory.resident], [[], 700])
    lab.finish("a", { bytes: 10 })
    lab.tell({ _tag: "pressure", bytes: 1 })
    const of = (tag: "spill" | "move"): number =>
      lab.journal.slice(-2).flatMap(({ commands }) => commands).filter(({ _tag }) => _tag === tag).length
    assert.deepStrictEqual([of("spill"), of("move"), lab.state.memory.resident], [0, 1, 10])
  })

  it("that could not be written stays, and is tried again only if that may help", () => {
    for (const retry of [true, false]) {
      const lab = scene()
      lab.tell({ _tag: "chunk kept", chunk: lab.chunk("x"), retry })
      const again = lab.chunksOf("spill")
      lab.tell({ _tag: "pressure", bytes: 700 })
      assert.deepStrictEqual([...again, ...lab.chunksOf("spill")], retry ? ["x"] : [])
      assert.strictEqual(lab.state.memory.resident, 700)
    }
  })
})

describe("a task that reads from disk", () => {
  it("goes first when its inputs are back, and keeps them pinned until it goes", () => {
    const lab = slots(1000, 1)
    away(lab, ["x"])
    lab.submit({ a: ["x"] }, { all: { bytes: 50 } })
    lab.submit({ urgent: [], next: [] }, { wish: "others", all: { bytes: 0, priority: 9 } })
    assert.deepStrictEqual(lab.ran(), ["urgent@0"])
    moved(lab, "x", SHARED | DISK, 100)
    lab.tell({ _tag: "pressure", bytes: 1000 })
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("move")], [[], []])
    lab.finish("urgent", { bytes: 0 })
    assert.deepStrictEqual(lab.ran(), ["a@0"])
  })

  it("goes before one that would need an overdraft beside what was read for it", () => {
    const lab = slots(1000, 1)
    away(lab, ["x"])
    lab.submit({ a: ["x"] }, { all: { bytes: 50 } })
    const large = lab.submitted({ large: [] }, { wish: "other", all: { bytes: 800, priority: 9 } })
    lab.tell(large, { _tag: "chunk moved", chunk: lab.chunk("x"), place: SHARED | DISK, bytes: 100 })
    assert.deepStrictEqual([lab.ran(), lab.state.memory.overdrafts], [["a@0"], 0])
  })
})

describe("orders of one step", () => {
  it("move before they release: the id of a chunk that was moved may be another's right after", () => {
    const lab = slots(1000)
    away(lab, ["x", "y"])
    lab.submit({ a: ["x"] }, { all: { bytes: 10 } })
    moved(lab, "x", SHARED | DISK, 100)
    lab.finish("a", { bytes: 0 })
    const chunk = lab.chunk("x")
    lab.tell({ _tag: "pressure", bytes: 100 }, { _tag: "dropped", tasks: [lab.task("kept")] })
    const at = (tag: "move" | "release"): number =>
      lab.commands.findIndex((command) => command._tag === tag && command.chunks.includes(chunk))
    assert.isAtLeast(at("move"), 0)
    assert.isAbove(at("release"), at("move"))
    assert.strictEqual(lab.state.memory.away, 0)
  })
})
