// Code that a worker cannot have: the claims about it over every transport and under plain Node, and a module that takes
// its time to load.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { collect, delayed } from "poniard"
import { Crossing } from "../../src/chunk/codec.ts"
import { entryOf } from "../../src/graph/TaskFunction.ts"
import { Functions } from "../../src/worker/Functions.ts"
import { overTransports, transports } from "./overTransports.ts"
import { codeErrorClaims, functionIn, goesOn } from "./plain/codeErrorClaims.ts"
import { runNode } from "./plainNode.ts"

describe("a module that never finishes loading", () => {
  it.live("is given up, and says so", () =>
    Effect.gen(function*() {
      const f = yield* functionIn("a.mjs", "await new Promise(() => {})\nexport const f = 1\n")
      const functions = new Functions(new Crossing(), 50)
      functions.introduce({ id: 1, kind: "module", url: entryOf(f).url, name: "f", source: undefined })
      yield* Effect.callback<void>((resume) => functions.load(1, () => resume(Effect.void)))
      const { fn, missing } = functions.get(1)!
      assert.isUndefined(fn)
      assert.deepInclude(missing, { kind: "unloadable", path: entryOf(f).url })
      assert.match(missing!.text, /has not finished loading after 0\.05 s: does it await something at its top level/)
    }))
})

overTransports("code that a worker cannot have", {}, (test) => {
  for (const [title, claim] of Object.entries(codeErrorClaims)) test(title, claim)

  test("a module that is still being loaded does not keep its task from being cancelled, nor the worker from others", () =>
    Effect.gen(function*() {
      const f = yield* functionIn(
        "a.mjs",
        "await new Promise((resolve) => setTimeout(resolve, 200))\nexport const f = (x) => x + 1\n"
      )
      const dropped = yield* Effect.timeoutOption(collect(delayed(f)(1)), "50 millis")
      assert.strictEqual(dropped._tag, "None")
      yield* goesOn
      assert.strictEqual(yield* collect(delayed(f)(1)), 2)
    }))
})

describe("code that a worker cannot have, under plain Node", () => {
  it.live.each([...transports])("over %s", (transport) =>
    Effect.gen(function*() {
      const { code, err, out } = yield* runNode({ file: "main.ts", args: ["codeErrors", transport] })
      assert.strictEqual(err, "")
      assert.deepStrictEqual(out.split("\n"), [...Object.keys(codeErrorClaims).map((title) => `ok ${title}`), ""])
      assert.strictEqual(code, 0)
    }), 90_000)
})
