// What processors do with attempts (DESIGN sections 5, 6 and 8): news of old attempts, slots given back by those that
// wait, backlog taken back.
import { assert, describe, it } from "vitest"
import type { Graph } from "./Lab.ts"
import { Lab } from "./Lab.ts"

const roots = (count: number, prefix = "r"): Graph =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, []]))

const columns = (lab: Lab, names: ReadonlyArray<string>) => ({
  tasks: names.map((name) => lab.at(name).task),
  attempts: names.map((name) => lab.at(name).attempt)
})

describe("an attempt that counts no more", () => {
  it("keeps its slot until its processor reports it", () => {
    for (const report of ["finished", "failed", "retracted"] as const) {
      const lab = new Lab()
      lab.up(0, { ahead: 0 })
      lab.submit({ a: [] })
      const at = lab.at("a")
      const finished = lab.finished(["a"])
      lab.submit({ b: [] }, { wish: "other" })
      lab.drop("wish")
      assert.deepStrictEqual([lab.interrupted(), lab.ran()], [["a@0"], []])
      if (report === "finished") lab.tell(finished)
      else if (report === "failed") lab.tell({ _tag: "failed", ...at, reason: "error", retryAfter: -1 })
      else lab.tell({ _tag: "retracted", worker: 0, tasks: [at.task], attempts: [at.attempt] })
      assert.deepStrictEqual(lab.ran(), ["b@0"])
    }
  })

  it("holds up nothing on a thread that might have to be replaced for it", () => {
    const lab = new Lab()
    lab.up(0)
    lab.submit({ a: [] })
    lab.drop("wish")
    lab.submit({ b: [] }, { wish: "other" })
    assert.deepStrictEqual(lab.ran(), [])
    lab.up(1)
    assert.deepStrictEqual(lab.ran(), ["b@1"])
  })

  it("is not taken for one of another task that has its id", () => {
    const lab = new Lab()
    lab.up(0, { ahead: 0, capacity: [2] })
    lab.submit({ a: [] })
    const id = lab.task("a")
    const finished = lab.finished(["a"], { bytes: 100 })
    lab.drop("wish")
    lab.submit({ x: [], b: ["x"] }, { wish: "other" })
    assert.include([lab.task("x"), lab.task("b")], id)
    lab.tell(finished)
    assert.deepStrictEqual([lab.is("x"), lab.is("b"), lab.state.memory.resident], ["running", "waiting", 0])
  })
})

describe("an attempt that waits for others", () => {
  it("gives its slot back, and may be one too many when it goes on", () => {
    const lab = new Lab()
    lab.up(0, { ahead: 0 })
    lab.submit({ a: [], b: [], c: [] })
    assert.deepStrictEqual(lab.ran(), ["a@0"])
    const a = lab.at("a")
    lab.tell({ _tag: "yielded", ...a })
    assert.deepStrictEqual(lab.ran(), ["b@0"])
    lab.tell({ _tag: "resumed", ...a })
    assert.deepStrictEqual(lab.ran(), [])
    lab.finish("b")
    assert.deepStrictEqual(lab.ran(), [])
    lab.finish("a")
    assert.deepStrictEqual(lab.ran(), ["c@0"])
  })

  it("may end without going on", () => {
    const lab = new Lab()
    lab.up(0, { ahead: 0 })
    lab.submit({ a: [], b: [] })
    lab.tell({ _tag: "yielded", ...lab.at("a") })
    lab.finish("a")
    lab.finish("b")
    assert.deepStrictEqual(lab.settled(), ["wish"])
    assert.deepStrictEqual([lab.state.alive[0].sent, lab.state.alive[0].suspended], [0, 0])
  })

  it("takes its slot again when it is interrupted", () => {
    const lab = new Lab()
    lab.up(0, { ahead: 0 })
    lab.submit({ a: [] }, { wish: "first" })
    const at = lab.at("a")
    lab.tell({ _tag: "yielded", ...at })
    lab.drop("first")
    lab.submit({ b: [] }, { wish: "second" })
    assert.deepStrictEqual(lab.ran(), [])
    lab.tell({ _tag: "resumed", ...at }, { _tag: "retracted", worker: 0, tasks: [at.task], attempts: [at.attempt] })
    assert.deepStrictEqual(lab.ran(), ["b@0"])
  })

  it("recurses as deep as it likes on one slot", () => {
    const lab = new Lab()
    lab.up(0, { ahead: 0 })
    for (let depth = 0; depth < 500; depth++) {
      lab.submit({ [`t${depth}`]: [] }, { wish: `w${depth}` })
      assert.deepStrictEqual(lab.ran(), [`t${depth}@0`])
      lab.tell({ _tag: "yielded", ...lab.at(`t${depth}`) })
    }
    for (let depth = 499; depth >= 0; depth--) lab.finish(`t${depth}`)
    assert.strictEqual(lab.state.alive[0].suspended, 0)
  })
})

