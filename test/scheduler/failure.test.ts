// What failure does (DESIGN sections 3 and 8): it takes all dependents with it and says by which way; retries, timeouts
// and cancelling; wishes that want exits.
import { assert, describe, it } from "vitest"
import { Lab } from "./Lab.ts"

const oneFiber = (): Lab => {
  const lab = new Lab()
  lab.up(0, { ahead: 0, capacity: [9] })
  return lab
}

describe("a task that fails", () => {
  it("fails all that depends on it, each by way of the input that failed, and nothing else", () => {
    const lab = oneFiber()
    lab.submit({ a: [], b: ["a"], c: ["b"], d: ["a", "c"], x: [], y: ["x"] })
    lab.fail("a")
    const failed = lab.failed()
    assert.deepStrictEqual([...failed].sort(), [
      "a: error",
      "b < a: error",
      "c < b: error",
      "d < a: error",
      "wish < d: error"
    ])
    assert.strictEqual(failed[0], "a: error")
    assert.strictEqual(lab.is("x"), "running")
  })

  it("is told of before those that failed because of it", () => {
    const lab = oneFiber()
    const graph: Record<string, ReadonlyArray<string>> = { t0: [] }
    for (let i = 1; i < 50; i++) graph[`t${i}`] = [`t${i - 1}`, `t${i >> 1}`].filter((input) => input !== `t${i}`)
    lab.submit(graph)
    lab.fail("t0")
    const seen = new Set<string>()
    for (const line of lab.failed()) {
      const [, name, via] = /^(\w+)(?: < (\w+))?:/.exec(line)!
      if (via !== undefined) assert.isTrue(seen.has(via), line)
      seen.add(name)
    }
    assert.strictEqual(seen.size, 51)
  })

  it("interrupts dependents of its siblings' inputs and lets go of them at once", () => {
    const lab = oneFiber()
    lab.submit({ a: [], slow: [], both: ["a", "slow"] })
    lab.fail("a")
    assert.deepStrictEqual(lab.interrupted(), ["slow@0"])
    assert.deepStrictEqual(lab.chunksOf("release"), ["a", "slow"])
  })

  it("is gone when the wishes that it failed are dropped", () => {
    const lab = oneFiber()
    lab.submit({ a: [], b: ["a"] })
    lab.fail("a")
    assert.strictEqual(lab.is("b"), "failed")
    lab.drop("wish")
    assert.strictEqual(lab.is("b"), "free")
    assert.strictEqual(lab.state.chunks.count, 0)
  })

  it("fails a chain of 100,000 without a stack overflow", () => {
    const lab = oneFiber()
    const graph: Record<string, ReadonlyArray<string>> = { t0: [] }
    for (let i = 1; i < 100_000; i++) graph[`t${i}`] = [`t${i - 1}`]
    lab.submit(graph)
    lab.fail("t0")
    assert.lengthOf(lab.failed(), 100_001)
  })

  it("fails at once what is submitted on top of it later, with the same way", () => {
    const lab = oneFiber()
    lab.submit({ a: [] }, { wish: "first" })
    lab.fail("a")
    lab.submit({ b: ["a"], c: ["b"] }, { wish: "second" })
    assert.deepStrictEqual(lab.failed(), ["b < a: error", "c < b: error", "second < c: error"])
  })

  it("takes nothing from a task further on in the same slice that uses another input of a failed one", () => {
    const lab = oneFiber()
    lab.submit({ a: [] }, { wish: "first" })
    lab.fail("a")
    lab.submit({ p: [], dead: ["p", "a", "big"], r: ["p", "big"] }, {
      wish: "second",
      wants: ["r"],
      given: { big: [1000, 2] }
    })
    lab.finish("p")
    assert.deepStrictEqual(lab.ran(), ["r@0"])
    lab.finish("r")
    assert.deepStrictEqual(lab.settled(), ["second"])
  })
})

describe("a wish for exits", () => {
  it("settles when all its inputs have, well or badly", () => {
    const lab = oneFiber()
    lab.submit({ a: [], b: [], c: ["a"] }, { exits: true, wants: ["a", "b", "c"] })
    lab.fail("a")
    assert.deepStrictEqual(lab.failed(), ["a: error", "c < a: error"])
    assert.deepStrictEqual(lab.settled(), [])
    lab.finish("b")
    assert.deepStrictEqual(lab.settled(), ["wish"])
  })

  it("settles at once when everything has failed or is stored already", () => {
    const lab = oneFiber()
    lab.submit({ a: [], b: [] })
    lab.fail("a")
    lab.finish("b")
    lab.submit({}, { wish: "exits", wants: ["a", "b"], exits: true })
    assert.deepStrictEqual(lab.settled(), ["exits"])
  })

  it("keeps the others going where a plain wish would have dropped them", () => {
    for (const exits of [true, false]) {
      const lab = oneFiber()
      lab.submit({ a: [], b: [] }, { exits })
      lab.fail("a")
      lab.drop("wish")
      assert.deepStrictEqual(lab.interrupted(), ["b@0"])
    }
  })
})

