// Task modules: what Task.module and Task.fromModule register and refuse, and how a worker finds a function by its name.
// No worker is started here.
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { delayed, DelayedNode } from "../../src/graph/Delayed.ts"
import { Task } from "../../src/graph/Task.ts"
import { brandKey, entryOf } from "../../src/graph/TaskFunction.ts"
import { findFunction, registeredModule } from "../../src/graph/TaskModule.ts"
import { refused } from "./refused.ts"

class Db extends Context.Service<Db, number>()("test/Db") {}
class Point extends Schema.Class<Point>("Point")({ x: Schema.Number }) {}
class Oops extends Schema.TaggedError<Oops>()("Oops", {}) {}
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
let count = 0
const file = (): string => `file:///tasks/${count++}.ts`

const double = function(this: void, x: number): number {
  return 2 * x
}

describe("Task.module", () => {
  it("gives the same functions back, callable and marked where nobody sees it", () => {
    const url = file()
    const square = (x: number): number => x * x
    const functions = {
      square,
      async: (x: number) => Promise.resolve(x),
      named: function(x: number) {
        return x
      }
    }
    const given = Task.module(url, functions)
    assert.strictEqual(given.square, square)
    assert.strictEqual(given.square(3), 9)
    assert.deepStrictEqual(Object.keys(square), [])
    assert.deepInclude(entryOf(square), { kind: "module", url, name: "square", call: square, source: undefined })
    const node: unknown = delayed(given.square)(3)
    assert.instanceOf(node, DelayedNode)
    assert.strictEqual(node.template.fn, entryOf(square))
  })

  it("numbers its functions apart", () => {
    const { a, b } = Task.module(file(), { a: () => 1, b: () => 2 })
    const c = Task.inline(() => 3)
    const ids = [a, b, c].map((fn) => entryOf(fn).id)
    assert.strictEqual(new Set(ids).size, 3)
    assert.isTrue(ids.every((id) => id > 0))
    assert.strictEqual(entryOf(() => 4).id, 0)
  })

  it("registers functions, layer and schemas under the file's URL", () => {
    const url = file()
    const layer = Layer.succeed(Db, 3)
    const rows = (): Effect.Effect<number, never, Db> => Db
    Task.module(url, { rows }, { layer, schemas: [Point, Oops] })
    const registered = registeredModule(url)
    assert.strictEqual(registered?.functions.get("rows"), rows)
    assert.strictEqual(registered?.layer, layer)
    assert.deepStrictEqual(registered?.schemas, [Point, Oops])
    assert.isUndefined(registeredModule("file:///nowhere.ts"))
  })

  it("merges the calls of one file, and refuses a name given twice", () => {
    const url = file()
    Task.module(url, { a: () => 1 }, { schemas: [Point] })
    Task.module(url, { b: () => 2 }, { schemas: [Point, Oops] })
    const registered = registeredModule(url)
    assert.deepStrictEqual(Array.from(registered?.functions.keys() ?? []), ["a", "b"])
    assert.deepStrictEqual(registered?.schemas, [Point, Oops])
    const error = refused(() => Task.module(url, { c: () => 3, a: () => 4 }))
    assert.strictEqual(error.path, "Task.module: functions.a")
    assert.include(error.message, "names are unique in a file")
    assert.isFalse(registered?.functions.has("c"), "nothing of a refused call is registered")
  })

  it("lets a later run of the same file win", async () => {
    const url = file()
    const layer = Layer.succeed(Db, 1)
    Task.module(url, { a: () => 1 }, { layer })
    await later()
    const again = (): number => 2
    Task.module(url, { a: again })
    assert.strictEqual(registeredModule(url)?.functions.get("a"), again)
    assert.isUndefined(registeredModule(url)?.layer)
    assert.strictEqual(refused(() => Task.module(url, { a: () => 3 })).path, "Task.module: functions.a")
  })

  it("takes one layer per file", () => {
    const url = file()
    const layer = Layer.succeed(Db, 1)
    Task.module(url, { a: () => 1 }, { layer })
    Task.module(url, { b: () => 1 }, { layer })
    const error = refused(() => Task.module(url, { c: () => 1 }, { layer: Layer.succeed(Db, 2) }))
    assert.include(error.message, "Layer.mergeAll")
  })

  it("refuses what a worker could not call, with its place", () => {
    const wrong: ReadonlyArray<readonly [fn: unknown, reason: string]> = [
      [3, "expected a function, got the number 3"],
      [undefined, "expected a function, got undefined"],
      [function*() {}, "a generator function"],
      [async function*() {}, "a generator function"],
      [class A {}, "a class cannot be called"],
      [Map, "native"],
      [Math.sqrt, "native"],
      [double.bind(undefined), "a bound function"],
      [Object.freeze((x: number) => x), "frozen"]
    ]
    for (const [fn, reason] of wrong) {
      const error = refused(() => Task.module(file(), { ok: () => 1, bad: fn as () => void }))
      assert.strictEqual(error.path, "Task.module: functions.bad")
      assert.include(error.message, reason)
    }
    assert.isFalse(brandKey in Math.sqrt)
  })

  it("takes methods, functions that return Effects, and Effect.fn", () => {
    const given = Task.module(file(), {
      method(x: number) {
        return x
      },
      fn: Effect.fn("fn")(function*(x: number) {
        return yield* Effect.succeed(x)
      }),
      untraced: Effect.fnUntraced(function*(x: number) {
        return yield* Effect.succeed(x)
      })
    })
    assert.strictEqual(Effect.runSync(given.untraced(given.method(3))), 3)
    assert.strictEqual(entryOf(given.fn).name, "fn")
  })

  it("refuses a wrong URL, wrong options and classes that cannot cross", () => {
    const a = (): number => 1
    assert.include(refused(() => Task.module("/tasks.ts", { a })).message, "expected import.meta.url")
    assert.strictEqual(refused(() => Task.module(file(), [a] as never)).path, "Task.module: functions")
    assert.strictEqual(
      refused(() => Task.module(file(), { a }, { layer: Db as never })).path,
      "Task.module: options.layer"
    )
    assert.strictEqual(
      refused(() => Task.module(file(), { a }, { layr: 1 } as never)).path,
      "Task.module: options.layr"
    )
    class Plain {}
    const error = refused(() => Task.module(file(), { a }, { schemas: [Point, Plain as never] }))
    assert.strictEqual(error.path, "Task.module: options.schemas[1]")
    assert.include(error.message, "got the function Plain")
  })
})

