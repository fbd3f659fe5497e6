// With `check: true`: what a task on this thread is given of shared memory is summed before and after it runs, so that a
// function that writes to its inputs is found where it did. Workers do the same by themselves (worker/guard.ts).
import * as Effect from "effect/Effect"
import { ownerOf } from "../graph/chain.ts"
import { InputMutated } from "../graph/errors.ts"
import type { ChainPart } from "../graph/TaskFunction.ts"
import type { Arguments } from "./Arguments.ts"
import type { Item } from "./chain.ts"
import type { Host } from "./Processor.ts"

/** What says that an argument, counted from 0, was changed, and whose it is: one of a chain is a member's. */
export const changedInput = (
  host: Host,
  task: number,
  parts: ReadonlyArray<ChainPart> | undefined,
  index: number
): { readonly error: InputMutated; readonly member: number } => {
  const { argument, member } = parts === undefined ? { argument: index, member: -1 } : ownerOf(parts, index)
  return { error: new InputMutated({ task: host.nameOf(task, member), path: `input ${argument + 1}` }), member }
}

/** The inputs of a running task as they were when it began. */
export class Unchanged {
  private readonly host: Host
  private readonly item: Item
  private readonly parts: ReadonlyArray<ChainPart> | undefined
  private readonly inputs: ReadonlyArray<{ readonly argument: number; readonly chunk: number; readonly sum: number }>

  private constructor(host: Host, item: Item, args: Arguments) {
    this.host = host
    this.item = item
    this.parts = host.source.fn(item.task).parts
    this.inputs = args.shared.map(({ argument, chunk }) => ({ argument, chunk, sum: host.store.checksum(chunk) }))
  }

  /** Looks at the inputs that `args` has just built; undefined without `check`. */
  static of(host: Host, item: Item, args: Arguments): Unchanged | undefined {
    return host.store.check ? new Unchanged(host, item, args) : undefined
  }

  /** The error if one has changed. */
  problem(): InputMutated | undefined {
    const { host, inputs, item, parts } = this
    const changed = inputs.find(({ chunk, sum }) => host.store.checksum(chunk) !== sum)
    if (changed === undefined) return undefined
    const { error, member } = changedInput(host, item.task, parts, changed.argument)
    item.member = member
    return error
  }

  /** Fails instead of an Effect that has changed its inputs. */
  after<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | InputMutated, R> {
    return Effect.tap(effect, () => {
      const problem = this.problem()
      return problem === undefined ? Effect.void : Effect.fail(problem)
    })
  }
}
