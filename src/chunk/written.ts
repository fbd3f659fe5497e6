// Values that travel inside a message by themselves: written by the codec, with bytes of their own, and never refused: what
// cannot be written arrives as an Error that says what it was.
import { describeCause } from "../graph/causes.ts"
import { type Crossing, encode, type Encoded } from "./codec.ts"

/** The same with buffers that nobody else can change. */
export const ownCopy = ({ buffers, head }: Encoded): Encoded => ({
  head,
  buffers: buffers.map((buffer) => buffer.slice())
})

/** What `look` sees, or the other if that throws. */
export const safely = <A, B>(look: () => A, other: B): A | B => {
  try {
    return look()
  } catch {
    return other
  }
}

/** `instanceof`, also for what throws when it is asked. */
export const isA = <A>(value: unknown, type: new(...args: never) => A): value is A =>
  safely(() => value instanceof type, false)

/** An error without the stack of this place, which would say nothing. */
const standIn = (text: string, options?: ErrorOptions): Error => {
  const error = new Error(text, options)
  error.stack = `Error: ${text}`
  return error
}

/** What the codec writes of a value; where it cannot, of an Error that has the value as its cause: that always can. */
export const written = (value: unknown, crossing: Crossing): Encoded => {
  const write = (it: unknown): Encoded | undefined => safely(() => ownCopy(encode(it, crossing)), undefined)
  const text = describeCause(value)
  return write(value) ?? write(standIn(text, { cause: value })) ?? encode(standIn(text), crossing)
}
