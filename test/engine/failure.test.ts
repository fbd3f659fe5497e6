// How tasks fail: the claims about it over every transport, and under plain Node.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { overTransports, transports } from "./overTransports.ts"
import { failureClaims } from "./plain/failureClaims.ts"
import { runNode } from "./plainNode.ts"

overTransports("how tasks fail", {}, (test) => {
  for (const [title, claim] of Object.entries(failureClaims)) test(title, claim)
})

describe("how tasks fail, under plain Node", () => {
  it.live.each([...transports])("over %s", (transport) =>
    Effect.gen(function*() {
      const { code, err, out } = yield* runNode({ file: "main.ts", args: ["failure", transport] })
      assert.match(
        err,
        /^(poniard: an error that no task could catch any more: Error: late (rejection|throw)\n( +at .*\n)+){2}$/
      )
      assert.deepStrictEqual(out.split("\n"), [...Object.keys(failureClaims).map((title) => `ok ${title}`), ""])
      assert.strictEqual(code, 0)
    }), 90_000)
})
