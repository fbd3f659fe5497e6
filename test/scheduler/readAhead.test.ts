// What is read before it is needed, and what waits meanwhile: the reads are bounded, tasks that need none go before those
// that do, and what is about to be read is not written out for something later.
import { assert, describe, it } from "vitest"
import { DISK, SHARED } from "../../src/scheduler/Event.ts"
import { Lab } from "./Lab.ts"

const shared = (bytes: number) => ({ bytes, place: SHARED })

/** One slot and a budget of 10,000; `a0`, `a1` and so on are on disk, 1000 bytes each; `m0` and so on in memory. */
const scene = (onDisk: number, inMemory: number): Lab => {
  const lab = new Lab({ budget: 10_000 })
  lab.up(0, { ahead: 0 })
  for (let i = 0; i < onDisk; i++) {
    lab.submit({ [`a${i}`]: [] }, { wish: `made a${i}` })
    lab.finish(`a${i}`, shared(1000))
  }
  lab.tell({ _tag: "pressure", bytes: 1e9 })
  for (let i = 0; i < onDisk; i++) moved(lab, `a${i}`)
  for (let i = 0; i < inMemory; i++) {
    lab.submit({ [`m${i}`]: [] }, { wish: `made m${i}` })
    lab.finish(`m${i}`, shared(100))
  }
  assert.strictEqual(lab.state.memory.away, onDisk)
  return lab
}

const moved = (lab: Lab, name: string): void => {
  const chunk = lab.chunk(name)
  lab.tell({ _tag: "chunk moved", chunk, place: SHARED | DISK, bytes: lab.state.chunks.bytes[chunk] })
}

const many = (count: number, name: string, input: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}${i}`, [`${input}${i}`]]))

describe("reading ahead", () => {
  it("takes an eighth of the budget at most, beside what the next task needs", () => {
    const lab = scene(6, 0)
    lab.submit(many(6, "r", "a"), { all: { bytes: 0 } })
    assert.deepStrictEqual(lab.chunksOf("restore"), ["a0"])
    moved(lab, "a0")
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("restore")], [["r0@0"], []])
    lab.tell({ _tag: "pressure", bytes: 0 })
    assert.isAtMost(lab.state.memory.restoring, 1250)
  })

  it("ends for all, one after the other", () => {
    const lab = scene(6, 0)
    lab.submit(many(6, "r", "a"), { all: { bytes: 0 } })
    const order: Array<string> = []
    for (let steps = 0; order.length < 6 && steps < 50; steps++) {
      const reading = [0, 1, 2, 3, 4, 5].filter((i) => lab.state.restores.has(lab.chunk(`a${i}`)))
      if (reading.length > 0) moved(lab, `a${reading[0]}`)
      const next = [0, 1, 2, 3, 4, 5].find((i) => !order.includes(`r${i}`) && lab.is(`r${i}`) === "running")
      if (next === undefined) continue
      order.push(`r${next}`)
      lab.finish(`r${next}`)
    }
    assert.deepStrictEqual(order, ["r0", "r1", "r2", "r3", "r4", "r5"])
  })
})

describe("a task that must read its inputs", () => {
  it("lets those go before that need not, and what it reads comes meanwhile", () => {
    const lab = scene(1, 2)
    lab.submit({ first: ["a0"], second: ["m0"], third: ["m1"] }, { all: { bytes: 0 } })
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("restore")], [["second@0"], []])
    lab.finish("second")
    assert.deepStrictEqual(lab.ran(), ["third@0"])
    lab.finish("third")
    assert.deepStrictEqual(lab.chunksOf("restore"), ["a0"])
    moved(lab, "a0")
    assert.deepStrictEqual(lab.ran(), ["first@0"])
  })

  it("is not put off by a root, which would only take more memory", () => {
    const lab = scene(1, 0)
    lab.submit({ first: ["a0"], root: [] }, { all: { bytes: 0 } })
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("restore")], [["root@0"], ["a0"]])
  })

  it("goes before those of less priority", () => {
    const lab = scene(1, 1)
    lab.submit({ first: ["a0"], second: ["m0"] }, { all: { bytes: 0 }, of: { first: { priority: 1, bytes: 0 } } })
    assert.deepStrictEqual(lab.chunksOf("restore"), ["a0"])
  })

  it("is not forgotten when it is dropped while it waits", () => {
    const lab = scene(1, 1)
    lab.submit({ busy: ["m0"] }, { wish: "other", all: { bytes: 0 } })
    lab.submit({ first: ["a0"] }, { all: { bytes: 0 } })
    lab.drop("wish")
    lab.finish("busy")
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("restore"), lab.state.fetching.size], [[], [], 0])
  })
})

describe("a worker that has nothing, where no more may be read ahead", () => {
  it("takes what is near a busy one", () => {
    const lab = scene(2, 1)
    lab.up(1, { ahead: 0 })
    lab.submit({ busy: [] }, { wish: "held", all: { bytes: 0 } })
    assert.deepStrictEqual(lab.ran(), ["busy@0"])
    lab.submit({ first: ["a0"], second: ["a1"], near: ["m0"] }, { all: { bytes: 0 } })
    assert.deepStrictEqual([lab.chunksOf("restore"), lab.ran()], [["a0"], ["near@1"]])
  })
})

describe("what is about to be read", () => {
  it("stays for whoever reads it before the task that needs room", () => {
    const lab = new Lab({ budget: 10_000 })
    lab.up(0, { ahead: 0, capacity: [1] })
    lab.submit({ x: [] }, { wish: "held" })
    lab.finish("x", shared(5000))
    lab.submit({ busy: [] }, { wish: "first", all: { bytes: 0 } })
    lab.submit({ early: ["x"] }, { wish: "second", all: { bytes: 0 } })
    lab.submit({ late: [] }, { wish: "third", all: { bytes: 8000 } })
    lab.finish("busy")
    assert.deepStrictEqual([lab.ran(), lab.chunksOf("spill")], [["early@0"], []])
  })
})
