// The producer and the consumer as piscina wants them: exported functions of one argument.
import { move } from "piscina"
import { arrival, filled } from "./arrays.ts"

/** An array whose buffer leaves this thread. */
export const moved = (length: number): unknown => move(filled(new Float64Array(length)))

/** An array that is copied when it leaves. */
export const cloned = (length: number): Float64Array => filled(new Float64Array(length))

/** Looks at what came. */
export const consume = arrival
