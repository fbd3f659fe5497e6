// Tasks that were sent before their inputs were there, when things go otherwise: what is under way is lost, given back,
// too late, cancelled or nobody's; and what is not sent so in the first place.
import { assert, describe, it } from "vitest"
import { DISK, INLINE, SHARED } from "../../src/scheduler/Event.ts"
import { type Graph, Lab } from "./Lab.ts"

/** Workers whose tasks are known to take 0.01 ms. */
const scene = (workers: number, options: Parameters<Lab["up"]>[1] = { follows: "shared" }, budget = Infinity): Lab => {
  const lab = new Lab({ budget })
  for (let worker = 0; worker < workers; worker++) lab.up(worker, options)
  lab.learn(0.01)
  return lab
}

/** `a` and `b` run on two workers, and `join` was sent behind both. */
const joined = (): { readonly lab: Lab; readonly mine: "a" | "b"; readonly other: "a" | "b" } => {
  const lab = scene(2)
  lab.submit({ a: [] })
  lab.submit({ b: [] }, { wish: "second" })
  lab.submit({ join: ["a", "b"] }, { wish: "third" })
  assert.lengthOf(lab.ran(), 1)
  const mine = lab.at("a").worker === lab.at("join").worker ? "a" : "b"
  return { lab, mine, other: mine === "a" ? "b" : "a" }
}

const retracted = (lab: Lab, ...names: ReadonlyArray<string>): void =>
  lab.tell({
    _tag: "retracted",
    worker: lab.at(names[0]).worker,
    tasks: names.map((name) => lab.at(name).task),
    attempts: names.map((name) => lab.at(name).attempt)
  })

const lost = (lab: Lab, worker: number, ...claimed: ReadonlyArray<string>): void =>
  lab.tell({ _tag: "processor lost", worker, claimed: claimed.map((name) => lab.at(name).attempt), stranded: [] })

const many = (count: number): Graph => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, []]))

describe("a task is not sent before its inputs are there", () => {
  it("when it awaits more than 16", () => {
    for (const count of [16, 17]) {
      const lab = scene(1)
      const inputs = many(count)
      lab.submit({ ...inputs, all: Object.keys(inputs) })
      assert.strictEqual(lab.is("all"), count === 16 ? "running" : "waiting")
    }
  })

  it("when one of them waits for tasks of its own", () => {
    const lab = scene(1)
    lab.submit({ a: [] })
    lab.tell({ _tag: "yielded", ...lab.at("a") })
    lab.submit({ b: ["a"] }, { wish: "second" })
    assert.strictEqual(lab.is("b"), "waiting")
    lab.tell({ _tag: "resumed", ...lab.at("a") })
    lab.finish("a")
    assert.deepStrictEqual(lab.ran(), ["b@0"])
  })

  it("when its worker takes no more work", () => {
    const lab = scene(1)
    lab.submit({ a: [] })
    lab.tell({ _tag: "processor leaving", worker: 0 })
    lab.submit({ b: ["a"] }, { wish: "second" })
    assert.strictEqual(lab.is("b"), "waiting")
  })

  it("when another of them is on disk only, or takes much of memory", () => {
    for (const [bytes, is] of [[100, "waiting"], [1, "running"]] as const) {
      const lab = scene(1, { follows: "own" }, 1000)
      lab.submit({ a: [], b: ["a", "x"] }, { given: { x: [bytes, SHARED] } })
      assert.strictEqual(lab.is("b"), is, `${bytes} bytes`)
    }
    const lab = scene(1, { follows: "own" }, 1000)
    lab.submit({}, { wish: "held", wants: ["x"], given: { x: [1, SHARED] } })
    lab.tell({ _tag: "pressure", bytes: 1 })
    assert.deepStrictEqual(lab.chunksOf("spill"), ["x"])
    lab.tell({ _tag: "chunk moved", chunk: lab.chunk("x"), place: SHARED | DISK, bytes: 1 })
    lab.submit({ a: [], b: ["a", "x"] })
    assert.strictEqual(lab.is("b"), "waiting")
  })

  it("when it, or what it would wait for, is for another kind of processor", () => {
    const lab = new Lab()
    lab.up(0, { follows: "shared" })
    lab.up(1, { accepts: ["here"], ahead: 0 })
    lab.learn(0.01)
    lab.learn(0.01, { where: "here" })
    lab.submit({ a: [], here: ["a"], b: ["here"] }, { of: { here: { where: "here" } } })
    assert.deepStrictEqual([lab.is("a"), lab.is("here"), lab.is("b")], ["running", "waiting", "waiting"])
    lab.finish("a")
    assert.deepStrictEqual([lab.is("here"), lab.is("b")], ["running", "waiting"])
  })

  it("when it lacks a resource that what it waits for holds", () => {
    const lab = new Lab()
    lab.up(0, { follows: "own", capacity: [1, 1] })
    lab.learn(0.01, { demand: [1, 1] })
    lab.submit({ a: [], b: ["a"] }, { all: { demand: [1, 1] } })
    assert.strictEqual(lab.is("b"), "waiting")
    lab.finish("a")
    assert.deepStrictEqual(lab.ran(), ["b@0"])
  })
})

