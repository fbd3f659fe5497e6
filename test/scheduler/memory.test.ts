// The budget (DESIGN section 7, Admission): what is reserved, what waits, what goes to disk first and comes back when,
// and the one task that may go over when nothing else is possible.
import { assert, describe, it } from "vitest"
import { DISK, FAR, HEAP, INLINE, SHARED } from "../../src/scheduler/Event.ts"
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

describe("before a task is sent, its output is reserved", () => {
  const reserved = (lab: Lab, name: string): number => lab.state.reservations.get(lab.task(name)) ?? 0

  it("as declared", () => {
    const lab = fiber(1e6)
    lab.submit({ a: [] }, { all: { bytes: 5000 } })
    assert.strictEqual(reserved(lab, "a"), 5000)
  })

  it("or as the largest of its function so far", () => {
    const lab = fiber(1e6, 1)
    lab.submit({ a: [], b: [], c: [], d: [] })
    lab.finish("a", shared(9000))
    lab.finish("b", shared(5000))
    assert.strictEqual(reserved(lab, "c"), 9000)
    lab.finish("c", shared(20_000))
    assert.strictEqual(reserved(lab, "d"), 20_000)
  })

  it("or as much as its inputs have", () => {
    const lab = fiber(1e6)
    lab.submit({ a: ["x", "y", "z"] }, { given: { x: [3000, SHARED], y: [4000, SHARED], z: [500, INLINE] } })
    // Small values make small values.
    assert.strictEqual(reserved(lab, "a"), 7000)
  })

  it("and given back when it ends, however it ends", () => {
    for (const end of ["finish", "fail", "retry", "drop", "cancel", "lose", "retract"] as const) {
      const lab = fiber(1e6, 1)
      lab.submit({ a: [] }, { all: { bytes: 5000 } })
      const { attempt, task } = lab.at("a")
      if (end === "finish") lab.finish("a", shared(10))
      else if (end === "fail") lab.fail("a")
      else if (end === "retry") lab.fail("a", 10)
      else if (end === "drop") lab.drop("wish")
      else if (end === "cancel") lab.tell({ _tag: "cancelled", tasks: [task] })
      else if (end === "lose") lab.tell({ _tag: "processor lost", worker: 0, claimed: [], stranded: [] })
      else {
        lab.tell({ _tag: "processor leaving", worker: 0 })
        lab.tell({ _tag: "retracted", worker: 0, tasks: [task], attempts: [attempt] })
      }
      assert.strictEqual(lab.state.memory.reserved, 0, end)
    }
  })
})

describe("a task that does not fit", () => {
  it("waits for those before it, and is sent when they are gone", () => {
    const lab = fiber(1000)
    lab.submit({ a: [], b: [] }, { all: { bytes: 500 }, exits: true })
    assert.deepStrictEqual(lab.ran(), ["a@0"])
    lab.fail("a")
    assert.deepStrictEqual(lab.ran(), ["b@0"])
  })

  it("waits at 85 % if it only adds bytes, at 100 % if it reads some", () => {
    const lab = fiber(1000)
    lab.submit({ held: [] }, { wish: "kept" })
    lab.finish("held", { bytes: 700, place: INLINE })
    lab.submit({ root: [], inner: ["held"] }, { all: { bytes: 200 } })
    assert.deepStrictEqual(lab.ran(), ["inner@0"])
  })

  it("is passed by consumers behind it, which make room", () => {
    const lab = fiber(1000, 1)
    lab.submit({ a: [] }, { wish: "first" })
    lab.finish("a", { bytes: 500, place: INLINE })
    lab.submit({ big: [], small: ["a"] }, { of: { big: { bytes: 600, priority: 1 }, small: { bytes: 10 } } })
    assert.deepStrictEqual(lab.ran(), ["small@0"])
  })

  it("and waits for long is passed by any number of others at little cost", () => {
    const lab = fiber(10_000, 1)
    lab.submit({ held: [] }, { wish: "first" })
    lab.finish("held", { bytes: 5000, place: INLINE })
    const graph: Record<string, ReadonlyArray<string>> = { big: ["held"] }
    for (let i = 0; i < 300; i++) graph[`small${i}`] = ["held"]
    lab.submit(graph, { all: { bytes: 0 }, of: { big: { bytes: 6000 } } })
    for (let i = 0; i < 300; i++) {
      assert.deepStrictEqual(lab.ran(), [`small${i}@0`])
      lab.finish(`small${i}`)
    }
    assert.deepStrictEqual([lab.ran(), lab.state.memory.overdrafts], [["big@0"], 1])
  })

  it("whose size nobody knows waits too where memory is full", () => {
    const lab = fiber(1000)
    lab.submit({ held: [] }, { wish: "kept", all: { bytes: 800 } })
    lab.submit({ unknown: [] }, { wish: "second", all: { priority: 1 } })
    assert.deepStrictEqual(lab.ran(), ["unknown@0"])
    lab.finish("held", { bytes: 900, place: INLINE })
    lab.submit({ another: [] }, { wish: "third", all: { priority: 2 } })
    assert.deepStrictEqual(lab.ran(), [])
  })
})

