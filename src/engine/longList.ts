// Lists of so many handles that looking through them would hold up the event loop: copied at the call, in pieces, since
// one array of a million is nothing but page faults, and checked piece by piece when their Effect runs.
import * as Effect from "effect/Effect"
import { type AllNode, gather } from "../graph/all.ts"

/** A list with more handles than this is long: up to here looking through it takes a millisecond or two. */
const LONG = 65_536

/** Handles of a piece. */
const PIECE = 8192

/** Whether a list is long. */
export const isLong = (what: unknown): what is ReadonlyArray<unknown> => Array.isArray(what) && what.length > LONG

/** A copy of a long list. */
export const cut = (list: ReadonlyArray<unknown>): ReadonlyArray<ReadonlyArray<unknown>> => {
  const pieces: Array<ReadonlyArray<unknown>> = []
  for (let from = 0; from < list.length; from += PIECE) pieces.push(list.slice(from, from + PIECE))
  return pieces
}

/** The pieces as joined handles, looked at in as many turns; what is no handle is refused with its place in the list. */
export const gatherPieces = (
  pieces: ReadonlyArray<ReadonlyArray<unknown>>,
  verb: string
): Effect.Effect<ReadonlyArray<AllNode>, Error> =>
  Effect.forEach(pieces, (piece, i) =>
    Effect.andThen(
      Effect.yieldNow,
      Effect.try({ try: () => gather(piece, verb, i * PIECE) as AllNode, catch: (error) => error as Error })
    ))
