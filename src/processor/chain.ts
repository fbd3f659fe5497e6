// Chains of functions on this thread: their members are called one after the other; from the first Effect or Promise on
// the rest goes on in an Effect. Each member has the services of its module and a Scope of its own, as if it were a task.
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { callMember } from "../graph/chain.ts"
import type { ChainPart } from "../graph/TaskFunction.ts"
import type { Host } from "./Processor.ts"
import { effectOf, isPromise } from "./returned.ts"

/** An attempt on this thread, and which member of its chain runs, or ran last: -1 if none has, or it is no chain. */
export interface Item {
  readonly task: number
  readonly attempt: number
  member: number
}

/** A chain that runs. */
class Chain {
  private readonly host: Host
  private readonly item: Item
  private readonly parts: ReadonlyArray<ChainPart>
  private readonly args: ReadonlyArray<unknown>
  /** what the last member that has ended gave */
  value: unknown = undefined

  constructor(host: Host, item: Item, parts: ReadonlyArray<ChainPart>, args: ReadonlyArray<unknown>) {
    this.host = host
    this.item = item
    this.parts = parts
    this.args = args
  }

  /** Calls members from one on until the last is done, or one gives what takes time: then the Effect of all the rest. */
  proceed(from: number, value: unknown): Effect.Effect<unknown, unknown, unknown> | undefined {
    const { args, host, item, parts } = this
    this.value = value
    for (let next = from; next < parts.length; next++) {
      if (next > 0 && !host.isCurrent(item.task, item.attempt)) return Effect.interrupt
      const part = parts[next]
      item.member = next
      const result = callMember(part.fn.call!, part, args, this.value)
      if (Effect.isEffect(result) || isPromise(result)) return this.after(next, result)
      this.value = result
    }
    return undefined
  }

  private after(member: number, result: unknown): Effect.Effect<unknown, unknown, unknown> {
    const { host, parts } = this
    // A chunk that it made goes with its Scope: its value is taken before.
    const own = Effect.scoped(
      Effect.flatMap(
        effectOf(result) as Effect.Effect<unknown, unknown, Scope.Scope>,
        (value) => host.ownChunk(value) ?? Effect.succeed(value)
      )
    )
    return Effect.flatMap(
      host.served(parts[member].fn, own),
      (value) => this.proceed(member + 1, value) ?? Effect.succeed(this.value)
    )
  }
}

/** Calls a chain whose functions are on this thread: gives its value, or the Effect of it. */
export const callChain = (
  host: Host,
  item: Item,
  parts: ReadonlyArray<ChainPart>,
  args: ReadonlyArray<unknown>
): unknown => {
  const chain = new Chain(host, item, parts, args)
  return chain.proceed(0, undefined) ?? chain.value
}
