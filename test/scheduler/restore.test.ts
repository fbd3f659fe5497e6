// What comes back from disk, and when (DESIGN section 7): a task is sent when its inputs are all in memory, they stay
// there for it, and one that cannot be read fails whoever needs it.
import { assert, describe, it } from "vitest"
import { DISK, INLINE, SHARED } from "../../src/scheduler/Event.ts"
import { Lab } from "./Lab.ts"

const shared = (bytes: number) => ({ bytes, place: SHARED })

const fiber = (budget: number, slots = 9): Lab => {
  const lab = new Lab({ budget })
  lab.up(0, { ahead: 0, capacity: [slots] })
  return lab
}

/** A write to disk, or a read from it, is complete. */
const moved = (lab: Lab, name: string): void => {
  const chunk = lab.chunk(name)
  lab.tell({ _tag: "chunk moved", chunk, place: SHARED | DISK, bytes: lab.state.chunks.bytes[chunk] })
}

/** Puts what a wish holds on disk and out of memory. */
const spillAll = (lab: Lab, ...names: ReadonlyArray<string>): void => {
  lab.tell({ _tag: "pressure", bytes: 1e9 })
  assert.includeMembers(lab.chunksOf("spill"), [...names])
  for (const name of names) moved(lab, name)
  assert.strictEqual(lab.state.memory.away, names.length)
}

