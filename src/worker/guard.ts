// With `check: true`: shared inputs are summed before and after each attempt, so that a function that writes to them is
// found where it did. CRC-32 of node:zlib: quick, and any single changed byte changes it.
import { crc32 } from "node:zlib"
import type { Attempt } from "./Attempt.ts"
import type { Guard } from "./Far.ts"

interface Before {
  readonly sums: ReadonlyArray<number>
  readonly args: ReadonlyArray<unknown>
}

/** Whether a view on the arena at `offset` is somewhere in a value. */
const holds = (value: unknown, offset: number, seen: Set<unknown>): boolean => {
  if (typeof value !== "object" || value === null || seen.has(value)) return false
  if (ArrayBuffer.isView(value)) return value.buffer instanceof SharedArrayBuffer && value.byteOffset === offset
  seen.add(value)
  const members = value instanceof Map
    ? [...value.keys(), ...value.values()]
    : value instanceof Set
    ? [...value]
    : Object.values(value)
  return members.some((member) => holds(member, offset, seen))
}

/** The guard over an arena. */
export const makeGuard = (arena: SharedArrayBuffer): Guard => {
  const known = new WeakMap<Attempt, Before>()
  const sumsOf = ({ inputs }: Attempt): Array<number> => {
    const sums: Array<number> = []
    for (let i = 0; i < inputs.length; i += 2) {
      sums.push(crc32(new Uint8Array(arena, inputs[i], Math.abs(inputs[i + 1]))))
    }
    return sums
  }
  return {
    before: (attempt, args) => {
      if (attempt.inputs.length > 0) known.set(attempt, { sums: sumsOf(attempt), args: args.slice() })
    },
    after: (attempt) => {
      const before = known.get(attempt)
      if (before === undefined) return undefined
      const changed = sumsOf(attempt).findIndex((sum, i) => sum !== before.sums[i])
      if (changed < 0) return undefined
      const argument = before.args.findIndex((arg) => holds(arg, attempt.inputs[2 * changed], new Set()))
      return {
        task: attempt.task,
        attempt: attempt.attempt,
        kind: "mutated",
        error: undefined,
        text: "",
        path: argument < 0 ? "shared input" : `input ${argument + 1}`,
        hint: "",
        names: [],
        bytes: 0
      }
    }
  }
}