describe("backlog", () => {
  /** One worker with 16 tasks, of which it has begun one; and another that has just come. */
  const scene = (): Lab => {
    const lab = new Lab()
    lab.up(0)
    lab.learn(0.5)
    lab.submit(roots(16))
    assert.lengthOf(lab.ran(), 16)
    lab.up(1)
    return lab
  }

  it("is asked for, the later half, when another worker has nothing", () => {
    const lab = scene()
    assert.deepStrictEqual(lab.retracted(), Array.from({ length: 8 }, (_, i) => `r${15 - i}@0`))
  })

  it("that is given back runs on the worker that has nothing", () => {
    const lab = scene()
    const back = ["r15", "r14", "r13", "r12", "r11", "r10", "r9", "r8"]
    lab.tell({ _tag: "retracted", worker: 0, ...columns(lab, back) })
    assert.include(lab.ran(), "r8@1")
    const mine = lab.ran().filter((run) => run.endsWith("@1"))
    assert.isAtLeast(mine.length, 7)
  })

  it("is not asked for again before there is an answer", () => {
    const lab = scene()
    lab.tell({ _tag: "stray", task: 0, text: "" })
    assert.deepStrictEqual(lab.retracted(), [])
  })

  it("that is kept is not asked for again before something has finished", () => {
    const lab = scene()
    lab.tell({ _tag: "kept", worker: 0, ...columns(lab, ["r15", "r14"]) })
    assert.deepStrictEqual(lab.retracted(), [])
    lab.finish("r0")
    assert.isAbove(lab.retracted().length, 0)
  })

  it("that is kept is asked for again when an attempt has failed", () => {
    const lab = scene()
    lab.tell({ _tag: "kept", worker: 0, ...columns(lab, ["r15", "r14"]) })
    lab.fail("r0", 1000)
    assert.isAbove(lab.retracted().length, 0)
  })

  it("is asked for again once some was given back", () => {
    const lab = scene()
    lab.tell({ _tag: "retracted", worker: 0, ...columns(lab, ["r15"]) })
    assert.deepStrictEqual(lab.ran(), ["r15@1"])
    lab.finish("r15", { ms: 0.5 })
    assert.isAbove(lab.retracted().length, 0)
  })

  it("of one sent a moment ago is left alone: it may not have arrived", () => {
    const lab = new Lab()
    lab.up(0)
    lab.up(1)
    lab.learn(0.1)
    for (let count = 1; count < 6; count++) {
      lab.submit(roots(count, `s${count}-`), { wish: `w${count}` })
      const ran = new Set(lab.ran())
      for (const name of lab.retracted()) assert.isFalse(ran.has(name), name)
    }
  })

  it("is not asked for on behalf of one that lacks what it needs", () => {
    const lab = new Lab()
    lab.up(0, { capacity: [1, 9] })
    lab.learn(0.5, { demand: [1, 1] })
    lab.submit(roots(4), { all: { demand: [1, 1] } })
    assert.lengthOf(lab.ran(), 4)
    lab.up(1, { capacity: [1, 0] })
    assert.deepStrictEqual(lab.retracted(), [])
    lab.up(2, { capacity: [1, 1] })
    assert.deepStrictEqual(lab.retracted(), ["r3@0", "r2@0"])
  })

  it("runs once: what was given back and what was asked for and kept", () => {
    const lab = scene()
    const [kept, ...back] = ["r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"]
    const keptColumns = columns(lab, [kept])
    lab.tell(
      { _tag: "retracted", worker: 0, ...columns(lab, back) },
      { _tag: "kept", worker: 0, ...keptColumns }
    )
    assert.strictEqual(lab.at(kept).attempt, keptColumns.attempts[0])
    for (const name of back) assert.strictEqual(lab.ran().filter((run) => run.startsWith(`${name}@`)).length, 1)
  })
})
