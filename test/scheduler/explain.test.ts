// What people are told of a task that does not run (DESIGN section 5): a claim for each state that it can be in.
import { assert, describe, it } from "vitest"
import { DISK, SHARED } from "../../src/scheduler/Event.ts"
import { explain, explainAll } from "../../src/scheduler/explain.ts"
import { Lab } from "./Lab.ts"

const nameOf = (task: number): string => `#${task}`

const why = (lab: Lab, name: string): string => explain(lab.state, lab.task(name), nameOf)

/** A task as it is called. */
const called = (lab: Lab, name: string): string => `"#${lab.task(name)}" (task ${lab.task(name)})`

const thread = (ahead: number): Lab => {
  const lab = new Lab({ budget: 1000 })
  lab.up(0, { ahead })
  return lab
}

describe("explain, of a task that waits", () => {
  it("names the inputs that are not there, and how their tasks are", () => {
    const lab = thread(0)
    lab.submit({ a: [], b: [], c: ["b"], d: ["a", "b", "c"] })
    assert.strictEqual(
      why(lab, "d"),
      `${called(lab, "d")} is waiting for ${called(lab, "a")}, which is running; `
        + `${called(lab, "b")}, which is ready; ${called(lab, "c")}, which is waiting`
    )
    lab.finish("a")
    assert.notInclude(why(lab, "d"), called(lab, "a"))
  })

  it("names eight of many", () => {
    const lab = thread(0)
    const roots = Array.from({ length: 20 }, (_, i) => `r${i}`)
    lab.submit({ ...Object.fromEntries(roots.map((root) => [root, []])), all: roots })
    assert.strictEqual(why(lab, "all").split(";").length, 8)
  })

  it("says that it is tried again later", () => {
    const lab = thread(0)
    lab.submit({ a: [] })
    lab.fail("a", 50)
    assert.strictEqual(why(lab, "a"), `${called(lab, "a")} is waiting: it is tried again later`)
  })

  it("names what is being read from disk for it", () => {
    const lab = thread(0)
    lab.submit({ a: ["x"] }, { given: { x: [100, SHARED] }, of: { a: { where: "here" } } })
    const chunk = lab.chunk("x")
    lab.tell({ _tag: "pressure", bytes: 100 })
    lab.tell({ _tag: "chunk moved", chunk, place: SHARED | DISK, bytes: 100 })
    lab.up(1, { accepts: ["here"], ahead: 0 })
    assert.deepStrictEqual(lab.chunksOf("restore"), ["x"])
    assert.strictEqual(why(lab, "a"), `${called(lab, "a")} is waiting for chunk ${chunk} is being read from disk`)
  })
})

describe("explain, of a task that is ready", () => {
  it("says that no processor which could run it is up", () => {
    const lab = thread(0)
    lab.submit({ a: [] }, { all: { where: "here" } })
    assert.strictEqual(why(lab, "a"), `${called(lab, "a")} is ready: no processor that runs closures is up`)
    const bare = new Lab()
    bare.submit({ a: [] })
    assert.strictEqual(why(bare, "a"), `${called(bare, "a")} is ready: no processor that runs task modules is up`)
  })

  it("says how full the processors are that could, and who there waits for others", () => {
    const lab = thread(0)
    lab.submit({ a: [], b: [], c: [] })
    assert.include(why(lab, "b"), "fiber 0 has 1 of 1;")
    lab.tell({ _tag: "yielded", ...lab.at("a") })
    assert.include(why(lab, "c"), "fiber 0 has 1 of 1, 1 more wait for others")
  })

  it("says how much work a thread has ahead", () => {
    const lab = thread(8)
    lab.submit({ first: [] }, { wish: "taught" })
    lab.finish("first", { ms: 20 })
    lab.submit({ a: [], b: [], c: [] })
    assert.include(why(lab, "c"), "thread 0 has 2 of about 8 ms (40.00 ms)")
  })

  it("says how the memory is used, and what it would need itself", () => {
    const lab = new Lab({ budget: 1000 })
    lab.up(0, { capacity: [4], ahead: 0 })
    lab.submit({ x: [], a: [], b: [] }, { all: { bytes: 400 } })
    lab.finish("x", { bytes: 100 })
    assert.deepStrictEqual(lab.is("b"), "ready")
    assert.include(
      why(lab, "b"),
      "memory: 500 of 1000 bytes in use (100 held, 400 reserved, 0 being written, 0 being read); it needs about 400"
    )
  })
})

describe("explain, of any other task", () => {
  it("says where it runs, as which attempt, and whether it waits for another", () => {
    const lab = thread(0)
    lab.submit({ a: [] })
    const { attempt } = lab.at("a")
    const running = `${called(lab, "a")} is running on processor 0 as attempt ${attempt}`
    assert.strictEqual(why(lab, "a"), running)
    lab.tell({ _tag: "yielded", ...lab.at("a") })
    assert.strictEqual(why(lab, "a"), `${running}, waiting for another task`)
    lab.tell({ _tag: "resumed", ...lab.at("a") })
    assert.strictEqual(why(lab, "a"), running)
  })

  it("says that it is stored, failed or gone", () => {
    const lab = thread(0)
    lab.submit({ a: [], b: [] })
    lab.finish("a")
    lab.fail("b")
    const b = lab.task("b")
    assert.strictEqual(why(lab, "a"), `${called(lab, "a")} is stored`)
    assert.strictEqual(why(lab, "b"), `${called(lab, "b")} is failed`)
    lab.drop("wish")
    assert.strictEqual(explain(lab.state, b, nameOf), `"#${b}" (task ${b}) is free`)
    assert.strictEqual(explain(lab.state, 1_000_000, nameOf), `"#1000000" (task 1000000) is free`)
  })
})

describe("explainAll", () => {
  it("explains what is not settled, wishes aside, and no more than asked for", () => {
    const lab = thread(0)
    lab.submit({ a: [], b: [], c: [], d: ["c"] })
    lab.finish("a")
    const all = ["b", "c", "d"].map((name) => why(lab, name))
    assert.deepStrictEqual(explainAll(lab.state, nameOf, 10).split("\n"), all)
    assert.deepStrictEqual(explainAll(lab.state, nameOf, 2).split("\n"), all.slice(0, 2))
  })

  it("says so when there is nothing to explain", () => {
    const lab = thread(0)
    assert.strictEqual(explainAll(lab.state, nameOf, 10), "nothing is waiting, ready or running")
    lab.submit({ a: [] })
    lab.finish("a")
    assert.strictEqual(explainAll(lab.state, nameOf, 10), "nothing is waiting, ready or running")
  })
})
