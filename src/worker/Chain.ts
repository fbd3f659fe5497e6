// A chain of functions as one: calls its members one after the other and follows what they return. Plain members cost
// nothing beyond their arguments; the rest of the chain goes on inside the first Effect or Promise that one returns.
import { callMember } from "../graph/chain.ts"
import { currentTask } from "../graph/CurrentTask.ts"
import type { Place } from "../graph/TaskFunction.ts"
import { isEffect, isPromise, restOf, runEffect } from "./asynchronous.ts"
import type { Attempt } from "./Attempt.ts"
import { Interrupted } from "./failures.ts"

/** A member as it is called. */
export interface Member extends Place {
  readonly fn: Function
  readonly url: string
}

/** What a chain gives when nothing is to be waited for: its value is there. */
export const done = Symbol("done")

/** A chain that an attempt runs. */
export class Chain {
  readonly attempt: Attempt
  private readonly members: ReadonlyArray<Member>
  private readonly args: ReadonlyArray<unknown>
  /** what the last member that has ended gave */
  value: unknown = undefined

  constructor(members: ReadonlyArray<Member>, args: ReadonlyArray<unknown>, attempt: Attempt) {
    this.members = members
    this.args = args
    this.attempt = attempt
  }

  /** The module of the member that runs. */
  get url(): string {
    return this.members[this.attempt.member].url
  }

  /** Calls members until one gives an Effect or a Promise, which it returns, or the last is done. */
  proceed(value: unknown): object | typeof done {
    const { args, attempt, members } = this
    this.value = value
    for (let next = attempt.member + 1; next < members.length; next++) {
      if (next > 0 && attempt.isCancelled()) throw new Interrupted()
      attempt.member = next
      const result = callMember(members[next].fn, members[next], args, this.value)
      if (typeof result === "object" && result !== null && (isEffect(result) || isPromise(result))) return result
      this.value = result
    }
    return done
  }

  /** Starts it: its value, or the Effect or Promise of it. */
  begin(): unknown {
    const result = this.proceed(undefined)
    if (result === done) return this.value
    return isEffect(result) ? restOf(this, result) : this.after(result as PromiseLike<unknown>)
  }

  /** The value of the chain, one of whose members has returned a Promise. */
  private after(promise: PromiseLike<unknown>): Promise<unknown> {
    return Promise.resolve(promise).then((value) => {
      const result = this.proceed(value)
      if (result === done) return this.value
      if (!isEffect(result)) return this.after(result as PromiseLike<unknown>)
      // It tells the attempt by itself how it ends; this Promise is never settled.
      runEffect(this.attempt.far, this.attempt, "", restOf(this, result))
      return new Promise(() => {})
    })
  }
}

/** The one function that a chain is for whoever runs it. */
export const chained = (members: ReadonlyArray<Member>): Function => (...args: ReadonlyArray<unknown>): unknown =>
  new Chain(members, args, currentTask() as Attempt).begin()
