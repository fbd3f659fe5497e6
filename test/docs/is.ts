// How an example's `// => value` is checked. Workers import examples too, so nothing of the test runner is here.
import { deepStrictEqual } from "node:assert/strict"

/** Fails unless an example's value is what its comment claims; `says` is its line. */
export const is = (actual: unknown, claimed: unknown, says: string): void => {
  try {
    deepStrictEqual(actual, claimed)
  } catch (cause) {
    throw new Error(`the example says\n  ${says}\n${(cause as Error).message}`, { cause })
  }
}
