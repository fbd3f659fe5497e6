// What users wait for: wishes are made, awaited, read and dropped here. A value that is handed out is a copy of its own,
// read from disk if that is where it is; the chunk itself stays until its wish is dropped.
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Entry } from "../chunk/Entry.ts"
import { countLeaves } from "../graph/all.ts"
import { ChunkLost } from "../graph/errors.ts"
import type { Handle } from "../graph/Handle.ts"
import { CurrentAttempt } from "../processor/CurrentAttempt.ts"
import type { Core } from "./Core.ts"
import { causeOf } from "./Failure.ts"
import type { Mover } from "./Mover.ts"
import type { Numbers } from "./Numbers.ts"
import { makeSubmission } from "./submission.ts"
import { Wish } from "./Wish.ts"

/** Values that are copied in one turn of the event loop. */
const AT_ONCE = 8192

const failureOf = (wish: Wish): Effect.Effect<never, unknown> | undefined => {
  if (wish.status === "dropped") return Effect.interrupt
  return wish.failure === undefined ? undefined : Effect.failCause(causeOf(wish.failure))
}

/** The wishes of one engine. */
export class Wishes {
  private readonly core: Core
  private readonly mover: Mover
  private readonly later: (f: () => void) => void

  constructor(core: Core, mover: Mover, later: (f: () => void) => void) {
    this.core = core
    this.mover = mover
    this.later = later
  }

  /** Wishes for handles: what they need is submitted in the next turn. `again`: to compute anew what was lost. */
  make(handles: ReadonlyArray<Handle>, exits: boolean, context: Context.Context<never>, again = false): Wish {
    const wish = new Wish(handles, exits)
    this.later(() => this.core.submissions.push(makeSubmission(wish, context, again)))
    return wish
  }

  /** Withdraws a wish: what nobody else wants goes. `before` is called right before. */
  drop(wish: Wish, before?: () => void): void {
    this.later(() => this.core.afterSubmissions(wish.serial + 1, () => this.dropNow(wish, before)))
  }

  private dropNow(wish: Wish, before: (() => void) | undefined): void {
    before?.()
    const { status, task } = wish
    if (status === "dropped") return
    wish.become("dropped")
    if (task >= 0) this.core.tell({ _tag: "dropped", tasks: [task] })
  }

  /** Waits until a wish is no longer pending. In a task on this thread, of whatever engine, the slot is given back meanwhile. */
  wait(wish: Wish): Effect.Effect<void> {
    const waiting = Effect.callback<void>((resume) => {
      const unwatch = wish.watch(() => resume(Effect.void))
      return Effect.sync(unwatch)
    })
    return this.suspended(wish, waiting)
  }

  private suspended(wish: Wish, waiting: Effect.Effect<void>): Effect.Effect<void> {
    return Effect.flatMap(CurrentAttempt, (current) => {
      if (current === undefined || wish.status !== "pending") return waiting
      const { attempt, host, task } = current
      return Effect.acquireUseRelease(
        Effect.sync(() => {
          if (current.waits++ > 0) return
          current.suspended()
          host.yielded(task, attempt)
        }),
        () => waiting,
        () =>
          Effect.sync(() => {
            if (--current.waits > 0) return
            host.resumed(task, attempt)
          })
      )
    })
  }

  /** The values of a wish that is no longer pending, or its failure. */
  read(wish: Wish): Effect.Effect<Array<unknown>, unknown> {
    return Effect.suspend(() => failureOf(wish) ?? this.values(wish.chunks))
  }

  /** A copy of the value of a chunk, which stays. */
  value(chunk: number): Effect.Effect<unknown, unknown> {
    return Effect.suspend(() => this.isAway(chunk) ? this.fetch(chunk) : Effect.succeed(this.core.store.copy(chunk)))
  }

  /** The same of many, in several turns of the event loop; the array for them has a turn of its own. */
  private values(chunks: Numbers): Effect.Effect<Array<unknown>, unknown> {
    const values = new Array<unknown>(chunks.length)
    const away: Array<number> = []
    const copyFrom = (from: number): Effect.Effect<Array<unknown>, unknown> => {
      const to = Math.min(chunks.length, from + AT_ONCE)
      for (let i = from; i < to; i++) {
        const chunk = chunks.at(i)
        if (this.isAway(chunk)) away.push(i)
        else values[i] = this.core.store.copy(chunk)
      }
      if (to < chunks.length) return Effect.flatMap(Effect.yieldNow, () => copyFrom(to))
      if (away.length === 0) return Effect.succeed(values)
      const fetchTo = (i: number): Effect.Effect<void, unknown> =>
        Effect.map(this.fetch(chunks.at(i)), (value) => {
          values[i] = value
        })
      return Effect.as(Effect.forEach(away, fetchTo, { concurrency: 4, discard: true }), values)
    }
    return chunks.length <= AT_ONCE ? copyFrom(0) : Effect.flatMap(Effect.yieldNow, () => copyFrom(0))
  }

  private isAway(chunk: number): boolean {
    const held = this.core.store.get(chunk)
    return held instanceof Entry && held.parts.length > 0 && held.parts[0] < 0
  }

  /** A value from disk. */
  private fetch(chunk: number): Effect.Effect<unknown, unknown> {
    return Effect.mapError(
      this.mover.ownValue(chunk),
      (error) =>
        (this.core.store.get(chunk) as Entry | undefined)?.origin !== undefined
          ? error
          : new ChunkLost({ chunk, reason: (error as Error).message })
    )
  }

  /** An Exit for each chunk of a wish for exits. */
  readExits(wish: Wish): Effect.Effect<Array<Exit.Exit<unknown, unknown>>> {
    const { failures, state } = this.core
    if (wish.status === "dropped") return Effect.interrupt
    if (wish.failure !== undefined) {
      const exit = Exit.failCause(causeOf(wish.failure))
      const count = wish.handles.reduce((sum, handle) => sum + countLeaves(handle), 0)
      return Effect.succeed(Array.from({ length: count }, () => exit))
    }
    return Effect.forEach(wish.chunks, (chunk) => {
      const failure = failures.get(state.chunks.producer[chunk])
      if (failure !== undefined) return Effect.succeed(Exit.failCause(causeOf(failure)))
      return Effect.exit(this.value(chunk))
    })
  }
}
