// How code gets to a worker: the claims about it over every transport, and under plain Node.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { overTransports, transports } from "./overTransports.ts"
import { codeClaims } from "./plain/codeClaims.ts"
import { runNode } from "./plainNode.ts"

overTransports("how code gets to a worker", {}, (test) => {
  for (const [title, claim] of Object.entries(codeClaims)) test(title, claim)
})

describe("how code gets to a worker, under plain Node", () => {
  it.live.each([...transports])("over %s", (transport) =>
    Effect.gen(function*() {
      const { code, err, out } = yield* runNode({ file: "main.ts", args: ["code", transport] })
      assert.strictEqual(err, "")
      assert.deepStrictEqual(out.split("\n"), [...Object.keys(codeClaims).map((title) => `ok ${title}`), ""])
      assert.strictEqual(code, 0)
    }), 90_000)
})
