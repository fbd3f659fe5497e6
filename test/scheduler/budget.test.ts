// Where exactly admission draws its lines (DESIGN section 7): the shares of the budget, what is heavy, what is nothing,
// and when an overdraft has to wait. The rules themselves are in memory.test.ts, what goes to disk is in evict.test.ts.
import { assert, describe, it } from "vitest"
import { DISK, INLINE, SHARED } from "../../src/scheduler/Event.ts"
import type { Graph } from "./Lab.ts"
import { Lab } from "./Lab.ts"

/** A processor with many slots, to which nothing is sent ahead. */
const wide = (budget: number): Lab => {
  const lab = new Lab({ budget })
  lab.up(0, { capacity: [16], ahead: 0 })
  return lab
}

const roots = (count: number): Graph => Object.fromEntries(Array.from({ length: count }, (_, i) => [`r${i}`, []]))

/** Bytes in memory, promised or being read. */
const taken = ({ state: { memory } }: Lab): number => memory.resident + memory.reserved + memory.restoring

/** `bytes` in memory that cannot be written out, wanted by a wish of their own. */
const hold = (lab: Lab, bytes: number): void =>
  lab.submit({}, { wish: "held", wants: ["full"], given: { full: [bytes, INLINE] } })

describe("what is reserved for the output of a task", () => {
  it("is nothing if its function is known to make next to nothing", () => {
    const lab = wide(1000)
    lab.submit({ first: [] }, { wish: "taught" })
    lab.finish("first", { bytes: 100 })
    hold(lab, 800)
    lab.submit(roots(3))
    assert.lengthOf(lab.ran(), 3)
    assert.strictEqual(lab.state.memory.reserved, 0)
  })
})

describe("a share of the budget", () => {
  it("of 85 % exactly is open to tasks that only add bytes", () => {
    const lab = wide(1000)
    lab.submit(roots(3), { all: { bytes: 425 } })
    assert.deepStrictEqual(lab.ran(), ["r0@0", "r1@0"])
    assert.strictEqual(lab.state.memory.reserved, 850)
  })

  it("is no matter to tasks that read what others made: they run up to the whole", () => {
    const lab = wide(1000)
    lab.submit({ x: [] }, { wish: "made", all: { bytes: 0 } })
    lab.finish("x", { bytes: 250 })
    const consumers = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, ["x"]]))
    lab.submit(consumers, { all: { bytes: 250 } })
    assert.deepStrictEqual(lab.ran(), ["a@0", "b@0", "c@0"])
    assert.strictEqual(taken(lab), 1000)
  })
})

describe("a task that memory does not admit", () => {
  it("is not overtaken by a smaller one that only adds bytes too", () => {
    const lab = wide(1000)
    hold(lab, 500)
    lab.submit({ busy: [], large: [], small: [] }, {
      of: { busy: { bytes: 0, priority: 1 }, large: { bytes: 400 }, small: { bytes: 100 } }
    })
    assert.deepStrictEqual(lab.ran(), ["busy@0"])
    lab.drop("held")
    assert.deepStrictEqual(lab.ran(), ["large@0", "small@0"])
  })

  it("is not sent ahead if it is heavy, but for one while there is plenty: what it reads would be pinned for nothing", () => {
    const scene = (bytes: number, held: number): ReadonlyArray<string> => {
      const lab = new Lab({ budget: 6400 })
      lab.up(0)
      const given = { x: [100, SHARED], held: [held, INLINE] } as const
      lab.submit({}, { wish: "holds", wants: ["held"], given: { held: given.held } })
      lab.submit({ a: ["x"], b: ["x"] }, { all: { bytes }, given: { x: given.x } })
      return lab.ran()
    }
    // A thirty-second of the budget is 200 bytes, inputs and output; plenty is less than 75 %.
    assert.deepStrictEqual(scene(101, 5000), ["a@0"])
    assert.deepStrictEqual(scene(101, 10), ["a@0", "b@0"])
    assert.deepStrictEqual(scene(100, 5000), ["a@0", "b@0"])
  })
})

describe("when nothing runs and nothing is admitted", () => {
  it("nothing goes over the budget while something is on its way to disk", () => {
    const lab = wide(1000)
    lab.submit({}, { wish: "held", wants: ["x"], given: { x: [900, SHARED] } })
    lab.submit({ a: [] }, { all: { bytes: 800 } })
    assert.deepStrictEqual([lab.ran(), lab.state.memory.overdrafts], [[], 0])
    lab.tell({ _tag: "chunk moved", chunk: lab.chunk("x"), place: SHARED | DISK, bytes: 900 })
    assert.deepStrictEqual([lab.ran(), lab.state.memory.overdrafts], [["a@0"], 0])
  })

  it("nothing goes over it while something is on its way back", () => {
    const lab = wide(1000)
    lab.submit({}, { wish: "kept", wants: ["x"], given: { x: [100, SHARED] } })
    const chunk = lab.chunk("x")
    const moved = { _tag: "chunk moved", chunk, place: SHARED | DISK, bytes: 100 } as const
    lab.tell({ _tag: "pressure", bytes: 100 })
    lab.tell(moved)
    lab.submit({ reader: ["x"], large: [] }, { of: { reader: { bytes: 50 }, large: { bytes: 800 } } })
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("restore"), lab.state.memory.overdrafts], [[], ["x"], 0])
    lab.tell(moved)
    assert.deepStrictEqual([lab.ran(), lab.state.memory.overdrafts], [["reader@0"], 0])
  })

  it("one goes over it if that could not be written", () => {
    const lab = wide(1000)
    lab.submit({}, { wish: "held", wants: ["x"], given: { x: [900, SHARED] } })
    lab.submit({ a: [] }, { all: { bytes: 800 } })
    lab.tell({ _tag: "chunk kept", chunk: lab.chunk("x"), retry: false })
    assert.deepStrictEqual([lab.ran(), lab.state.memory.overdrafts], [["a@0"], 1])
  })
})

describe("a task whose inputs are larger than the budget", () => {
  it("fails as full with its dependents, the bytes are noted, and others run", () => {
    const lab = wide(1000)
    lab.submit({ big: ["x", "y"], after: ["big"], other: ["y"] }, {
      exits: true,
      given: { x: [600, SHARED], y: [600, INLINE] },
      wants: ["big", "after", "other"]
    })
    assert.deepStrictEqual(lab.failed(), ["big: full", "after < big: full"])
    assert.deepStrictEqual([...lab.state.needs], [[lab.task("big"), 1200]])
    assert.deepStrictEqual(lab.ran(), ["other@0"])
  })
})
