// What may be an input: handles in their places, values that may cross, and the path of what may not.
import { afterEach, assert, describe, it } from "@effect/vitest"
import { Option } from "effect"
import { all } from "../../src/graph/all.ts"
import { delayed, DelayedNode } from "../../src/graph/Delayed.ts"
import { handleMark } from "../../src/graph/Handle.ts"
import { type InputCheck, setInputCheck } from "../../src/graph/input.ts"
import { Task } from "../../src/graph/Task.ts"
import { refused } from "./refused.ts"

const take = (...values: Array<unknown>): number => values.length
const closure = delayed(take)
const onWorker = delayed(Task.inline((...values: Array<unknown>) => values.length))
const handle = delayed(take)()
const inputsOf = (value: unknown): ReadonlyArray<unknown> => {
  assert.instanceOf(value, DelayedNode)
  return value.inputs
}

afterEach(() => setInputCheck(undefined))

describe("handles in inputs", () => {
  it("are allowed alone and one level deep in an array", () => {
    assert.deepStrictEqual(inputsOf(closure(handle, [1, handle], all({ handle }))).length, 3)
  })

  it("are copied with their array, so that later changes cannot make a cycle", () => {
    const list: Array<unknown> = [1, handle]
    const node = closure(list)
    list[1] = node
    assert.deepStrictEqual(inputsOf(node), [[1, handle]])
  })

  it("leave arrays without them alone, as their identity makes them one chunk", () => {
    const list = [1, { a: 2 }]
    assert.strictEqual(inputsOf(closure(list))[0], list)
  })

  it("are refused deeper, with the path and the hint", () => {
    const shared = { handle }
    const cases: ReadonlyArray<readonly [value: unknown, path: string]> = [
      [{ items: [handle] }, "input 1: .items[0]"],
      [[[handle]], "input 1: [0][0]"],
      [[{ a: 1 }, { a: { b: handle } }], "input 1: [1].a.b"],
      [[handle, { a: handle }], "input 1: [1].a"],
      [{ "odd key": handle }, "input 1: [\"odd key\"]"],
      [new Map([["key", { handle }]]), "input 1: .get(\"key\").handle"],
      [new Map([[handle, 1]]), "input 1: <key 0 of the Map>"],
      [new Map([[3, handle]]), "input 1: <value 0 of the Map>"],
      [new Set([1, handle]), "input 1: <item 1 of the Set>"],
      [Object.assign(Object.create(null) as object, { handle }), "input 1: .handle"],
      [[shared, shared], "input 1: [0].handle"]
    ]
    for (const [value, path] of cases) {
      const error = refused(() => closure(value))
      assert.strictEqual(error.path, path)
      assert.include(error.message, "all({")
    }
    assert.strictEqual(refused(() => closure(1, "a", { handle })).path, "input 3: .handle")
  })

  it("are found in cyclic and in very deep values", () => {
    const cyclic: Record<string, unknown> = {}
    cyclic["self"] = cyclic
    assert.strictEqual(inputsOf(closure(cyclic))[0], cyclic)
    cyclic["late"] = { handle }
    assert.strictEqual(refused(() => closure(cyclic)).path, "input 1: .late.handle")
    const root: Record<string, unknown> = {}
    let leaf = root
    for (let i = 0; i < 50_000; i++) leaf = leaf["n"] = {} as Record<string, unknown>
    assert.strictEqual(inputsOf(closure(root))[0], root)
  })

  it("of another copy of Poniard are named as such", () => {
    class Foreign {}
    Object.defineProperty(Foreign.prototype, handleMark, { value: true })
    assert.include(refused(() => closure(new Foreign())).message, "another copy of Poniard")
    assert.include(refused(() => closure([1, new Foreign()])).message, "another copy of Poniard")
    assert.include(refused(() => all([new Foreign() as never])).message, "another copy of Poniard")
  })
})

describe("the check of values", () => {
  const noDates: InputCheck = (value) =>
    value instanceof Date ?
      { path: "", reason: "is a date" }
      : Array.isArray(value) && value.some((x) => x instanceof Date) ?
      { path: "[1]", reason: "is a date" }
      : typeof value === "function" || typeof value === "symbol" ?
      { path: "", reason: "cannot be cloned" }
      : undefined

  it("refuses values for workers, with the path, and lets closures have anything", () => {
    setInputCheck(noDates)
    const date = new Date(0)
    assert.strictEqual(refused(() => onWorker(1, date), "NotTransferable").path, "input 2")
    assert.strictEqual(refused(() => onWorker([1, date]), "NotTransferable").path, "input 1: [1]")
    assert.strictEqual(refused(() => onWorker([handle, date]), "NotTransferable").path, "input 1: [1]")
    assert.strictEqual(refused(() => onWorker.map([1, [1, date]]), "NotTransferable").path, "items[1][1]")
    assert.strictEqual(refused(() => onWorker(() => 1), "NotTransferable").reason, "cannot be cloned")
    assert.strictEqual(refused(() => onWorker(Symbol()), "NotTransferable").reason, "cannot be cloned")
    assert.deepStrictEqual(inputsOf(closure(date, [date], take)), [date, [date], take])
  })

  it("is not asked about primitives and handles", () => {
    const asked: Array<unknown> = []
    setInputCheck((value) => {
      asked.push(value)
      return undefined
    })
    onWorker(1, "a", true, null, undefined, 3n, handle, [handle, 1, "b"])
    assert.deepStrictEqual(asked, [])
    const option = Option.some(1)
    onWorker([handle, option], option)
    assert.deepStrictEqual(asked, [option, option])
  })

  it("looks through a large value once, however many tasks are given it", () => {
    let asked = 0
    setInputCheck(() => {
      asked++
      return undefined
    })
    const large = Array.from({ length: 1000 }, (_, i) => i)
    for (let i = 0; i < 10; i++) onWorker(large, i)
    assert.strictEqual(asked, 1)
    // being fit for a closure does not make it fit for a worker
    const other = { rows: large }
    const many = Array.from({ length: 1000 }, () => other)
    closure(many)
    onWorker(many)
    assert.strictEqual(asked, 2)
  })
})
