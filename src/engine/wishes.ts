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

  /**
   * The same of a wish that nobody will ask again. The values take the places of the chunks' ids: another array of a
   * million would block for 15 to 30 ms, all of them page faults.
   */
  take(wish: Wish): Effect.Effect<Array<unknown>, unknown> {
    return Effect.suspend(() => {
      const failure = failureOf(wish)
      if (failure !== undefined) return failure
      const { chunks } = wish
      wish.chunks = []
      return this.values(chunks, chunks)
    })
  }

  /** Copies of the values of chunks, which stay; those of many are made in several turns of the event loop. */
  values(
    chunks: ReadonlyArray<number>,
    values = new Array<unknown>(chunks.length)
  ): Effect.Effect<Array<unknown>, unknown> {
    const { store } = this.core
    const away: Array<number> = []
    const copyFrom = (from: number): Effect.Effect<Array<unknown>, unknown> => {
      const to = Math.min(chunks.length, from + AT_ONCE)
      for (let i = from; i < to; i++) {
        const held = store.get(chunks[i])
        if (held instanceof Entry && held.parts.length > 0 && held.parts[0] < 0) away.push(i)
        else values[i] = store.copy(chunks[i])
      }
      if (to < chunks.length) return Effect.flatMap(Effect.yieldNow, () => copyFrom(to))
      return away.length === 0 ? Effect.succeed(values) : this.fetchInto(values, chunks, away)
    }
    return copyFrom(0)
  }

  /** Reads values from disk to their places. */
  private fetchInto(
    values: Array<unknown>,
    chunks: ReadonlyArray<number>,
    away: ReadonlyArray<number>
  ): Effect.Effect<Array<unknown>, unknown> {
    const { store } = this.core
    const fetch = (i: number): Effect.Effect<void, unknown> =>
      this.mover.ownValue(chunks[i]).pipe(
        Effect.mapError((error) =>
          (store.get(chunks[i]) as Entry | undefined)?.origin !== undefined
            ? error
            : new ChunkLost({ chunk: chunks[i], reason: (error as Error).message })
        ),
        Effect.map((value) => {
          values[i] = value
        })
      )
    return Effect.as(Effect.forEach(away, fetch, { concurrency: 4, discard: true }), values)
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
      return Effect.exit(Effect.map(this.values([chunk]), (values) => values[0]))
    })
  }
}
