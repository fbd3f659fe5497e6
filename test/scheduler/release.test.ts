// When values go (DESIGN sections 1 and 7): as soon as the last that needs them has finished, not before, and what
// nobody wants any more at once.
import { assert, describe, it } from "vitest"
import { Lab } from "./Lab.ts"

const lab1 = (): Lab => {
  const lab = new Lab()
  lab.up(0, { ahead: 0, capacity: [9] })
  return lab
}

describe("in p -> q; (p, q, r) -> s", () => {
  const scene = (): Lab => {
    const lab = lab1()
    lab.submit({ p: [], q: ["p"], r: [], s: ["p", "q", "r"] })
    return lab
  }

  it("p stays until s is done, then p, q and r are gone", () => {
    const lab = scene()
    lab.finish("p")
    lab.finish("q")
    assert.deepStrictEqual(lab.chunksOf("release"), [])
    lab.finish("r")
    assert.deepStrictEqual(lab.chunksOf("release"), [])
    lab.finish("s")
    assert.deepStrictEqual(lab.chunksOf("release"), ["p", "q", "r"])
    assert.deepStrictEqual([lab.is("p"), lab.is("q"), lab.is("r"), lab.is("s")], ["free", "free", "free", "stored"])
    assert.deepStrictEqual(lab.settled(), ["wish"])
  })

  it("s stays until its wish is dropped, then nothing is left", () => {
    const lab = scene()
    for (const name of ["p", "q", "r", "s"]) lab.finish(name)
    assert.strictEqual(lab.state.memory.resident, 8)
    lab.drop("wish")
    assert.deepStrictEqual(lab.chunksOf("release"), ["s"])
    assert.strictEqual(lab.state.memory.resident, 0)
    assert.strictEqual(lab.state.chunks.count, 0)
    assert.strictEqual(lab.state.edges.count, 0)
  })

  it("everything goes at once when the wish is dropped half-way: what runs is interrupted", () => {
    const lab = scene()
    lab.finish("p")
    lab.drop("wish")
    assert.deepStrictEqual(lab.interrupted().sort(), ["q@0", "r@0"])
    assert.deepStrictEqual(lab.chunksOf("release"), ["p", "q", "r", "s"])
    assert.strictEqual(lab.state.memory.resident, 0)
  })

  it("what another wish wants stays, and what it needs", () => {
    const lab = scene()
    lab.submit({ t: ["q"] }, { wish: "other" })
    lab.finish("p")
    lab.drop("wish")
    assert.deepStrictEqual(lab.interrupted(), ["r@0"])
    assert.deepStrictEqual(lab.chunksOf("release"), ["p", "r", "s"].filter((name) => name !== "p"))
    lab.finish("q")
    assert.deepStrictEqual(lab.chunksOf("release"), ["p"])
    lab.finish("t")
    assert.deepStrictEqual(lab.chunksOf("release"), ["q"])
  })
})

describe("a value", () => {
  it("that is used twice by one task is released once, when that is done", () => {
    const lab = lab1()
    lab.submit({ p: [], q: ["p", "p"] })
    lab.finish("p")
    assert.deepStrictEqual(lab.ran(), ["q@0"])
    lab.finish("q")
    assert.deepStrictEqual(lab.chunksOf("release"), ["p"])
  })

  it("that was given goes when its last reader is done", () => {
    const lab = lab1()
    lab.submit({ a: ["big"], b: ["big"] }, { given: { big: [1000, 2] } })
    assert.strictEqual(lab.state.memory.resident, 1000)
    lab.finish("a")
    assert.deepStrictEqual(lab.chunksOf("release"), [])
    lab.finish("b")
    assert.deepStrictEqual(lab.chunksOf("release"), ["big"])
  })

  it("that somebody reads where it lies stays until that is over, wanted or not", () => {
    const lab = lab1()
    lab.submit({ p: [] })
    lab.finish("p")
    const chunk = lab.chunk("p")
    lab.tell({ _tag: "pinned", chunk, by: 1 })
    lab.drop("wish")
    assert.deepStrictEqual(lab.chunksOf("release"), [])
    lab.tell({ _tag: "pinned", chunk, by: -1 })
    assert.deepStrictEqual(lab.chunksOf("release"), ["p"])
  })

  it("that is persisted stays until it is released by name, before or after it is made", () => {
    for (const early of [false, true]) {
      const lab = lab1()
      lab.submit({ p: [], q: ["p"] }, { of: { p: { persist: true } } })
      const unpersisted = { _tag: "unpersisted", chunks: [lab.chunk("p")] } as const
      if (early) lab.tell(unpersisted)
      lab.finish("p")
      lab.finish("q")
      lab.drop("wish")
      assert.strictEqual(lab.is("p"), early ? "free" : "stored")
      if (early) continue
      lab.tell(unpersisted)
      assert.deepStrictEqual(lab.chunksOf("release"), ["p"])
    }
  })

  it("that is persisted when it was made goes before that, and stays after", () => {
    const of = { p: { persist: "when made" } } as const
    const dropped = lab1()
    dropped.submit({ p: [] }, { of })
    dropped.drop("wish")
    assert.strictEqual(dropped.is("p"), "free")
    assert.strictEqual(dropped.state.chunks.count, 0)
    const kept = lab1()
    kept.submit({ p: [] }, { of })
    kept.finish("p")
    kept.drop("wish")
    assert.strictEqual(kept.is("p"), "stored")
    kept.tell({ _tag: "unpersisted", chunks: [kept.chunk("p")] })
    assert.deepStrictEqual(kept.chunksOf("release"), ["p"])
    const released = lab1()
    released.submit({ p: [] }, { of })
    released.tell({ _tag: "unpersisted", chunks: [released.chunk("p")] })
    released.finish("p")
    assert.strictEqual(released.is("p"), "stored")
    released.drop("wish")
    assert.strictEqual(released.is("p"), "free")
  })

  it("that is persisted does not stay if it is never made", () => {
    const lab = lab1()
    lab.submit({ p: [] }, { of: { p: { persist: true } } })
    lab.fail("p")
    lab.drop("wish")
    assert.strictEqual(lab.is("p"), "free")
    assert.strictEqual(lab.state.chunks.count, 0)
  })
})

describe("of several outputs", () => {
  const many = { of: { p: { outputs: 3 } } }

  it("each goes alone, when its own consumers are done", () => {
    const lab = lab1()
    lab.submit({ p: [], a: ["p"], b: ["p:1", "p:2"] }, many)
    lab.finish("p")
    lab.finish("b")
    assert.deepStrictEqual(lab.chunksOf("release"), ["p:1", "p:2"])
    assert.strictEqual(lab.is("p"), "stored")
    lab.finish("a")
    assert.deepStrictEqual(lab.chunksOf("release"), ["p"])
    assert.strictEqual(lab.is("p"), "free")
  })

  it("those that nobody wants go as soon as they are made", () => {
    const lab = lab1()
    lab.submit({ p: [], a: ["p:1"] }, { ...many, wants: ["a"] })
    lab.finish("p")
    assert.deepStrictEqual(lab.chunksOf("release"), ["p", "p:2"])
  })

  it("one that somebody wants keeps the task going for all", () => {
    const lab = lab1()
    lab.submit({ p: [] }, { ...many, wants: ["p"] })
    lab.submit({}, { wish: "second", wants: ["p:1"] })
    lab.drop("wish")
    assert.deepStrictEqual(lab.interrupted(), [])
    lab.drop("second")
    assert.deepStrictEqual(lab.interrupted(), ["p@0"])
    assert.deepStrictEqual(lab.chunksOf("release"), ["p", "p:1", "p:2"])
  })
})