describe("what is needed last", () => {
  /** Three chunks of 300 in a budget of 1000: used by a task that waits, by a later one, and by nobody but a wish. */
  const scene = (): Lab => {
    const lab = fiber(10_000, 1)
    lab.submit({ sooner: [], later: [], never: [] }, { wish: "made" })
    for (const name of ["sooner", "later", "never"]) lab.finish(name, shared(1500))
    lab.submit({ gate: [], s: ["gate", "sooner"], l: ["gate", "later"] }, { wish: "more", all: { bytes: 0 } })
    assert.deepStrictEqual(lab.chunksOf("spill"), [])
    return lab
  }

  it("is written out first, over 60 %, and no more than is over", () => {
    const lab = scene()
    lab.submit({ put: ["x"] }, { wish: "x", given: { x: [2000, INLINE] }, all: { bytes: 0, priority: -9 } })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["never"])
    lab.submit({ put2: ["y"] }, { wish: "y", given: { y: [1500, INLINE] }, all: { bytes: 0, priority: -9 } })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["later"])
  })

  it("stays in memory until the write is complete, and counts until then", () => {
    const lab = scene()
    lab.tell({ _tag: "pressure", bytes: 1 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["never"])
    assert.deepStrictEqual([lab.state.memory.resident, lab.state.memory.spilling], [4500, 1500])
    moved(lab, "never")
    assert.deepStrictEqual(lab.chunksOf("move"), ["never"])
    assert.deepStrictEqual([lab.state.memory.resident, lab.state.memory.spilling], [3000, 0])
  })

  it("is not written twice: one that is on disk too is only dropped from memory", () => {
    const lab = scene()
    lab.tell({ _tag: "pressure", bytes: 1 })
    const chunk = lab.chunk("never")
    lab.tell({ _tag: "pinned", chunk, by: 1 })
    moved(lab, "never")
    assert.deepStrictEqual(lab.chunksOf("move"), [])
    lab.tell({ _tag: "pinned", chunk, by: -1 })
    lab.tell({ _tag: "pressure", bytes: 1 })
    assert.deepStrictEqual([lab.chunksOf("spill"), lab.chunksOf("move")], [[], ["never"]])
  })

  it("goes only if it is in the arena or on a heap, read by no attempt, and not stuck", () => {
    const lab = fiber(10_000)
    lab.submit({ inline: [], heap: [], read: [], stuck: [], free: [] }, { wish: "made" })
    lab.finish("inline", { bytes: 1000, place: INLINE })
    lab.finish("heap", { bytes: 1000, place: HEAP })
    for (const name of ["read", "stuck", "free"]) lab.finish(name, shared(1000))
    lab.submit({ reader: ["read"] }, { wish: "reading" })
    assert.strictEqual(lab.is("reader"), "running")
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["free", "heap", "stuck"])
    lab.tell({ _tag: "chunk kept", chunk: lab.chunk("stuck"), retry: false })
    lab.tell({ _tag: "chunk kept", chunk: lab.chunk("free"), retry: true })
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["free"])
    lab.finish("reader")
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["read"])
  })

  it("may be released while it is written", () => {
    const lab = fiber(10_000)
    lab.submit({ a: [] })
    lab.finish("a", shared(7000))
    assert.deepStrictEqual(lab.chunksOf("spill"), ["a"])
    lab.drop("wish")
    assert.deepStrictEqual(lab.chunksOf("release"), ["a"])
    assert.deepStrictEqual([lab.state.memory.resident, lab.state.memory.spilling], [0, 0])
  })
})