describe("a follower that comes back", () => {
  it("runs at once if its inputs are there by now", () => {
    const { lab, mine, other } = joined()
    lab.finish(mine)
    lab.finish(other)
    retracted(lab, "join")
    assert.lengthOf(lab.ran(), 1)
    lab.finish("join")
    assert.deepStrictEqual(lab.settled(), ["third"])
  })

  it("comes with what was sent behind it, and all run in their turn", () => {
    const lab = scene(1)
    lab.submit({ a: [], b: ["a"], c: ["b"] })
    retracted(lab, "b", "c")
    assert.deepStrictEqual([lab.is("b"), lab.is("c")], ["waiting", "waiting"])
    lab.finish("a")
    assert.deepStrictEqual(lab.ran(), ["b@0", "c@0"])
    lab.finish(["b", "c"])
    assert.deepStrictEqual(lab.settled(), ["wish"])
  })

  it("waits for its inputs and its time if it has failed and is to be tried again", () => {
    const { lab, mine, other } = joined()
    lab.fail("join", 5)
    const [timer] = lab.timers()
    assert.strictEqual(lab.is("join"), "waiting")
    lab.finish(mine)
    lab.tell({ _tag: "elapsed", token: timer.token, retryAfter: -1 })
    assert.strictEqual(lab.is("join"), "waiting")
    lab.finish(other)
    assert.lengthOf(lab.ran(), 1)
    lab.finish("join")
    assert.deepStrictEqual(lab.settled(), ["third"])
  })
})

