// Descriptions as plain values: what `delayed`, `.map`, `outputs` and `all` make, and what they refuse at the call.
// Nothing is run here.
import { assert, describe, it } from "@effect/vitest"
import { all, AllNode } from "../../src/graph/all.ts"
import { delayed, DelayedNode, OutputNode } from "../../src/graph/Delayed.ts"
import { Handle, HandleKind } from "../../src/graph/Handle.ts"
import { Task } from "../../src/graph/Task.ts"
import { templateOf } from "../../src/graph/Template.ts"
import { refused } from "./refused.ts"

const add = (a: number, b: number): number => a + b
const sum = (xs: ReadonlyArray<number>): number => xs.reduce((a, b) => a + b, 0)
const node = (value: unknown): DelayedNode => {
  assert.instanceOf(value, DelayedNode)
  return value
}

describe("delayed", () => {
  it("describes a call and runs nothing", () => {
    let runs = 0
    const p = node(delayed((n: number) => runs += n)(3))
    assert.strictEqual(runs, 0)
    assert.strictEqual(p.kind, HandleKind.delayed)
    assert.deepStrictEqual(p.inputs, [3])
    assert.strictEqual(p.item, -1)
    assert.deepStrictEqual([p.engine, p.task], [0, -1])
    assert.strictEqual(p.template.fn.kind, "closure")
    assert.strictEqual(p.template.fn.id, 0)
  })

  it("keeps handles among the inputs as they are", () => {
    const p = delayed(add)(1, 2)
    const q = node(delayed(add)(p, 3))
    assert.strictEqual(q.inputs[0], p)
  })

  it("has one template for a function without options, whoever asks", () => {
    const a = node(delayed(add)(1, 2))
    const b = node(delayed(add)(3, 4))
    assert.strictEqual(a.template, b.template)
    assert.strictEqual(delayed(add), delayed(add))
    assert.notStrictEqual(node(delayed(sum)([1])).template, a.template)
  })

  it("makes a new template when a closure becomes a task function, or a task function is registered anew", () => {
    const fn = (n: number): number => n
    const before = templateOf(fn, undefined, "delayed")
    Task.inline(fn)
    const inline = templateOf(fn, undefined, "delayed")
    Task.module("file:///anew.ts", { fn })
    const module = templateOf(fn, undefined, "delayed")
    assert.deepStrictEqual([before.fn.kind, inline.fn.kind, module.fn.kind], ["closure", "inline", "module"])
    assert.strictEqual(templateOf(fn, undefined, "delayed"), module)
  })

  it("gives templates with the same scheduling options the same key, whatever their names", () => {
    const key = (fn: Function, options: unknown): string => templateOf(fn, options, "delayed").key
    const square = Task.inline((x: number) => x * x)
    assert.strictEqual(key(add, { name: "a" }), key(sum, { name: "b" }))
    assert.strictEqual(key(square, {}), key(square, undefined))
    assert.strictEqual(key(square, { timeout: "1 second" }), key(square, { timeout: 1000 }))
    const keys = [
      {},
      { priority: 1 },
      { timeout: 5 },
      { bytes: 8 },
      { persist: true },
      { getResult: true },
      { meta: true },
      { outputs: 1 },
      { outputs: 2 }
    ].map((options) => key(square, options))
    assert.strictEqual(new Set([...keys, key(add, {})]).size, keys.length + 1)
  })

  it("refuses what is no function, and guesses an import cycle behind undefined", () => {
    assert.include(refused(() => delayed(3 as never)).message, "expected a function, got the number 3")
    assert.include(refused(() => delayed(undefined as never)).message, "import cycle")
    assert.include(refused(() => delayed(delayed(add)(1, 2) as never)).message, "got a DelayedNode")
  })
})

