// A claim about the public API: an Effect that fails if it does not hold, in an engine with two threads. The same claims
// are tests under vitest (over every transport) and are run by main.ts under plain Node.
import { Cause, Effect, Exit, type Scope } from "effect"
import assert from "node:assert/strict"
import type { Engine } from "poniard"

/** Claims by title. */
export type Claims = Readonly<Record<string, () => Effect.Effect<unknown, unknown, Engine | Scope.Scope>>>

/** The Cause of an Effect that must fail. */
export const causeOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<Cause.Cause<E>, never, R> =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (Exit.isSuccess(exit)) return assert.fail(`it gave ${String(exit.value)} and was to fail`)
    return exit.cause
  })

interface Tagged {
  readonly _tag: string
  readonly message: string
}

/** The error of an Effect that must fail with one of that tag in its error channel. */
export const failsWith = <E, R, Tag extends (E & Tagged)["_tag"]>(
  effect: Effect.Effect<unknown, E, R>,
  tag: Tag
): Effect.Effect<Extract<E, { readonly _tag: Tag }>, never, R> =>
  Effect.map(causeOf(effect), (cause) => {
    const [reason] = cause.reasons
    if (cause.reasons.length !== 1 || !Cause.isFailReason(reason)) {
      assert.fail(`expected one failure, got ${Cause.pretty(cause)}`)
    }
    const { _tag } = reason.error as { readonly _tag?: unknown }
    if (_tag !== tag) assert.fail(`expected ${tag}, got ${Cause.pretty(cause)}`)
    return reason.error as never
  })

/** What a call throws. */
export const thrownBy = (call: () => unknown): Tagged & Readonly<Record<string, unknown>> => {
  try {
    call()
  } catch (error) {
    return error as never
  }
  return assert.fail("it was to throw")
}