describe("cancelling", () => {
  it("fails a task and its dependents, and interrupts what runs", () => {
    const lab = oneFiber()
    lab.submit({ a: [], b: ["a"] })
    lab.tell({ _tag: "cancelled", tasks: [lab.task("a")] })
    assert.deepStrictEqual(lab.failed(), ["a: cancelled", "b < a: cancelled", "wish < b: cancelled"])
    assert.deepStrictEqual(lab.interrupted(), ["a@0"])
  })

  it("of a task that is stored or has failed changes nothing", () => {
    const lab = oneFiber()
    lab.submit({ a: [], b: [] }, { exits: true })
    lab.finish("a")
    lab.fail("b")
    lab.tell({ _tag: "cancelled", tasks: [lab.task("a"), lab.task("b")] })
    assert.deepStrictEqual(lab.commands, [])
  })

  it("makes what the attempt still reports news of nobody's", () => {
    const lab = oneFiber()
    lab.submit({ a: [] })
    const late = lab.finished(["a"], { bytes: 100 })
    lab.tell({ _tag: "cancelled", tasks: [lab.task("a")] })
    lab.tell(late)
    assert.strictEqual(lab.is("a"), "failed")
    assert.strictEqual(lab.state.memory.resident, 0)
  })
})

describe("a retry", () => {
  it("comes when its time has passed, as another attempt", () => {
    const lab = oneFiber()
    lab.submit({ a: [], b: ["a"] })
    const { attempt } = lab.at("a")
    lab.fail("a", 50)
    const [timer] = lab.timers()
    assert.deepStrictEqual([timer.ms, timer.purpose, timer.task], [50, "retry", lab.task("a")])
    assert.deepStrictEqual([lab.ran(), lab.is("a"), lab.is("b")], [[], "waiting", "waiting"])
    lab.tell({ _tag: "elapsed", token: timer.token, retryAfter: -1 })
    assert.deepStrictEqual(lab.ran(), ["a@0"])
    assert.isAbove(lab.at("a").attempt, attempt)
    lab.finish("a")
    assert.deepStrictEqual(lab.ran(), ["b@0"])
  })

  it("comes at once if it need not wait", () => {
    const lab = oneFiber()
    lab.submit({ a: [] })
    lab.fail("a", 0)
    assert.deepStrictEqual([lab.timers(), lab.ran()], [[], ["a@0"]])
  })

  it("does not come for a task that is wanted no more, nor for another that has its id", () => {
    const lab = oneFiber()
    lab.submit({ a: [] })
    const id = lab.task("a")
    lab.fail("a", 50)
    const [{ token }] = lab.timers()
    lab.drop("wish")
    assert.strictEqual(lab.is("a"), "free")
    lab.submit({ x: [], b: ["x"] }, { wish: "other" })
    assert.include([lab.task("x"), lab.task("b")], id)
    lab.tell({ _tag: "elapsed", token, retryAfter: -1 })
    assert.deepStrictEqual(lab.commands, [])
  })
})

describe("a timeout", () => {
  const timed = { of: { a: { timeout: 20 } } }
  const scene = (): { readonly lab: Lab; readonly token: number } => {
    const lab = oneFiber()
    lab.submit({ a: [], b: ["a"] }, timed)
    assert.deepStrictEqual(lab.timers(), [])
    const { attempt, task, worker } = lab.at("a")
    lab.tell({ _tag: "claimed", worker, tasks: [task], attempts: [attempt] })
    const [{ ms, token }] = lab.timers()
    assert.strictEqual(ms, 20)
    return { lab, token }
  }

  it("counts from the claim and fails the task", () => {
    const { lab, token } = scene()
    lab.tell({ _tag: "elapsed", token, retryAfter: -1 })
    assert.deepStrictEqual(lab.failed(), ["a: timeout", "b < a: timeout", "wish < b: timeout"])
    assert.deepStrictEqual(lab.interrupted(), ["a@0"])
  })

  it("lets it be tried again if the Schedule says so", () => {
    const { lab, token } = scene()
    lab.tell({ _tag: "elapsed", token, retryAfter: 0 })
    assert.deepStrictEqual([lab.interrupted(), lab.ran(), lab.failed()], [["a@0"], ["a@0"], []])
  })

  it("is nothing to an attempt that has finished, or to the next one", () => {
    const { lab, token } = scene()
    const done = scene()
    done.lab.finish("a")
    done.lab.tell({ _tag: "elapsed", token: done.token, retryAfter: -1 })
    assert.deepStrictEqual(done.lab.commands, [])
    lab.fail("a", 0)
    lab.tell({ _tag: "elapsed", token, retryAfter: -1 })
    assert.deepStrictEqual(lab.commands, [])
  })

  it("is not asked for where the class has none", () => {
    const lab = oneFiber()
    lab.submit({ a: [] })
    const { attempt, task, worker } = lab.at("a")
    lab.tell({ _tag: "claimed", worker, tasks: [task], attempts: [attempt] })
    assert.deepStrictEqual(lab.timers(), [])
  })
})
