// The engine's actor: one fiber, one inbox. A turn takes all that came, lowers a slice of each pending submission,
// lets the scheduler decide, records the turn and performs it. It never waits for anything but its inbox.
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Scheduler from "effect/Scheduler"
import type * as Scope from "effect/Scope"
import type { Command } from "../scheduler/Command.ts"
import { hasLeft, letGoOfMore } from "../scheduler/release.ts"
import { decide } from "../scheduler/step.ts"
import type { Core } from "./Core.ts"
import type { Mover } from "./Mover.ts"
import { type After, perform } from "./perform.ts"
import { NOBODY, type Rooms } from "./Rooms.ts"
import { abandon, advance, type Submission } from "./submission.ts"

/** The inbox of an engine: what is put in is done in the loop's next turn, in order. */
export interface Inbox {
  readonly later: (f: () => void) => void
}

/** Everything that a turn needs. */
export interface Parts {
  readonly core: Core
  readonly mover: Mover
  readonly rooms: Rooms
  readonly after: After
  readonly now: () => number
}

/** Advances a pending submission; true when it is done with, well or badly. */
const advanceOne = (core: Core, rooms: Rooms, submission: Submission): boolean => {
  if (submission.wish.status !== "pending") {
    abandon(core, submission)
    return true
  }
  try {
    return advance(core, submission, (bytes, grant) => rooms.ask(NOBODY, bytes, bytes, grant))
  } catch (error) {
    abandon(core, submission)
    const { wish } = submission
    wish.failure = { name: "the graph", via: undefined, reason: "error", fault: { error: error as object } }
    core.afterTurn.push(() => wish.become("failed"))
    return true
  }
}

/** One turn. True if there is more to do without waiting. */
export const turn = (parts: Parts, items: ReadonlyArray<() => void>): boolean => {
  const { after, core, mover, now, rooms } = parts
  for (let i = 0; i < items.length; i++) items[i]()
  const { submissions } = core
  const ended: Array<Command> = []
  // What is let go comes first: ids that are taken while others come back lie scattered, and the tables are slower for it.
  for (let i = 0; i < submissions.length && !hasLeft(core.state);) {
    // What is released must be forgotten before a graph is lowered that could still find it alive.
    const commands = core.state.out.takeEnded()
    perform(core, mover, after, commands)
    ended.push(...commands)
    if (advanceOne(core, rooms, submissions[i])) submissions.splice(i, 1)
    else i++
  }
  letGoOfMore(core.state)
  core.callBehind()
  rooms.press()
  const commands = decide(core.state)
  core.journal.record(now(), core.takeEvents(), ended.length === 0 ? commands : [...ended, ...commands])
  perform(core, mover, after, commands)
  rooms.settle()
  if (core.afterTurn.length > 0) {
    const calls = core.afterTurn.splice(0)
    for (const call of calls) call()
  }
  return hasLeft(core.state) || submissions.some(({ needs }) => needs <= 0)
}

/** Whoever offers wakes the loop itself, at once: a turn of the event loop for it, as a queue asks for, is one too many. */
const inline: Scheduler.Scheduler = {
  executionMode: "async",
  shouldYield: () => false,
  makeDispatcher: () => ({ scheduleTask: () => {}, flush: () => {} })
}

/** An inbox and the fiber that works it off, in the scope; `died` is called if an invariant broke. */
export const makeInbox = Effect.fnUntraced(function*(
  partsOf: (inbox: Inbox) => Parts,
  died: (cause: Cause.Cause<unknown>) => void
): Effect.fn.Return<Inbox, never, Scope.Scope> {
  const queue = yield* Effect.provideService(Queue.unbounded<() => void>(), Scheduler.Scheduler, inline)
  const inbox: Inbox = {
    later: (f) => {
      Queue.offerUnsafe(queue, f)
      Queue.flushUnsafe(queue)
    }
  }
  const parts = partsOf(inbox)
  let more = false
  const loop = Effect.suspend(() =>
    more
      ? Effect.flatMap(Effect.yieldNow, () => Queue.clear(queue))
      : Queue.takeAll(queue)
  ).pipe(Effect.map((items) => {
    more = turn(parts, items)
  }))
  yield* Effect.forever(loop, { disableYield: true }).pipe(
    Effect.onError((cause) => Effect.sync(() => Cause.hasInterruptsOnly(cause) ? undefined : died(cause))),
    Effect.forkScoped({ startImmediately: true })
  )
  return inbox
})

/** Milliseconds since it was made, from the Clock of the fiber that makes it. */
export const stopwatch = Effect.map(Clock.Clock, (clock) => {
  const start = clock.currentTimeMillisUnsafe()
  return (): number => clock.currentTimeMillisUnsafe() - start
})
