// Values that travel inside a message by themselves: written by the codec, with bytes of their own, and never refused: what
// cannot be written arrives as an Error that says what it was.
import { describeCause } from "../graph/causes.ts"
import { type Crossing, encode, type Encoded } from "./codec.ts"

/** The same with buffers that nobody else can change. */
export const ownCopy = ({ buffers, head }: Encoded): Encoded => ({ head, buffers: buffers.map((buffer) => buffer.slice()) })

/** What `look` sees, or the other if that throws. */
export const safely = <A, B>(look: () => A, other: B): A | B => {
  try {
    return look()
  } catch {
    return other
  }
}

/** What the codec writes of a value; where it cannot, of an Error that has the value as its cause: that always can. */
export const written = (value: unknown, crossing: Crossing): Encoded => {
  const write = (it: unknown): Encoded | undefined => safely(() => ownCopy(encode(it, crossing)), undefined)
  const text = describeCause(value)
  return write(value) ?? write(new Error(text, { cause: value })) ?? encode(new Error(text), crossing)
}
