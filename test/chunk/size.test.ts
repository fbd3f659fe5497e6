// That the published estimate is near what V8 really takes, counts what is shared once, ends soon for large values, and
// never throws. The real growth is measured in a process of its own, by heapGrowth.ts.
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { sizeOf } from "../../src/chunk/size.ts"

const script = fileURLToPath(new URL("./heapGrowth.ts", import.meta.url))
const measured = JSON.parse(
  execFileSync(process.execPath, ["--expose-gc", "--single-threaded", script], { encoding: "utf8" })
) as {
  readonly [kind: string]: { readonly real: number; readonly estimated: number }
}

describe("sizeOf is within 30 % of V8's heap growth", () => {
  for (const [kind, { estimated, real }] of Object.entries(measured)) {
    it(kind, () => {
      assert.isAbove(real, 20_000)
      assert.approximately(estimated / real, 1, 0.3, `estimated ${estimated}, real ${real}`)
    })
  }
})

describe("sizeOf", () => {
  it("is the rule that the file publishes", () => {
    assert.strictEqual(sizeOf(7), 0)
    assert.strictEqual(sizeOf(7.5), 16)
    assert.strictEqual(sizeOf("abc"), 24)
    assert.strictEqual(sizeOf("größe".repeat(2)), 16 + 16)
    assert.strictEqual(sizeOf("日本語"), 24)
    assert.strictEqual(sizeOf([{ id: 1, name: "ann" }]), Math.round(48 + 8.8 + 28 + 16 + 24))
    assert.strictEqual(sizeOf(new Map([[1, 2]])), 72 + 28 * 2)
    assert.strictEqual(sizeOf(Object.assign(Object.create(null), { a: 1 })), 88 + 24 * 4)
    assert.strictEqual(sizeOf(Object.assign(Object.create(null), { a: 1, b: 2, c: 3, d: 4 })), 88 + 24 * 8)
    assert.strictEqual(sizeOf(new Float64Array(1000)), 200 + 8000)
  })

  it("counts what is shared, or cyclic, once", () => {
    const big = { text: "x".repeat(100_000) }
    const o: { readonly list: Array<unknown>; self?: unknown } = { list: [big, big, new Map([[big, big]])] }
    o.self = o
    assert.approximately(sizeOf(o), 100_000, 1000)
    const view = new Float64Array(10_000)
    assert.approximately(sizeOf([view, view.subarray(5), new Uint8Array(view.buffer)]), 80_000, 1000)
  })

  it("does not count what lies in shared memory", () => {
    assert.isBelow(sizeOf(new Float64Array(new SharedArrayBuffer(1 << 20))), 500)
  })

  it("measures some of many items, and does not multiply what these share", () => {
    let read = 0
    const row = (i: number) => ({
      get i() {
        return read++, i
      },
      name: "name"
    })
    const rows = Array.from({ length: 200_000 }, (_, i) => row(i))
    const bytes = sizeOf(rows)
    assert.isBelow(read, 1000)
    assert.approximately(bytes / (200_000 * (8.8 + 28 + 16 + 24)), 1, 0.02)
    const few = [{ text: "x".repeat(1_000_000) }, { text: "y".repeat(1_000_000) }]
    assert.approximately(
      sizeOf(Array.from({ length: 200_000 }, (_, i) => few[i & 1])) / (1_760_000 + 2_000_000),
      1,
      0.02
    )
  })

  it("measures fewer of each, the more there are: hundreds of thousands of rows in arrays in arrays", () => {
    let read = 0
    const row = (i: number) => ({
      get i() {
        return read++, i
      },
      pair: [i, i]
    })
    const pages = Array.from({ length: 400 }, () => Array.from({ length: 500 }, (_, i) => row(i)))
    const bytes = sizeOf(pages)
    assert.isBelow(read, 30_000)
    assert.approximately(bytes / (400 * 500 * (8.8 + 28 + 16 + 48 + 17.6)), 1, 0.05)
  })

  it("walks a list of 200000 nodes", () => {
    let list: object | null = null
    for (let i = 0; i < 200_000; i++) list = { next: list }
    assert.strictEqual(sizeOf(list), 7_200_000)
  })

  it("never throws", () => {
    const hostile = {
      get a(): never {
        return assert.fail("no")
      },
      f: () => 1,
      s: Symbol("s")
    }
    const traps = { ownKeys: () => assert.fail("touched"), getPrototypeOf: () => assert.fail("touched") }
    assert.isAbove(sizeOf([hostile, new Proxy({}, traps), new WeakMap(), Promise.resolve(1), new Error("x"), /a/]), 100)
    assert.isAbove(sizeOf(Object.create(null)), 0)
    assert.strictEqual(sizeOf(undefined), 0)
  })
})
