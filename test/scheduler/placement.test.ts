// Who is given what (DESIGN sections 6 and 7, acceptance SCH-11): near the inputs, spread over who has nothing, and no
// more than can be run or is worth sending ahead.
import { assert, describe, it } from "vitest"
import { SHARED } from "../../src/scheduler/Event.ts"
import { Lab } from "./Lab.ts"

const MiB = 1 << 20

describe("a task with inputs", () => {
  it("is given to the worker that finished its only input", () => {
    for (const finisher of [0, 1]) {
      const lab = new Lab()
      lab.up(0)
      lab.up(1)
      lab.submit({ a: [], b: [], q0: ["a"], q1: ["b"] })
      assert.deepStrictEqual(lab.ran(), ["a@0", "b@1"])
      lab.finish(finisher === 0 ? "a" : "b")
      assert.deepStrictEqual(lab.ran(), [`q${finisher}@${finisher}`])
    }
  })

  it("goes where the most bytes of its inputs are, not where the largest of them is", () => {
    const lab = new Lab()
    lab.up(0)
    lab.up(1)
    lab.submit({ a: [], b: [], c: ["b"], q: ["a", "b", "c"] })
    lab.finish("b", { bytes: 3 * MiB, place: SHARED })
    assert.deepStrictEqual(lab.ran(), ["c@1"])
    lab.finish("a", { bytes: 4 * MiB, place: SHARED })
    lab.finish("c", { bytes: 3 * MiB, place: SHARED })
    assert.deepStrictEqual(lab.ran(), ["q@1"])
  })

  it("goes to the finisher when inputs are equally large", () => {
    for (const [first, last, worker] of [["a", "b", 1], ["b", "a", 0]] as const) {
      const lab = new Lab()
      lab.up(0)
      lab.up(1)
      lab.submit({ a: [], b: [], q: ["a", "b"] })
      lab.finish(first)
      lab.finish(last)
      assert.deepStrictEqual(lab.ran(), [`q@${worker}`])
    }
  })

  it("goes near the rest of its inputs when the worker that made the largest is gone", () => {
    const lab = new Lab()
    lab.up(0)
    lab.up(1)
    lab.up(2)
    lab.submit({ a: [], b: [], c: [], q: ["a", "b", "c"] })
    lab.finish("a", { bytes: 4 * MiB, place: SHARED })
    lab.finish("b", { bytes: MiB, place: SHARED })
    lab.tell({ _tag: "processor lost", worker: 0, claimed: [], stranded: [] })
    lab.finish("c")
    assert.deepStrictEqual(lab.ran(), ["q@1"])
  })

  it("goes to a worker that may run it, whoever made its inputs", () => {
    const lab = new Lab()
    lab.up(0, { accepts: ["here"], capacity: [4], ahead: 0 })
    lab.up(1)
    lab.submit({ a: [], q: ["a"] }, { of: { a: { where: "here" } } })
    lab.finish("a", { bytes: MiB, place: SHARED })
    assert.deepStrictEqual(lab.ran(), ["q@1"])
  })
})

describe("ready tasks t1 near w1 and t2 near w2 (SCH-11)", () => {
  /** Both ready, nobody free; and t3, near nobody. */
  const scene = (): Lab => {
    const lab = new Lab()
    const fiber = { accepts: ["here", "module"], ahead: 0 } as const
    lab.up(1, fiber)
    lab.up(2, fiber)
    lab.submit({ a1: [], a2: [], t1: ["a1"], t2: ["a2"] }, { of: { t1: { priority: -1 }, t2: { priority: -1 } } })
    const busy = lab.submitted({ b1: [], b2: [] }, { wish: "busy", all: { priority: 1 } })
    lab.tell(
      busy,
      lab.finished(["a1"], { bytes: MiB, place: SHARED }),
      lab.finished(["a2"], { bytes: MiB, place: SHARED })
    )
    assert.deepStrictEqual(lab.ran().sort(), ["b1@1", "b2@2"])
    assert.deepStrictEqual([lab.is("t1"), lab.is("t2")], ["ready", "ready"])
    return lab
  }

  it("are given to w1 and w2, whoever asks first", () => {
    for (const order of [["b1", "b2"], ["b2", "b1"]]) {
      const lab = scene()
      for (const busy of order) {
        const worker = busy === "b1" ? 1 : 2
        lab.finish(busy)
        assert.deepStrictEqual(lab.ran(), [`t${worker}@${worker}`])
      }
    }
  })

  it("and a third that is near nobody is given to whoever has none", () => {
    const lab = scene()
    lab.finish("b2")
    lab.submit({ t3: [] }, { wish: "w3", all: { priority: -1 } })
    lab.finish("t2")
    assert.deepStrictEqual(lab.ran(), ["t3@2"])
  })

  it("and one whose worker is lost is given to anybody", () => {
    const lab = scene()
    lab.tell({ _tag: "processor lost", worker: 1, claimed: [], stranded: [] })
    lab.finish("b2")
    assert.deepStrictEqual(lab.ran(), ["b1@2"])
    lab.finish("b1")
    assert.deepStrictEqual(lab.ran(), ["t1@2"])
  })

  it("and one whose worker leaves is given to anybody", () => {
    const lab = scene()
    lab.finish("b2")
    lab.tell({ _tag: "processor leaving", worker: 1 })
    lab.finish("t2")
    assert.deepStrictEqual(lab.ran(), ["t1@2"])
  })

  it("and a worker without work takes what is near a busy one", () => {
    const lab = scene()
    lab.finish("b2")
    lab.finish("t2")
    assert.deepStrictEqual(lab.ran(), ["t1@2"])
  })
})

