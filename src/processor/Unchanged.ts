// With `check: true`: what a task on this thread is given of shared memory is summed before and after it runs, so that a
// function that writes to its inputs is found where it did. Workers do the same by themselves (worker/guard.ts).
import * as Effect from "effect/Effect"
import { InputMutated } from "../graph/errors.ts"
import type { Arguments } from "./Arguments.ts"
import type { Host } from "./Processor.ts"

/** The inputs of a running task as they were when it began. */
export class Unchanged {
  private readonly host: Host
  private readonly task: number
  private readonly inputs: ReadonlyArray<{ readonly argument: number; readonly chunk: number; readonly sum: number }>

  private constructor(host: Host, task: number, args: Arguments) {
    this.host = host
    this.task = task
    this.inputs = args.shared.map(({ argument, chunk }) => ({ argument, chunk, sum: host.store.checksum(chunk) }))
  }

  /** Looks at the inputs that `args` has just built; undefined without `check`. */
  static of(host: Host, task: number, args: Arguments): Unchanged | undefined {
    return host.store.check ? new Unchanged(host, task, args) : undefined
  }

  /** The error if one has changed. */
  problem(): InputMutated | undefined {
    const { host, inputs, task } = this
    const changed = inputs.find(({ chunk, sum }) => host.store.checksum(chunk) !== sum)
    if (changed === undefined) return undefined
    return new InputMutated({ task: host.nameOf(task), path: `input ${changed.argument + 1}` })
  }

  /** Fails instead of an Effect that has changed its inputs. */
  after<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | InputMutated, R> {
    return Effect.tap(effect, () => {
      const problem = this.problem()
      return problem === undefined ? Effect.void : Effect.fail(problem)
    })
  }
}