describe("findFunction", () => {
  it("finds what is registered before what is exported, and below default where CommonJS has it", () => {
    const url = file()
    const a = (): number => 1
    Task.module(url, { a })
    assert.strictEqual(findFunction(url, "a", { a: () => 2 }), a)
    assert.strictEqual(findFunction("file:///plain.ts", "a", { a }), a)
    assert.strictEqual(findFunction("file:///plain.cjs", "a", { default: { a } }), a)
  })

  it("says what there is instead", () => {
    const url = file()
    Task.module(url, { square: () => 1, add: () => 2 })
    const error = refused(() => findFunction(url, "squre", {}), "TaskFunctionMissing")
    assert.deepInclude<object>(error, { module: url, function: "squre", registered: ["square", "add"] })
    assert.include(error.message, "did you mean \"square\"?")
    assert.include(error.message, "It registers square, add.")
    const plain = refused(() => findFunction("file:///plain.ts", "x", { a: () => 1, b: 2 }), "TaskFunctionMissing")
    assert.include(plain.message, "It registers a.")
  })
})

describe("Task.fromModule", () => {
  it("gives a task function for every name, without importing the module", () => {
    const url = new URL("./no-such-file.ts", import.meta.url)
    const stats = Task.fromModule<{ mean(xs: ReadonlyArray<number>): number; median(): number }>(url)
    assert.deepInclude(entryOf(stats.mean), { kind: "module", url: url.href, name: "mean", call: undefined })
    assert.strictEqual(stats.mean, stats.mean)
    assert.notStrictEqual(entryOf(stats.mean).id, entryOf(stats.median).id)
    assert.strictEqual(stats.mean.name, "mean")
    assert.instanceOf(delayed(stats.mean)([1, 2]), DelayedNode)
  })

  it("is not taken for a promise", async () => {
    const record = Task.fromModule<{ a(): number }>("file:///a.ts")
    assert.strictEqual(await record, record)
  })

  it("explains itself when called here", () => {
    const { mean } = Task.fromModule<{ mean(): number }>("file:///stats.ts")
    const error = refused(() => mean())
    assert.include(error.message, "delayed(mean)(...)")
    assert.include(error.message, "file:///stats.ts")
  })

  it("takes what the caller's own file resolves, and nothing that only that file could", () => {
    assert.include(
      entryOf(Task.fromModule<typeof import("piscina")>(import.meta.resolve("piscina")).move).url,
      "piscina"
    )
    assert.strictEqual(entryOf(Task.fromModule<typeof import("node:path")>("node:path").join).url, "node:path")
    assert.include(refused(() => Task.fromModule("./x.ts")).message, "new URL(\"./x.ts\", import.meta.url)")
    assert.include(refused(() => Task.fromModule("../x.ts")).message, "new URL(\"../x.ts\", import.meta.url)")
    assert.include(refused(() => Task.fromModule("/x.ts")).message, "new URL(\"/x.ts\", import.meta.url)")
    assert.include(refused(() => Task.fromModule("piscina")).message, "import.meta.resolve(\"piscina\")")
    assert.include(refused(() => Task.fromModule(3 as never)).message, "expected a URL, got the number 3")
  })
})
