// The errors as a person and a program meet them: messages, fields, names and tags, with and without Effect loaded.
// When an engine gives which of them is tested in test/engine.
import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Effect, Exit, Schema } from "effect"
import { execFileSync } from "node:child_process"
import { delayed } from "../../src/graph/Delayed.ts"
import * as errors from "../../src/graph/errors.ts"
import { messages } from "../../src/graph/messages.ts"

const { GraphInvalid, NotTransferable, ProcessorLost, StoreFull, TaskCancelled, TaskFailed, TaskTimedOut, TaskTrace } =
  errors

const failed = (task: string, path: ReadonlyArray<string>, cause: unknown): errors.TaskFailed =>
  new TaskFailed({ task, root: path[0], path, processor: "thread 2", attempt: 1, cause })

describe("errors", () => {
  it("carry their tag as name, and a message with what, where and what to do", () => {
    const cases: ReadonlyArray<readonly [error: errors.TaskError, parts: ReadonlyArray<string>]> = [
      [new TaskCancelled({ task: "b", root: "a" }), ["Task \"b\" was cancelled because \"a\" was"]],
      [new TaskTimedOut({ task: "a", root: "a", timeout: 50, processor: "thread 1", attempt: 2 }), [
        "50 ms",
        "attempt 2"
      ]],
      [
        new errors.Unplaceable({ task: "a", wanted: ["gpu"], present: ["thread 1", "fiber"] }),
        ["gpu", "thread 1, fiber", "Widen"]
      ],
      [new errors.ChunkLost({ chunk: 3, task: "a", reason: "its worker died" }), [
        "Chunk 3 of task \"a\"",
        "its worker died"
      ]],
      [new StoreFull({ needed: 3 * 2 ** 20, budget: 2 ** 20 }), ["3.0 MiB (3145728 bytes)", "1.0 MiB", "memory"]],
      [new NotTransferable({ path: "input 2: .items[0]", reason: "a Socket" }), ["input 2: .items[0] cannot cross"]],
      [new errors.InputMutated({ task: "a", path: "input 1" }), ["changed its input 1", "copy"]],
      [
        new errors.TaskFunctionMissing({ module: "file:///t.ts", function: "sqare", registered: ["square", "add"] }),
        ["file:///t.ts", "did you mean \"square\"", "square, add"]
      ],
      [
        new errors.TaskModuleUnloadable({ file: "/t.ts", reason: "Cannot find package", hint: "Run npm install" }),
        ["/t.ts", "Cannot find package", "Run npm install"]
      ],
      [new GraphInvalid({ path: "delayed", reason: "a cycle: a -> b -> a" }), ["delayed: a cycle: a -> b -> a"]]
    ]
    for (const [error, parts] of cases) {
      assert.strictEqual(error.name, error._tag)
      for (const part of parts) assert.include(error.message, part)
      assert.include(error.stack, `${error._tag}: `)
    }
  })

  it("tell a lost processor by its exit, its task and its last lines", () => {
    const lost = new ProcessorLost({
      task: "a",
      processor: "thread 1",
      exitCode: 3,
      signal: null,
      reason: "process.exit was called",
      log: ["one", "two"]
    })
    assert.include(lost.message, "thread 1 was lost with exit code 3 while it ran task \"a\": process.exit was called")
    assert.include(lost.message, "    one\n    two")
    const killed = new ProcessorLost({ processor: "p", exitCode: null, signal: "SIGKILL", reason: "killed", log: [] })
    assert.strictEqual(killed.message, "Processor p was lost by SIGKILL: killed")
  })

  it("name the root task for a dependent, and only for a dependent", () => {
    const root = failed("a", ["a"], new TypeError("Test"))
    assert.include(root.message, "Task \"a\" failed (thread 2, attempt 1): TypeError: Test")
    assert.notInclude(root.message, "Root Task")
    const dependent = failed("c", ["a", "b", "c"], new TypeError("Test"))
    assert.include(dependent.message, "TypeError: Test")
    assert.include(dependent.message, "Root Task: \"a\"")
    assert.include(dependent.message, "\"a\" -> \"b\" -> \"c\"")
    const long = failed("t99", Array.from({ length: 100 }, (_, i) => `t${i}`), "x")
    assert.include(long.message, "\"t2\" -> (95 more) -> \"t98\" -> \"t99\"")
  })

  it("tell whatever was thrown", () => {
    class Odd extends Error {}
    const cases: ReadonlyArray<readonly [thrown: unknown, text: string]> = [
      ["just text", "just text"],
      [undefined, "undefined was thrown"],
      [null, "null was thrown"],
      [42, "42 was thrown"],
      [Symbol("s"), "Symbol(s) was thrown"],
      [{ a: 1 }, "Object was thrown, which is no Error"],
      [Object.create(null), "an object was thrown"],
      [{ _tag: "Oops", message: "lost" }, "Oops: lost"],
      [new Odd("odd", { cause: new RangeError("deep") }), "Error: odd\n  Caused by: RangeError: deep"]
    ]
    for (const [thrown, text] of cases) assert.include(failed("a", ["a"], thrown).message, text)
  })

  it("keep the worker's stack on the wire", () => {
    const cause = new TypeError("Test")
    const codec = Schema.toCodecJson(TaskFailed)
    const back = Schema.decodeUnknownSync(codec)(
      JSON.parse(JSON.stringify(Schema.encodeSync(codec)(failed("a", ["a"], cause))))
    )
    assert.instanceOf(back, TaskFailed)
    assert.instanceOf(back.cause, Error)
    assert.strictEqual(back.cause.stack, cause.stack)
  })

  it.effect("are caught by tag", () =>
    Effect.gen(function*() {
      const root = yield* Effect.fail(failed("a", ["a"], "x")).pipe(
        Effect.catchTag("TaskFailed", (error) => Effect.succeed(error.root))
      )
      assert.strictEqual(root, "a")
    }))
})

