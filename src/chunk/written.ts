// Values that travel inside a message by themselves: written by the codec, with bytes of their own, and never refused: what
// cannot be written arrives as an Error that says what it was.
import { type Crossing, encode, type Encoded } from "./codec.ts"

/** The same with buffers that nobody else can change. */
export const ownCopy = ({ buffers, head }: Encoded): Encoded => ({ head, buffers: buffers.map((buffer) => buffer.slice()) })

const textOf = (value: unknown): string => {
  try {
    return String(value)
  } catch {
    return "a value that cannot be shown"
  }
}

/** What the codec writes of a value, or of an Error with its text. */
export const written = (value: unknown, crossing: Crossing): Encoded => {
  try {
    return ownCopy(encode(value, crossing))
  } catch {
    return encode(new Error(textOf(value)), crossing)
  }
}