describe("a value on the heap of the worker that made it", () => {
  const far = (bytes: number) => ({ bytes, place: FAR })

  /** Its value is far; two tasks use it, of which one was sent behind it. */
  const scene = (): Lab => {
    const lab = new Lab({ budget: 10_000 })
    lab.up(0, { follows: "shared" })
    lab.learn(0.1)
    lab.submit({ a: [], b: ["a"] })
    assert.deepStrictEqual(lab.ran(), ["a@0", "b@0"])
    lab.finish("a", far(1000))
    return lab
  }

  it("counts as memory until it is released", () => {
    const lab = scene()
    assert.deepStrictEqual([lab.state.memory.resident, lab.state.memory.away], [1000, 1])
    lab.finish("b")
    assert.deepStrictEqual(lab.chunksOf("release"), ["a"])
    assert.strictEqual(lab.state.memory.away, 0)
  })

  it("is sent for before another task that uses it runs", () => {
    const lab = scene()
    lab.submit({ c: ["a"] }, { wish: "late" })
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("restore")], [[], ["a"]])
    lab.tell({ _tag: "chunk moved", chunk: lab.chunk("a"), place: SHARED, bytes: 700 })
    assert.deepStrictEqual(lab.ran(), ["c@0"])
    assert.deepStrictEqual([lab.state.memory.away, lab.state.memory.restoring], [0, 0])
  })

  it("gets bytes when memory is short, unless an attempt reads it, and goes to disk from there", () => {
    const lab = new Lab({ budget: 10_000 })
    lab.up(0, { follows: "shared" })
    lab.learn(20)
    lab.submit({ a: [], long: [], b: ["a"], c: ["a", "long"] })
    lab.finish("a", far(1000))
    assert.strictEqual(lab.is("b"), "waiting")
    lab.tell({ _tag: "chunk moved", chunk: lab.chunk("a"), place: SHARED, bytes: 700 })
    assert.strictEqual(lab.is("b"), "running")
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual(lab.chunksOf("spill"), [])
    lab.finish("b", far(900))
    lab.submit({ d: ["b", "c"] }, { wish: "late" })
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["a", "b"])
    lab.tell({ _tag: "chunk moved", chunk: lab.chunk("b"), place: SHARED, bytes: 800 })
    assert.strictEqual(lab.state.memory.resident, 700 + 800)
    lab.tell({ _tag: "pressure", bytes: 1e9 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["b"])
    moved(lab, "b")
    assert.strictEqual(lab.state.chunks.place[lab.chunk("b")], DISK)
  })
})

describe("when nothing runs, moves or can be admitted", () => {
  it("exactly one task goes over the budget, and is counted; the next when that is done", () => {
    const lab = fiber(1000)
    lab.submit({ held: [] }, { wish: "kept" })
    lab.finish("held", { bytes: 990, place: INLINE })
    lab.submit({ a: [], b: [] }, { all: { bytes: 500 } })
    assert.deepStrictEqual([lab.ran(), lab.state.memory.overdrafts], [["a@0"], 1])
    lab.finish("a", { bytes: 500, place: INLINE })
    assert.deepStrictEqual([lab.ran(), lab.state.memory.overdrafts], [["b@0"], 2])
  })

  it("that is not so while an attempt runs, but it is while all that run wait for others", () => {
    const lab = fiber(1000)
    lab.submit({ parent: [] }, { wish: "outer", all: { bytes: 900 } })
    assert.deepStrictEqual(lab.state.memory.overdrafts, 1)
    lab.submit({ child: [] }, { wish: "inner", all: { bytes: 800 } })
    assert.deepStrictEqual(lab.ran(), [])
    lab.tell({ _tag: "yielded", ...lab.at("parent") })
    assert.deepStrictEqual([lab.ran(), lab.state.memory.overdrafts], [["child@0"], 2])
  })

  it("a task whose inputs alone exceed the budget fails", () => {
    const lab = fiber(1000)
    lab.submit({ a: ["x", "y"], b: ["a"] }, { given: { x: [600, SHARED], y: [500, SHARED] } })
    assert.deepStrictEqual(lab.failed(), ["a: full", "b < a: full", "wish < b: full"])
    assert.deepStrictEqual(lab.chunksOf("release"), ["a", "x", "y"])
  })

  it("a task that uses one input twice needs its bytes once", () => {
    const lab = fiber(1000)
    lab.submit({ a: ["x", "x"] }, { given: { x: [600, SHARED] }, all: { bytes: 10 } })
    assert.deepStrictEqual([lab.ran(), lab.failed()], [["a@0"], []])
  })

  it("what was to run and is not wanted any more, because another does not fit, is not sent", () => {
    const lab = new Lab({ budget: 1000 })
    const given = { x: [600, SHARED], y: [500, SHARED] } as const
    lab.submit({ a: [], huge: ["x", "y"], both: ["a", "huge"] }, { given, of: { a: { bytes: 0 } } })
    lab.up(0, { ahead: 0, capacity: [9] })
    assert.deepStrictEqual(lab.failed(), ["huge: full", "both < huge: full", "wish < both: full"])
    assert.deepStrictEqual([lab.ran(), lab.interrupted()], [[], []])
    assert.strictEqual(lab.is("a"), "free")
  })
})