describe("a task whose inputs are on disk", () => {
  const scene = (): Lab => {
    const lab = fiber(10_000)
    lab.submit({ a: [], b: [] }, { wish: "made" })
    lab.finish("a", shared(3000))
    lab.finish("b", shared(2000))
    spillAll(lab, "a", "b")
    return lab
  }

  it("is sent when they are all back", () => {
    const lab = scene()
    lab.submit({ c: ["a", "b", "a"] }, { all: { bytes: 100 } })
    assert.deepStrictEqual([lab.chunksOf("restore"), lab.ran(), lab.is("c")], [["a", "b"], [], "waiting"])
    assert.deepStrictEqual([lab.state.memory.restoring, lab.state.memory.reserved], [5000, 100])
    moved(lab, "b")
    assert.deepStrictEqual(lab.ran(), [])
    moved(lab, "a")
    assert.deepStrictEqual(lab.ran(), ["c@0"])
    assert.deepStrictEqual([lab.state.memory.resident, lab.state.memory.away], [5000, 0])
  })

  it("keeps those that are back in memory until then", () => {
    const lab = scene()
    lab.submit({ c: ["a", "b"] }, { all: { bytes: 100 } })
    moved(lab, "b")
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual([lab.chunksOf("move"), lab.chunksOf("spill")], [[], []])
  })

  it("shares their restore with another that comes meanwhile", () => {
    const lab = scene()
    lab.submit({ c: ["a"] }, { wish: "first", all: { bytes: 10 } })
    lab.submit({ d: ["a"] }, { wish: "second", all: { bytes: 10 } })
    assert.deepStrictEqual([lab.chunksOf("restore"), lab.ran()], [[], []])
    moved(lab, "a")
    assert.deepStrictEqual(lab.ran().sort(), ["c@0", "d@0"])
  })

  it("lets go of them when it is dropped meanwhile, and leaves no trace for whoever gets its id", () => {
    const lab = scene()
    lab.submit({ c: ["a", "b"] }, { all: { bytes: 100 } })
    lab.drop("wish")
    assert.deepStrictEqual([lab.state.fetching.size, lab.state.restores.size, lab.state.memory.reserved], [0, 0, 0])
    lab.submit({ d: ["b"] }, { all: { bytes: 100 } })
    moved(lab, "a")
    assert.deepStrictEqual(lab.ran(), [])
    moved(lab, "b")
    assert.deepStrictEqual(lab.ran(), ["d@0"])
  })

  it("is still sent when another that waited for the same restore is dropped", () => {
    const lab = scene()
    lab.submit({ c: ["a"] }, { wish: "first", all: { bytes: 10 } })
    lab.submit({ d: ["a"] }, { wish: "second", all: { bytes: 10 } })
    lab.drop("first")
    moved(lab, "a")
    assert.deepStrictEqual(lab.ran(), ["d@0"])
  })

  it("lets go of them when it is dropped after they came back, before a slot was free", () => {
    const lab = new Lab({ budget: 10_000 })
    lab.up(0, { ahead: 0 })
    lab.submit({ a: [] }, { wish: "made" })
    lab.finish("a", shared(3000))
    spillAll(lab, "a")
    lab.submit({ c: ["a"] }, { wish: "first", all: { bytes: 10 } })
    lab.submit({ busy: [] }, { wish: "second", all: { bytes: 0 } })
    moved(lab, "a")
    assert.deepStrictEqual([lab.is("busy"), lab.is("c"), lab.state.admitted.size], ["running", "ready", 1])
    lab.drop("first")
    assert.deepStrictEqual([lab.state.admitted.size, lab.state.memory.reserved], [0, 0])
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual(lab.chunksOf("move"), ["a"])
  })

  it("is sent although memory is full by then: its inputs and its output are counted already", () => {
    const lab = scene()
    lab.submit({ c: ["a"] }, { wish: "first", all: { bytes: 1000 } })
    lab.submit({}, { wish: "second", wants: ["x"], given: { x: [5900, INLINE] } })
    const { memory } = lab.state
    assert.strictEqual(memory.resident + memory.reserved + memory.restoring, 9900)
    moved(lab, "a")
    assert.deepStrictEqual([lab.ran(), memory.overdrafts], [["c@0"], 0])
  })

  it("is counted with the bytes that it has now", () => {
    const lab = scene()
    lab.submit({ c: ["a"] }, { all: { bytes: 10 } })
    lab.tell({ _tag: "chunk moved", chunk: lab.chunk("a"), place: SHARED | DISK, bytes: 3064 })
    assert.strictEqual(lab.state.memory.resident, 3064)
    lab.drop("made")
    lab.drop("wish")
    assert.strictEqual(lab.state.memory.resident, 0)
  })

  it("goes before others that are better placed but would need room: its inputs take it already", () => {
    const lab = new Lab({ budget: 10_000 })
    lab.submit({ a: [], b: [] }, { wish: "made" })
    lab.up(0, { ahead: 0 })
    lab.finish("a", shared(3000))
    lab.finish("b", shared(2000))
    spillAll(lab, "a", "b")
    lab.submit({ c: ["a"] }, { wish: "first", all: { bytes: 10 } })
    assert.deepStrictEqual(lab.chunksOf("restore"), ["a"])
    const urgent = lab.submitted({ d: ["b"] }, { wish: "second", all: { bytes: 10, priority: 9 } })
    const chunk = lab.chunk("a")
    lab.tell(urgent, { _tag: "chunk moved", chunk, place: SHARED | DISK, bytes: 3000 })
    assert.deepStrictEqual(lab.ran(), ["c@0"])
  })

  it("fails when one cannot be read; what the wish for it holds stays as it was", () => {
    const lab = scene()
    lab.submit({ c: ["a", "b"], d: ["c"] }, { all: { bytes: 100 } })
    lab.tell({ _tag: "chunk lost", chunk: lab.chunk("a") })
    assert.deepStrictEqual(lab.failed(), ["c: chunk lost", "d < c: chunk lost", "wish < d: chunk lost"])
    assert.strictEqual(lab.state.memory.restoring, 2000)
  })

  it("waits on while one that is damaged is computed anew, and does not hold memory up meanwhile", () => {
    const lab = scene()
    lab.submit({ c: ["a"] }, { wish: "first", all: { bytes: 100 } })
    assert.strictEqual(lab.state.memory.restoring, 3000)
    lab.tell({ _tag: "chunk damaged", chunk: lab.chunk("a") })
    assert.strictEqual(lab.state.memory.restoring, 0)
    lab.submit({ d: ["a"] }, { wish: "second", all: { bytes: 100 } })
    assert.deepStrictEqual(lab.chunksOf("restore"), [], "a second reader does not order it again")
    lab.tell({ _tag: "chunk moved", chunk: lab.chunk("a"), place: SHARED, bytes: 3000 })
    assert.sameMembers(lab.ran(), ["c@0", "d@0"])
  })

  it("may try again after another could not read it", () => {
    const lab = scene()
    lab.submit({ c: ["a"] }, { wish: "first", all: { bytes: 100 } })
    lab.tell({ _tag: "chunk lost", chunk: lab.chunk("a") })
    lab.submit({ d: ["a"] }, { wish: "second", all: { bytes: 100 } })
    assert.deepStrictEqual(lab.chunksOf("restore"), ["a"])
    moved(lab, "a")
    assert.deepStrictEqual(lab.ran(), ["d@0"])
  })

  it("a wish for exits is not failed by the loss of what it will read for itself", () => {
    const lab = scene()
    lab.submit({ slow: [] }, { wish: "exits", exits: true, wants: ["a", "slow"] })
    lab.submit({ c: ["a"] }, { wish: "other", all: { bytes: 100 } })
    lab.tell({ _tag: "chunk lost", chunk: lab.chunk("a") })
    assert.deepStrictEqual(lab.failed(), ["c: chunk lost", "other < c: chunk lost"])
    lab.finish("slow")
    assert.deepStrictEqual(lab.settled(), ["exits"])
  })
})