describe("tasks near a worker", () => {
  it("are not taken by another that has nothing while it has nothing itself", () => {
    const lab = new Lab()
    for (const worker of [0, 1, 2]) lab.up(worker)
    lab.submit({ a: [], b: [], c: [], a2: ["a"], b2: ["b"], c2: ["c"] })
    for (const [name, worker] of [["a", 0], ["b", 1], ["c", 2]] as const) {
      lab.finish(name)
      assert.deepStrictEqual(lab.ran(), [`${name}2@${worker}`])
      lab.finish(`${name}2`)
    }
  })

  it("are not taken by another that has work while it has room for them", () => {
    const lab = new Lab()
    lab.up(0)
    lab.up(1)
    lab.learn(1)
    lab.submit({ a: [], b: [], c: [], d: [], e: [], f: [], q: ["a"] })
    const [mine, other] = [lab.at("a").worker, 1 - lab.at("a").worker]
    lab.finish(["b", "d", "f"].filter((name) => lab.at(name).worker === other).slice(0, 1))
    lab.finish("a")
    assert.deepStrictEqual(lab.ran(), [`q@${mine}`])
  })

  it("are taken from where most wait by one that has nothing", () => {
    const lab = new Lab()
    for (const worker of [0, 1, 2]) lab.up(worker, { ahead: 0 })
    lab.submit({ a: [], b: [], c: [], a1: ["a"], a2: ["a"], b1: ["b"], b2: ["b"], b3: ["b"] })
    lab.tell(lab.finished(["a"]), lab.finished(["b"]), lab.finished(["c"]))
    assert.deepStrictEqual(lab.ran().sort(), ["a1@0", "b1@1", "b2@2"])
  })

  it("are shared with another that has nothing as soon as it has something", () => {
    const lab = new Lab()
    lab.up(0)
    lab.up(1)
    lab.submit({ a: [], x: ["a"], y: ["a"], z: ["a"] })
    lab.finish("a", { ms: 10 })
    assert.deepStrictEqual(lab.ran(), ["x@0", "z@0", "y@1"])
  })
})

describe("independent tasks", () => {
  const roots = (count: number): Record<string, []> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`r${i}`, []]))

  it("are spread over workers that have nothing before any has two", () => {
    const lab = new Lab()
    for (const worker of [0, 1, 2]) lab.up(worker)
    lab.learn(0.01)
    lab.submit(roots(3))
    assert.deepStrictEqual(lab.ran().map((run) => run.split("@")[1]).sort(), ["0", "1", "2"])
  })

  it("fill a processor's slots and no more when nothing is sent ahead", () => {
    const lab = new Lab()
    lab.up(0, { capacity: [3], ahead: 0 })
    lab.submit(roots(10))
    assert.lengthOf(lab.ran(), 3)
    lab.finish(["r0", "r1"])
    assert.deepStrictEqual(lab.ran(), ["r3@0", "r4@0"])
  })

  it("are sent ahead two at a time when they are long, many when they are short", () => {
    for (const [ms, least, most] of [[1000, 2, 2], [1, 7, 9], [0.01, 700, 900]] as const) {
      const lab = new Lab()
      lab.up(0)
      lab.learn(ms)
      lab.submit(roots(1000))
      const sent = lab.ran().length
      assert.isAtLeast(sent, least, `${ms} ms`)
      assert.isAtMost(sent, most, `${ms} ms`)
    }
  })

  it("are one run a processor and step, however many there are", () => {
    const lab = new Lab()
    lab.up(0)
    lab.up(1)
    lab.submit(roots(50))
    assert.strictEqual(lab.commands.filter(({ _tag }) => _tag === "run").length, 2)
  })
})

describe("resources", () => {
  const gpu = { all: { demand: [1, 1] } }

  it("are never promised twice, and a slot that yields does not give them back", () => {
    const lab = new Lab()
    lab.up(0, { capacity: [4, 1], ahead: 0 })
    lab.submit({ a: [], b: [] }, gpu)
    assert.deepStrictEqual(lab.ran(), ["a@0"])
    lab.tell({ _tag: "yielded", ...lab.at("a") })
    assert.deepStrictEqual(lab.ran(), [])
    lab.finish("a")
    assert.deepStrictEqual(lab.ran(), ["b@0"])
  })

  it("that lack do not hold up tasks that do not need them", () => {
    const lab = new Lab()
    lab.up(0, { capacity: [4, 1], ahead: 0 })
    lab.submit({ a: [], b: [], c: [], d: ["c"] }, { of: { a: gpu.all, b: gpu.all } })
    assert.deepStrictEqual(lab.ran(), ["a@0", "c@0"])
    lab.finish("c")
    assert.deepStrictEqual(lab.ran(), ["d@0"])
  })

  it("that a worker does not have are found at another", () => {
    const lab = new Lab()
    lab.up(0, { ahead: 0 })
    lab.up(1, { capacity: [1, 1], ahead: 0 })
    lab.submit({ a: [], b: [] }, { of: { a: gpu.all } })
    assert.deepStrictEqual(lab.ran().sort(), ["a@1", "b@0"])
  })
})
