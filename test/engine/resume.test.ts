// A job whose process is killed and that is started again goes on where it was (test/long/resume.test.ts kills more often).
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { resumes } from "./resuming.ts"

describe("a job whose process is killed", () => {
  it.live(
    "goes on where it was: right, no result that was there is computed again, and nothing half written stays",
    () => Effect.scoped(Effect.map(resumes(1, 3), (killed) => assert.strictEqual(killed, 3))),
    60_000
  )
})
