// Starts a far side so that it cannot fail: one that could not even be started ends at once, like any that dies young.
import type { Link, Opening, Transport } from "../transport/Transport.ts"

/** A far side, or one that is about to end with the reason why it could not be started. */
export const openLink = (transport: Transport, opening: Opening): Link => {
  try {
    return transport.open(opening)
  } catch (error) {
    queueMicrotask(() => opening.onExit({ exitCode: -1, reason: String(error), expected: false }))
    return {
      words: undefined,
      post: () => {},
      expect: undefined,
      heapBytes: undefined,
      terminate: () => {},
      close: () => Promise.resolve()
    }
  }
}
