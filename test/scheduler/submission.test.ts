// Submission in slices (DESIGN sections 5 and 6): nothing of an open submission counts as unwanted, nor what its tasks
// further on may use; what is given up goes; ids are used again.
import { assert, describe, it } from "vitest"
import { Lab } from "./Lab.ts"

const fiber = (slots = 9): Lab => {
  const lab = new Lab()
  lab.up(0, { ahead: 0, capacity: [slots] })
  return lab
}

const more = { part: "more", submission: 1 } as const
const last = { part: "last", submission: 1 } as const

describe("of a submission that comes in slices", () => {
  it("tasks begin at once, and what they make stays until the last slice has come", () => {
    const lab = fiber()
    lab.submit({ a: [], b: ["a"] }, more)
    lab.finish("a")
    lab.finish("b")
    assert.deepStrictEqual(lab.chunksOf("release"), [])
    lab.submit({ c: ["a"] }, { ...last, wants: ["c"] })
    assert.deepStrictEqual(lab.chunksOf("release"), ["b"])
    lab.finish("c")
    assert.deepStrictEqual(lab.chunksOf("release"), ["a"])
  })

  it("a task that fails before its consumers come fails them when they come", () => {
    const lab = fiber()
    lab.submit({ a: [] }, more)
    lab.fail("a")
    lab.submit({ b: ["a"] }, last)
    assert.deepStrictEqual(lab.failed(), ["b < a: error", "wish < b: error"])
  })

  it("what is given up goes: what runs is interrupted, what is stored released", () => {
    const lab = fiber()
    lab.submit({ a: [], b: [], c: ["a"] }, more)
    lab.finish("a")
    const tasks = ["c", "b", "a"].map((name) => lab.task(name))
    lab.tell(
      {
        _tag: "submitted",
        defined: [],
        tasks: [],
        classes: [],
        starts: [0],
        chunks: [],
        outputs: [],
        stored: [],
        ...last
      },
      { _tag: "dropped", tasks }
    )
    assert.deepStrictEqual(lab.interrupted().sort(), ["b@0", "c@0"])
    assert.strictEqual(lab.state.chunks.count, 0)
  })

  it("what is given up but wanted by another stays", () => {
    const lab = fiber()
    lab.submit({ a: [], b: ["a"], c: [] }, more)
    lab.submit({}, { wish: "other", wants: ["b"], submission: 2 })
    const tasks = ["c", "b", "a"].map((name) => lab.task(name))
    lab.tell(
      {
        _tag: "submitted",
        defined: [],
        tasks: [],
        classes: [],
        starts: [0],
        chunks: [],
        outputs: [],
        stored: [],
        ...last
      },
      { _tag: "dropped", tasks }
    )
    assert.deepStrictEqual(lab.interrupted(), ["c@0"])
    lab.finish("a")
    lab.finish("b")
    assert.deepStrictEqual(lab.settled(), ["other"])
  })

  it("what nobody came to want is found when it ends, though another is open still", () => {
    const lab = fiber()
    lab.submit({ a: [] }, { part: "more", submission: 1 })
    lab.submit({ x: [] }, { part: "more", submission: 2 })
    lab.finish("a")
    lab.finish("x")
    lab.submit({}, { part: "last", submission: 1, wish: "w1", wants: ["x"] })
    assert.deepStrictEqual(lab.chunksOf("release"), ["a"])
    lab.drop("w1")
    assert.deepStrictEqual(lab.chunksOf("release"), [])
    lab.submit({}, { part: "last", submission: 2, wish: "w2", wants: ["x"] })
    assert.strictEqual(lab.is("x"), "stored")
  })

  it("what an older one has finished with goes when it ends, not when a younger one does", () => {
    const lab = fiber()
    lab.submit({ a: [] }, { part: "more", submission: 1 })
    lab.finish("a")
    lab.submit({ x: [] }, { wish: "young", submission: 2 })
    assert.strictEqual(lab.is("a"), "stored")
    lab.submit({ b: [] }, { ...last, wants: ["b"] })
    assert.deepStrictEqual(lab.chunksOf("release"), ["a"])
  })
})

describe("a later submission", () => {
  it("joins what is alive: it runs once", () => {
    const lab = fiber()
    lab.submit({ a: [], b: ["a"] }, { wish: "first" })
    lab.submit({ c: ["a"] }, { wish: "second" })
    assert.deepStrictEqual(lab.ran(), [])
    lab.finish("a")
    assert.deepStrictEqual(lab.ran().sort(), ["b@0", "c@0"])
  })

  it("settles at once when all that it wants is stored", () => {
    const lab = fiber()
    lab.submit({ a: [] }, { wish: "first" })
    lab.finish("a")
    lab.submit({}, { wish: "second", wants: ["a"] })
    assert.deepStrictEqual(lab.settled(), ["second"])
  })

  it("keeps what the earlier one drops", () => {
    const lab = fiber()
    lab.submit({ a: [], b: ["a"] }, { wish: "first" })
    lab.submit({ c: ["a"] }, { wish: "second" })
    lab.drop("first")
    assert.deepStrictEqual([lab.interrupted(), lab.is("a"), lab.is("b")], [[], "running", "free"])
  })
})

describe("ids", () => {
  it("are used again without a trace of what they were", () => {
    const lab = fiber()
    for (let round = 0; round < 50; round++) {
      const outputs = 1 + round % 3
      lab.submit({ a: [], b: ["a"], c: ["a", "b"] }, { of: { a: { outputs, persist: round % 5 === 0 } } })
      if (round % 4 === 0) lab.fail("a")
      else {
        lab.finish("a", { bytes: 100 })
        if (round % 4 !== 1) { for (const name of ["b", "c"]) lab.finish(name, { bytes: 10 }) }
      }
      const persisted = lab.is("a") === "stored" && round % 5 === 0
      const chunks = persisted ? Array.from({ length: outputs }, (_, i) => lab.chunk(i === 0 ? "a" : `a:${i}`)) : []
      const ghosts = ["b"].filter((name) => lab.is(name) === "running").map((name) => lab.at(name))
      lab.drop("wish")
      if (persisted) lab.tell({ _tag: "unpersisted", chunks })
      for (const { attempt, task } of ghosts) {
        lab.tell({ _tag: "retracted", worker: 0, tasks: [task], attempts: [attempt] })
      }
      assert.strictEqual(lab.state.chunks.count, 0)
      assert.strictEqual(lab.state.memory.resident, 0)
    }
    assert.isAtMost(lab.state.tasks.capacity, 256)
  })
})
