// With `check: true`: shared inputs are hashed before and after each attempt, so that a function that writes to them is
// found where it did. CRC-32 of node:zlib: quick, and any single changed byte changes it.
import { crc32 } from "node:zlib"
import type { Attempt } from "./Attempt.ts"
import type { Guard } from "./Far.ts"

/** The guard over an arena. */
export const makeGuard = (arena: SharedArrayBuffer): Guard => {
  const sums = new WeakMap<Attempt, ReadonlyArray<number>>()
  const sum = (attempt: Attempt): Array<number> => {
    const found: Array<number> = []
    const { inputs } = attempt
    for (let i = 0; i < inputs.length; i += 2) found.push(crc32(new Uint8Array(arena, inputs[i], inputs[i + 1])))
    return found
  }
  return {
    before: (attempt) => {
      if (attempt.inputs.length > 0) sums.set(attempt, sum(attempt))
    },
    after: (attempt) => {
      const before = sums.get(attempt)
      if (before === undefined) return undefined
      const at = sum(attempt).findIndex((now, i) => now !== before[i])
      if (at < 0) return undefined
      const { attempt: number, task } = attempt
      return {
        task,
        attempt: number,
        kind: "mutated",
        error: undefined,
        text: "",
        path: `shared input ${at + 1}`,
        hint: "",
        names: [],
        bytes: 0
      }
    }
  }
}