describe("TaskTrace", () => {
  it.effect("annotates the Cause of a typed error, which stays itself", () =>
    Effect.gen(function*() {
      const trace = { task: "b", root: "a", path: ["a", "b"], stack: "at worker" }
      const cause = Cause.annotate(Cause.fail("typed"), TaskTrace.context(trace))
      const exit = yield* Effect.exit(Effect.failCause(cause))
      assert.isTrue(Exit.isFailure(exit))
      if (Exit.isSuccess(exit)) return
      assert.strictEqual(Cause.squash(exit.cause), "typed")
      assert.deepStrictEqual(Context.getOrUndefined(Cause.annotations(exit.cause), TaskTrace), trace)
    }))
})

describe("refusals", () => {
  it("are the real classes where these are loaded", () => {
    assert.throws(() => delayed(3 as never), GraphInvalid)
  })

  it("look the same in a thread without Effect", () => {
    const script = `
      import { delayed } from ${JSON.stringify(new URL("../../src/graph/Delayed.ts", import.meta.url).href)}
      try { delayed((x) => x, { priority: "high" }) } catch (e) {
        process.stdout.write(JSON.stringify({ ...e, message: e.message, name: e.name, text: String(e), isError: e instanceof Error }))
      }`
    const out = JSON.parse(
      execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" })
    ) as {
      readonly path: string
      readonly reason: string
    }
    const fields = { path: "delayed: options.priority", reason: "expected a finite number, got the text \"high\"" }
    const message = messages.GraphInvalid(fields)
    const expected = {
      _tag: "GraphInvalid",
      ...fields,
      message,
      name: "GraphInvalid",
      text: `GraphInvalid: ${message}`,
      isError: true
    }
    assert.deepStrictEqual(out, expected)
    const real = new GraphInvalid(fields)
    assert.deepStrictEqual([real.message, String(real)], [message, expected.text])
  })
})