describe("what was sent behind an attempt that is over without a value", () => {
  it("begins again when that took too long", () => {
    const lab = new Lab()
    lab.up(0, { follows: "own" })
    lab.learn(0.01)
    lab.learn(0.01, { timeout: 10 })
    lab.submit({ a: [], b: ["a"], c: ["b"] }, { of: { a: { timeout: 10 } } })
    const { attempt, task } = lab.at("a")
    lab.tell({ _tag: "claimed", worker: 0, tasks: [task], attempts: [attempt] })
    const [timer] = lab.timers()
    lab.tell({ _tag: "elapsed", token: timer.token, retryAfter: 1 })
    assert.sameMembers(lab.interrupted(), ["a@0", "b@0", "c@0"])
    assert.deepStrictEqual(["a", "b", "c"].map((name) => lab.is(name)), ["waiting", "waiting", "waiting"])
  })

  it("runs elsewhere when all was on a worker that is lost", () => {
    const lab = scene(2, { follows: "own" })
    lab.submit({ a: [], b: ["a"], c: ["b"], d: ["c"] })
    const { worker } = lab.at("a")
    for (const name of ["b", "c", "d"]) assert.strictEqual(lab.at(name).worker, worker)
    lost(lab, worker, "a")
    assert.deepStrictEqual(lab.ran(), ["a", "b", "c", "d"].map((name) => `${name}@${1 - worker}`))
    lab.finish(["a", "b", "c", "d"])
    assert.deepStrictEqual(lab.settled(), ["wish"])
  })

  it("begins again, wherever it is, and so does what was sent behind that, but not what is done", () => {
    const { lab, mine, other } = joined()
    lab.submit({ last: ["join"] }, { wish: "fourth" })
    lab.submit({ side: [other] }, { wish: "fifth" })
    lab.finish("side")
    const [gone, left] = [lab.at(other).worker, lab.at("join").worker]
    const again = ["join", "last"].map((name) => lab.at(name)).filter(({ worker }) => worker === left)
    lost(lab, gone)
    assert.include(lab.interrupted(), `join@${left}`)
    for (const { attempt, task, worker } of again) {
      lab.tell({ _tag: "retracted", worker, tasks: [task], attempts: [attempt] })
    }
    for (const name of [other, mine, "join", "last"]) {
      assert.strictEqual(lab.at(name).worker, left)
      lab.finish(name)
    }
    assert.deepStrictEqual(lab.settled(), ["fourth"])
  })

  it("fails the third time that it is lost, with all that was sent behind it", () => {
    const lab = scene(1)
    lab.submit({ a: [], b: ["a"] })
    for (const worker of [0, 1, 2]) {
      lab.up(worker + 1, { follows: "shared" })
      lost(lab, lab.at("a").worker, "a")
    }
    assert.deepStrictEqual(lab.failed(), ["a: lost", "b < a: lost", "wish < b: lost"])
  })

  it("is cancelled with it, and what else that needs goes on", () => {
    const { lab, mine, other } = joined()
    lab.tell({ _tag: "cancelled", tasks: [lab.task(mine)] })
    assert.sameMembers(lab.interrupted().map((at) => at.split("@")[0]), [mine, "join"])
    assert.strictEqual(lab.is(other), "running")
    lab.finish(other)
    assert.deepStrictEqual(lab.settled(), [other === "a" ? "wish" : "second"])
  })

  it("is let go when nobody wants it any more, and its inputs go on if others want those", () => {
    const { lab, mine, other } = joined()
    lab.drop("third")
    assert.deepStrictEqual(lab.interrupted().map((at) => at.split("@")[0]), ["join"])
    lab.finish(mine)
    lab.finish(other)
    assert.strictEqual(lab.state.memory.reserved, 0)
  })
})

describe("an input whose report comes late", () => {
  it("is made again if it is lost before, for those that still want it", () => {
    const { lab, mine, other } = joined()
    lab.finish("join")
    assert.deepStrictEqual(lab.settled(), ["third"])
    const gone = lab.at(other).worker
    lost(lab, gone)
    assert.strictEqual(lab.at(other).worker, 1 - gone)
    lab.finish(mine)
    lab.finish(other)
    assert.deepStrictEqual(lab.settled(), [other === "a" ? "wish" : "second"])
  })

  it("counts for nobody if all have gone: its bytes are not kept", () => {
    const lab = scene(1)
    lab.submit({ a: [], b: ["a"] })
    const finished = lab.finished(["a"], { bytes: 100, place: INLINE })
    lab.finish("b", { bytes: 1 })
    assert.deepStrictEqual([lab.settled(), lab.interrupted()], [["wish"], []])
    lab.tell(finished)
    assert.strictEqual(lab.state.memory.resident, 1)
    assert.deepStrictEqual(lab.state.alive.map((w) => [w.sent, w.ghosts.size, w.ending.size]), [[0, 0, 0]])
  })

  it("is not taken back for a worker that has nothing to do", () => {
    const lab = new Lab()
    lab.up(0, { follows: "shared" })
    lab.learn(0.4)
    lab.submit({ a: [], b: ["a"], c: [], d: ["c"] })
    lab.finish("b", { bytes: 1 })
    lab.finish("d", { bytes: 1 })
    assert.deepStrictEqual(lab.state.alive.map((w) => [w.sent, w.ghosts.size, w.ending.size]), [[2, 2, 2]])
    lab.up(1, { follows: "shared" })
    assert.deepStrictEqual(lab.retracted(), [])
  })
})
