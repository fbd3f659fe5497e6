// How tasks that are run as one fail: every claim holds for the same tasks apart, word for word.
import { assert } from "@effect/vitest"
import { Cause, Effect, type Exit } from "effect"
import { collect, delayed, Engine, spawn, Spawned, Task } from "poniard"
import { inEach, traceOf } from "./fused.ts"
import * as chained from "./modules/chained.ts"
import { minus } from "./modules/chainedOther.ts"
import { failsWith } from "./plain/Claim.ts"

const { add, inc, later, slowly } = chained

inEach("what fails in tasks that follow each other", [true, false], (test, { fuse, name, threads }) => {
  const failing = { throws: chained.throws, rejects: chained.rejects, dies: chained.dies }

  for (const [name, fails] of Object.entries(failing)) {
    test(`is TaskFailed with its name and the way to who asked (${name})`, () =>
      Effect.gen(function*() {
        for (const before of [inc, slowly, later] as ReadonlyArray<typeof inc>) {
          const chain = delayed(inc)(delayed(fails as typeof inc)(delayed(before)(1)))
          const error = yield* failsWith(collect(delayed(add)(chain, delayed(inc)(1))), "TaskFailed")
          assert.deepInclude(error, { task: "add", root: name, attempt: 1 })
          assert.deepStrictEqual(error.path, [name, "inc", "add"])
          assert.match(String((error.cause as Error).stack), /RangeError: no 2[^]*chained\.ts/)
          const own = yield* failsWith(collect(chain), "TaskFailed")
          assert.deepStrictEqual([own.task, own.path], ["inc", [name, "inc"]])
          const last = yield* failsWith(collect(delayed(fails as typeof inc)(delayed(before)(1))), "TaskFailed")
          assert.deepStrictEqual([last.task, last.root, last.path], [name, name, [name]])
        }
      }))
  }

  test("with a typed error stays itself", () =>
    Effect.gen(function*() {
      const chain = delayed(inc, { name: "total" })(delayed(chained.fails)(delayed(inc)(6)))
      const exit = yield* Effect.exit(collect(delayed(add)(chain, delayed(inc)(1))))
      assert.deepInclude(traceOf(exit), { task: "add", root: "fails", path: ["fails", "total", "add"] })
      const error = Cause.squash((exit as Exit.Failure<number, unknown>).cause)
      assert.instanceOf(error, chained.Bad)
      assert.strictEqual((error as chained.Bad).code, 7)
    }))

  test("because an input does has the whole way", () =>
    Effect.gen(function*() {
      const root = delayed(chained.throws, { name: "root" })(1)
      const error = yield* failsWith(collect(delayed(minus)(delayed(slowly)(delayed(inc)(root)))), "TaskFailed")
      assert.deepStrictEqual(error.path, ["root", "inc", "slowly", "minus"])
    }))

  test("because its function is missing, or its module, says which", () =>
    Effect.gen(function*() {
      const url = new URL("./modules/chained.ts", import.meta.url)
      const { nope } = Task.fromModule<{ nope: (x: number) => number }>(url)
      const missing = delayed(minus)(delayed(nope)(delayed(inc)(1)))
      const gone = Task.fromModule<{ f: (x: number) => number }>(new URL("./modules/gone.ts", import.meta.url))
      const unloadable = delayed(minus)(delayed(gone.f)(delayed(inc)(1)))
      for (
        const [task, tag, root] of [[missing, "TaskFunctionMissing", "nope"], [
          unloadable,
          "TaskModuleUnloadable",
          "f"
        ]] as const
      ) {
        const exit = yield* Effect.exit(collect(task))
        assert.deepInclude(traceOf(exit), { root, path: [root, "minus"] })
        const error = Cause.squash((exit as Exit.Failure<number, unknown>).cause) as { _tag: string }
        assert.strictEqual(error._tag, threads ? tag : "TaskFailed")
      }
    }))

  // On this thread results stay as they are, over bytes inputs are copies.
  if (threads) {
    test("because its result cannot be held is NotTransferable of the last", () =>
      Effect.gen(function*() {
        const chain = delayed(chained.odd)(delayed(inc)(1))
        const error = yield* failsWith(collect(chain), "NotTransferable")
        assert.strictEqual(error.path, "result of \"odd\": .f")
      }))
  }

  if (name !== "bytes") {
    test("because it wrote to an input says which, of whom", () =>
      Effect.gen(function*() {
        const large = Float64Array.from({ length: 5000 }, () => 1)
        const exit = yield* Effect.exit(collect(delayed(minus)(delayed(chained.writes)(delayed(inc)(1), large))))
        const error = Cause.squash((exit as Exit.Failure<number, unknown>).cause) as Record<string, unknown>
        assert.deepInclude(error, { _tag: "InputMutated", task: "writes", path: "input 2" })
        assert.deepInclude(traceOf(exit), { root: "writes", path: ["writes", "minus"] })
      }))
  }

  test("is told to people under a name", () =>
    Effect.gen(function*() {
      const handle = yield* spawn(chained.throws, delayed(inc)(1))
      yield* Spawned.wait(handle)
      assert.match(yield* Engine.explain(handle as never), /throws.*TaskFailed/)
      const gate = delayed(() => Effect.never, { name: "gate" })()
      const before = delayed((x: number) => x, fuse ? {} : { name: "before" })(gate)
      const last = delayed(function last(x: number) {
        return x
      })(before)
      yield* Effect.forkScoped(collect(last))
      yield* Effect.sleep(5)
      const why = yield* Engine.explain(last)
      assert.match(
        why,
        fuse
          ? /^"\(anonymous\) -> last" \(task \d+\) is waiting for "gate"/
          : /^"last" \(task \d+\) is waiting for "before"/
      )
    }))
})
