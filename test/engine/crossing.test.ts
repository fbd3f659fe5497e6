// What may cross to a worker and back: the claims about it over every transport, and under plain Node.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { overTransports, transports } from "./overTransports.ts"
import { crossingClaims } from "./plain/crossingClaims.ts"
import { runNode } from "./plainNode.ts"

overTransports("what may cross", {}, (test) => {
  for (const [title, claim] of Object.entries(crossingClaims)) test(title, claim)
})

describe("what may cross, under plain Node", () => {
  it.live.each([...transports])("over %s", (transport) =>
    Effect.gen(function*() {
      const { code, err, out } = yield* runNode({ file: "main.ts", args: ["crossing", transport] })
      assert.strictEqual(err, "")
      assert.deepStrictEqual(out.split("\n"), [...Object.keys(crossingClaims).map((title) => `ok ${title}`), ""])
      assert.strictEqual(code, 0)
    }), 90_000)
})