describe("a chunk that was never in memory", () => {
  const scene = (): Lab => {
    const lab = fiber(10_000)
    lab.submit({}, { wish: "file", wants: ["x"], given: { x: [3000, DISK] } })
    assert.deepStrictEqual([lab.state.memory.resident, lab.state.memory.away, lab.settled()], [0, 1, ["file"]])
    return lab
  }

  it("is read when a task needs it, and not before", () => {
    const lab = scene()
    assert.deepStrictEqual(lab.chunksOf("restore"), [])
    lab.submit({ a: ["x"] }, { wish: "first", all: { bytes: 10 } })
    assert.deepStrictEqual([lab.chunksOf("restore"), lab.ran()], [["x"], []])
    moved(lab, "x")
    assert.deepStrictEqual([lab.ran(), lab.state.memory.resident, lab.state.memory.away], [["a@0"], 3000, 0])
  })

  it("is computed where it is not read: the same, by way of being damaged", () => {
    const lab = scene()
    lab.submit({ a: ["x"] }, { wish: "first", all: { bytes: 10 } })
    lab.tell({ _tag: "chunk damaged", chunk: lab.chunk("x") })
    assert.deepStrictEqual(lab.ran(), [])
    moved(lab, "x")
    assert.deepStrictEqual(lab.ran(), ["a@0"])
  })

  it("is dropped without a write when memory is short, and read again", () => {
    const lab = scene()
    lab.submit({ a: ["x"] }, { wish: "first", all: { bytes: 10 } })
    moved(lab, "x")
    lab.finish("a")
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual([lab.chunksOf("move"), lab.chunksOf("spill")], [["x"], []])
    assert.deepStrictEqual([lab.state.memory.resident, lab.state.memory.away], [8, 1])
    lab.submit({ b: ["x"] }, { wish: "second", all: { bytes: 10 } })
    assert.deepStrictEqual(lab.chunksOf("restore"), ["x"])
  })

  it("is forgotten when nobody wants it, also while it is on its way", () => {
    for (const isRead of [false, true]) {
      const lab = scene()
      if (isRead) lab.submit({ a: ["x"] }, { wish: "first", all: { bytes: 10 } })
      if (isRead) lab.drop("first")
      lab.drop("file")
      assert.deepStrictEqual([lab.state.chunks.count, lab.state.memory.away, lab.state.memory.resident], [0, 0, 0])
    }
  })
})
