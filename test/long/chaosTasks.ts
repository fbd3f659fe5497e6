// The tasks that only the soak needs, beside those of test/engine/modules/anyKind.ts: large arrays, and tasks that fail
// for good or never end. What they give depends on their inputs alone.
import { Task } from "poniard"
import { fold, type Inputs } from "../engine/modules/anyKind.ts"

/** The words by which a failure is known. */
export const ON_PURPOSE = "on purpose"

const filled = (xs: Float64Array, [salt, ...inputs]: Inputs): Float64Array => {
  const n = inputs.reduce<number>((sum, input) => (sum * 7 + fold(input)) % 9973, salt)
  for (let i = 0; i < xs.length; i++) xs[i] = (n + i) % 10
  return xs
}

const nap = new Int32Array(new SharedArrayBuffer(4))

/** 64 to 512 KiB. */
const lengthOf = (salt: number): number => 8192 * (1 + salt % 8)

export const chaos = Task.module(import.meta.url, {
  bigAlloc: (...of: Inputs): unknown => filled(Task.alloc(Float64Array, lengthOf(of[0])), of),
  bigPlain: (...of: Inputs): unknown => filled(new Float64Array(lengthOf(of[0])), of),
  /** allocates more than it gives */
  wastes: (...of: Inputs): unknown => {
    for (let i = 0; i < 4; i++) filled(Task.alloc(Float64Array, lengthOf(of[0])), of)
    return filled(Task.alloc(Float64Array, 700), of)
  },
  /** runs until nobody wants it, with an array in its hands; some of them listen to nobody */
  holds: (salt: number): number => {
    const held = Task.alloc(Float64Array, lengthOf(salt)).fill(salt)
    while (salt % 16 === 0 || !Task.isCancelled()) Atomics.wait(nap, 0, 0, 1)
    return held[0]
  },
  fails: (...[salt]: Inputs): unknown => {
    if (salt % 2 === 0) Task.alloc(Float64Array, lengthOf(salt)).fill(1)
    throw new RangeError(ON_PURPOSE)
  }
})
