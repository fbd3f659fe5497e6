// Functions that travel as source text: which ones come back the same, and which are refused.
import { assert, describe, it } from "@effect/vitest"
import { revive } from "../../src/graph/inline.ts"
import { Task } from "../../src/graph/Task.ts"
import { entryOf } from "../../src/graph/TaskFunction.ts"
import { refused } from "./refused.ts"

describe("Task.inline", () => {
  it("ships a source text that gives the same function again", () => {
    const shapes: ReadonlyArray<(...args: Array<number>) => unknown> = [
      (x: number) => x ** 3,
      function(x: number) {
        return x ** 3
      },
      function named(x: number): number {
        return x <= 1 ? x ** 3 : named(1) * x ** 3
      },
      (x: number) => {
        const inner = (y: number): number => y * y
        return inner(x) * x
      },
      (x = 2) => x ** 3,
      (...[x]) => x ** 3
    ]
    for (const shape of shapes) {
      const fn = Task.inline(shape)
      assert.strictEqual(fn, shape)
      const entry = entryOf(fn)
      assert.strictEqual(entry.kind, "inline")
      const revived = revive(entry.source ?? "") as typeof shape
      assert.strictEqual(revived(2), 8)
      assert.strictEqual(revived(2), fn(2))
    }
  })

  it("ships asynchronous functions", async () => {
    const fn = Task.inline(async (x: number) => (await Promise.resolve(x)) + 1)
    assert.strictEqual(await (revive(entryOf(fn).source ?? "") as typeof fn)(2), 3)
  })

  it("revives in strict mode, without the variables around it", () => {
    const outside = 3
    const self = Task.inline(function(this: unknown) {
      return this
    })
    assert.isUndefined((revive(entryOf(self).source ?? "") as typeof self)())
    const leak = Task.inline(() => outside)
    assert.throws(revive(entryOf(leak).source ?? "") as () => number, ReferenceError)
  })

  it("supplies the __name that compilers wrap inner functions in", () => {
    const source = "(x) => { const twice = __name((y) => 2 * y, \"twice\"); return twice(x) }"
    assert.strictEqual((revive(source) as (x: number) => number)(4), 8)
  })

  it("refuses what a source text cannot give back", () => {
    class Counter {
      static count(): number {
        return 1
      }
      get size(): number {
        return 2
      }
    }
    const object = {
      method(x: number) {
        return x
      },
      async later() {},
      "odd name"() {},
      [Symbol.iterator]() {}
    }
    const getter = Object.getOwnPropertyDescriptor(Counter.prototype, "size")?.get
    for (
      const fn of [object.method, object.later, object["odd name"], object[Symbol.iterator], Counter.count, getter]
    ) {
      const error = refused(() => Task.inline(fn as () => void))
      assert.strictEqual(error.path, "Task.inline")
      assert.include(error.message, "cannot be rebuilt from its source text")
    }
    const wrong: ReadonlyArray<readonly [fn: unknown, reason: string]> = [
      [3, "expected a function"],
      [function*() {}, "generator"],
      [async function*() {}, "generator"],
      [Counter, "a class cannot be called"],
      [parseInt, "native function"],
      [object.method.bind(object), "a bound function"],
      [Object.freeze(() => 1), "frozen"]
    ]
    for (const [fn, reason] of wrong) assert.include(refused(() => Task.inline(fn as () => void)).message, reason)
  })
})
