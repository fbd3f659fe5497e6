// For tests of what is refused at the call: runs something that must throw and gives what it threw.
import { assert } from "@effect/vitest"

/** What a refusal carries, whether it is the real class or the light Error. */
export interface Refusal extends Error {
  readonly _tag: string
  readonly path: string
  readonly reason: string
}

/** The error that a call throws; fails if it does not, or throws something untagged. */
export const refused = (call: () => unknown, tag = "GraphInvalid"): Refusal => {
  let thrown: unknown
  let returned = false
  try {
    call()
    returned = true
  } catch (error) {
    thrown = error
  }
  if (returned) assert.fail(`expected a ${tag} and nothing was thrown`)
  assert.instanceOf(thrown, Error)
  const refusal = thrown as Refusal
  assert.strictEqual(refusal._tag, tag, refusal.message)
  return refusal
}
