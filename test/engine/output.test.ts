// What tasks print: every line of it, in order, in the program's own output, also what a thread says right before its
// end; and the last of it in the error.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { transports } from "./overTransports.ts"
import { runNode } from "./plainNode.ts"

const count = (n: number, text: (i: number) => string): Array<string> => Array.from({ length: n }, (_, i) => text(i))

/** What the dying task says on each stream; it is tried three times. */
const dying = (parity: number): Array<string> => count(60, (i) => `line ${i}`).filter((_, i) => i % 2 === parity)

describe("what tasks print", { concurrent: true, timeout: 90_000 }, () => {
  it.live.each([...transports])(
    "arrives whole and in order, and survives a crash (%s)",
    (transport) =>
      Effect.gen(function*() {
        const { code, err, out } = yield* runNode({ file: "talk.ts", args: [transport] })
        assert.strictEqual(code, 0, err)
        const printed = out.split("\n")
        const at = (line: string): number => printed.indexOf(line)
        assert.deepStrictEqual(printed.slice(0, 2), ["six is 6 { deep: { er: [ 1 ] } }", "info"])
        assert.deepStrictEqual(printed.slice(at("main 1"), at("main 1") + 6), [
          "main 1",
          "grün und 🙂",
          "hi!",
          "a view",
          "with a callback",
          "main 2 called"
        ])
        assert.include(printed, "from an Effect")
        assert.deepStrictEqual(printed.slice(at("a 0"), at("main 3")), [
          ...count(200, (i) => `a ${i}`),
          ...count(200, (i) => `b ${i}`)
        ])

        const told = printed.slice(at("main 3") + 1, printed.findIndex((line) => line.startsWith("main 4")))
        const once = [...dying(0), "the last words"].join("\n")
        assert.strictEqual(told.join("\n"), once + once + once)
        const error = JSON.parse(printed.find((line) => line.startsWith("main 4"))!.slice(7)) as Record<string, unknown>
        assert.deepInclude(error, { _tag: "ProcessorLost", task: "talks", exitCode: 6 })
        assert.deepStrictEqual(error["log"], [...count(19, (i) => `line ${41 + i}`), "the last words"])

        const errors = err.split("\n")
        assert.strictEqual(errors[0], "warn")
        assert.match(errors[1], /^RangeError: shown$/)
        assert.match(errors[2], /talking\.ts/)
        assert.deepStrictEqual(errors.filter((line) => line.startsWith("line ")), [
          ...dying(1),
          ...dying(1),
          ...dying(1)
        ])
      })
  )
})