describe("delayed with outputs", () => {
  const split = (n: number): Array<number> => [n, n + 1]

  it("gives so many handles of one task", () => {
    const [a, b] = delayed(split, { outputs: 2 })(7)
    assert.instanceOf(a, OutputNode)
    assert.instanceOf(b, OutputNode)
    assert.strictEqual(a.kind, HandleKind.output)
    assert.strictEqual(a.node, b.node)
    assert.deepStrictEqual([a.index, b.index], [0, 1])
    assert.deepStrictEqual(a.node.inputs, [7])
    assert.strictEqual(a.node.template.outputs, 2)
  })

  it("gives a tuple of one for outputs: 1, which is not the same as none", () => {
    const outputs = delayed(split, { outputs: 1 })(7)
    assert.lengthOf(outputs, 1)
    assert.instanceOf(outputs[0], OutputNode)
    assert.strictEqual(node(delayed(split)(7)).template.outputs, 0)
  })

  it("takes handles where values go, and maps to outputs of each task", () => {
    const [left] = delayed(split, { outputs: 2 })(1)
    assert.strictEqual(node(delayed(add)(left, 1)).inputs[0], left)
    const rows = delayed(split, { outputs: 2 }).map([1, 2, 3])
    assert.deepStrictEqual(rows.map((row) => row.length), [2, 2, 2])
    const cell: unknown = rows[2][1]
    assert.instanceOf(cell, OutputNode)
    assert.deepStrictEqual([cell.index, cell.node.item], [1, 2])
  })

  it("refuses a count that is none", () => {
    for (const outputs of [0, -1, 1.5, NaN, Infinity, "2", true]) {
      const error = refused(() => delayed(split, { outputs: outputs as never }))
      assert.strictEqual(error.path, "delayed: options.outputs")
    }
  })
})

describe("delayed(fn).map", () => {
  it("makes one node per item, which share the items and the further inputs", () => {
    const items = [1, 2, 3]
    const nodes = delayed(add).map(items, 10).map(node)
    assert.deepStrictEqual(nodes.map((n) => n.item), [0, 1, 2])
    assert.strictEqual(nodes[0].inputs, nodes[2].inputs)
    assert.deepStrictEqual(nodes[0].inputs, [[1, 2, 3], 10])
    items.push(4)
    assert.deepStrictEqual(nodes[0].inputs[0], [1, 2, 3])
  })

  it("takes handles and arrays of handles as items, and handles as further inputs", () => {
    const p = delayed(add)(1, 2)
    const [first, second] = delayed(add).map([p, 5], p).map(node)
    assert.deepStrictEqual(first.inputs, [[p, 5], p])
    assert.deepStrictEqual([first.item, second.item], [0, 1])
    const [row] = delayed(sum).map([[p, 1], [2]]).map(node)
    assert.deepStrictEqual(row.inputs, [[[p, 1], [2]]])
  })

  it("names the item of a bad value", () => {
    const p = delayed(add)(1, 2)
    const f = delayed((x: { readonly a: number }, y: unknown) => [x, y])
    assert.strictEqual(refused(() => f.map([{ a: 1 }, { a: p as never }], 1)).path, "items[1].a")
    assert.strictEqual(refused(() => f.map([{ a: 1 }], { deep: { p } })).path, "input 2: .deep.p")
  })

  it("refuses items that are no array", () => {
    assert.include(
      refused(() => delayed(add).map(3 as never, 1)).message,
      "expected an array of items, got the number 3"
    )
    assert.include(refused(() => delayed(add).map(new Float64Array(2) as never, 1)).message, "Array.from")
  })

  it("makes nothing of no items", () => {
    assert.deepStrictEqual(delayed(add).map([], 1), [])
  })
})

describe("all", () => {
  it("joins handles into a handle of the same shape, its own copy", () => {
    const p = delayed(add)(1, 2)
    const record = { p, deep: all([p, p]) }
    const joined: unknown = all(record)
    assert.instanceOf(joined, AllNode)
    assert.isTrue(joined instanceof Handle)
    assert.strictEqual(joined.kind, HandleKind.all)
    assert.deepStrictEqual(joined.shape, { p, deep: record.deep })
    assert.notStrictEqual(joined.shape, record)
    const list = [p]
    const array: unknown = all(list)
    list.push(p)
    assert.instanceOf(array, AllNode)
    assert.deepStrictEqual(array.shape, [p])
  })

  it("may be empty", () => {
    assert.deepStrictEqual((all([]) as unknown as AllNode).shape, [])
    assert.deepStrictEqual((all({}) as unknown as AllNode).shape, {})
  })

  it("refuses members that are no handles, with their place", () => {
    const p = delayed(add)(1, 2)
    const bad = refused(() => all({ p, n: 3 as never }))
    assert.strictEqual(bad.message, "all: .n: expected a handle (a Delayed, Spawned or Chunk), got the number 3")
    assert.strictEqual(refused(() => all([p, undefined as never])).path, "all: [1]")
    assert.include(refused(() => all({ p, deep: [p] as never })).message, "an all of their own")
  })

  it("refuses what is no group", () => {
    for (const what of [3, null, undefined, "ab", add, delayed(add)(1, 2)]) {
      assert.include(refused(() => all(what as never)).message, "expected a handle, or a record or array of handles")
    }
  })
})
