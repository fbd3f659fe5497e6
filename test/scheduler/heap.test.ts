// Values that are on a heap as they are: they count by their estimates, and when memory is short those needed last get
// bytes of their own in the arena, which count exactly and go to disk if that is not enough (DESIGN section 7).
import { assert, describe, it } from "vitest"
import { DISK, HEAP, INLINE, SHARED } from "../../src/scheduler/Event.ts"
import { Lab } from "./Lab.ts"

/** Three values on the heap, of which `never` is needed by nobody, `later` last and `soon` first. */
const scene = (): Lab => {
  const lab = new Lab({ budget: 10_000 })
  lab.up(0, { ahead: 0, capacity: [1] })
  lab.submit({ soon: [], later: [], never: [] }, { wish: "made", of: { soon: { bytes: 0 } } })
  for (const name of ["soon", "later", "never"]) lab.finish(name, { bytes: 1500, place: HEAP })
  lab.submit({ busy: [], first: ["soon"], second: ["later"] }, {
    wish: "uses",
    all: { bytes: 0 },
    of: { busy: { bytes: 0, priority: 1 } }
  })
  assert.strictEqual(lab.is("busy"), "running")
  return lab
}

const moved = (lab: Lab, name: string, place: number, bytes: number): void =>
  lab.tell({ _tag: "chunk moved", chunk: lab.chunk(name), place, bytes })

const sums = ({ state: { memory } }: Lab) => [memory.resident, memory.spilling, memory.away]

describe("a value on a heap", () => {
  it("counts by its estimate, until it is encoded: then exactly", () => {
    const lab = scene()
    assert.deepStrictEqual(sums(lab), [4500, 0, 0])
    lab.tell({ _tag: "pressure", bytes: 1 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["never"])
    assert.deepStrictEqual(sums(lab), [4500, 1500, 0])
    moved(lab, "never", SHARED, 1100)
    assert.deepStrictEqual(sums(lab), [4100, 0, 0])
    assert.deepStrictEqual([lab.chunksOf("spill"), lab.chunksOf("move")], [[], []])
  })

  it("goes in the order of need, and from the arena to disk only if memory is still short", () => {
    const lab = scene()
    lab.tell({ _tag: "pressure", bytes: 2000 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["later", "never"])
    moved(lab, "never", SHARED, 1100)
    moved(lab, "later", SHARED, 1100)
    lab.tell({ _tag: "pressure", bytes: 1 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["never"])
    moved(lab, "never", SHARED | DISK, 1100)
    assert.deepStrictEqual(lab.chunksOf("move"), ["never"])
    assert.deepStrictEqual(sums(lab), [2600, 0, 1])
  })

  it("stays, and is asked for no more, if it is small once it is encoded", () => {
    const lab = scene()
    lab.tell({ _tag: "pressure", bytes: 1 })
    moved(lab, "never", INLINE, 90)
    assert.deepStrictEqual(sums(lab), [3090, 0, 0])
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.notInclude(lab.chunksOf("spill"), "never")
  })

  it("stays while an attempt reads it, or the engine's user", () => {
    const lab = scene()
    lab.finish("busy")
    assert.strictEqual(lab.is("first"), "running")
    lab.tell({ _tag: "pinned", chunk: lab.chunk("never"), by: 1 })
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["later"])
    lab.finish("first")
    lab.tell({ _tag: "pinned", chunk: lab.chunk("never"), by: -1 })
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["never", "soon"])
  })

  it("that was read when its turn came may be asked for again; one that cannot be encoded is not", () => {
    const lab = scene()
    for (const retry of [true, false]) {
      lab.tell({ _tag: "pressure", bytes: 1 })
      assert.deepStrictEqual(lab.chunksOf("spill"), ["never"])
      lab.tell({ _tag: "chunk kept", chunk: lab.chunk("never"), retry })
      assert.deepStrictEqual(sums(lab), [4500, 0, 0])
    }
    lab.tell({ _tag: "pressure", bytes: 1 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["later"])
  })

  it("may be released while it is encoded, or be written out later if it crossed to a worker meanwhile", () => {
    const lab = scene()
    lab.tell({ _tag: "pressure", bytes: 1 })
    moved(lab, "never", SHARED, 1200)
    lab.tell({ _tag: "pressure", bytes: 3000 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["later", "never", "soon"])
    lab.drop("made")
    assert.deepStrictEqual(lab.chunksOf("release"), ["never"])
    assert.deepStrictEqual(sums(lab), [3000, 3000, 0])
    lab.drop("uses")
    assert.deepStrictEqual(sums(lab), [0, 0, 0])
  })
})
