// The scheduler: what happens next. `step(state, events, now)` takes events in, changes the state that its one caller
// owns, and returns commands. No clock, no randomness, no I/O: the same events give the same commands.
import { resumed, yielded } from "./attempt.ts"
import type { Command } from "./Command.ts"
import type { Event } from "./Event.ts"
import { EVERYTHING, evict } from "./evict.ts"
import { attemptFailed, cancelled, chunkLost, claimed, elapsed } from "./fail.ts"
import { finished } from "./finish.ts"
import { damaged, kept, moved } from "./memory.ts"
import { place } from "./place.ts"
import { drop, letGoOfMore, pinned, unpersist } from "./release.ts"
import type { State } from "./State.ts"
import { submitted } from "./submit.ts"
import { processorLeaving, processorLost, processorUp, retracted, retractionRefused, strand } from "./workers.ts"

/** Takes in one event; what it causes is ordered by `decide`. */
export const apply = (s: State, e: Event): void => {
  switch (e._tag) {
    case "submitted":
      return submitted(s, e)
    case "finished":
      return finished(s, e)
    case "dropped":
      return drop(s, e.tasks)
    case "cancelled":
      return cancelled(s, e.tasks)
    case "unpersisted":
      return unpersist(s, e.chunks)
    case "claimed":
      return claimed(s, e.tasks, e.attempts)
    case "yielded":
      return yielded(s, e.worker, e.task, e.attempt)
    case "resumed":
      return resumed(s, e.worker, e.task, e.attempt)
    case "failed":
      return attemptFailed(s, e)
    case "retracted":
      return retracted(s, e.worker, e.tasks, e.attempts)
    case "kept":
      return retractionRefused(s, e.worker)
    case "processor up":
      return processorUp(s, e)
    case "processor leaving":
      return processorLeaving(s, e.worker)
    case "processor lost":
      return processorLost(s, e)
    case "chunk lost":
      return chunkLost(s, e.chunk)
    case "chunk damaged":
      return damaged(s, e.chunk)
    case "pinned":
      return pinned(s, e.chunk, e.by)
    case "stray":
      return
    case "chunk moved":
      return moved(s, e.chunk, e.place, e.bytes)
    case "chunk kept":
      return kept(s, e.chunk, e.retry)
    case "pressure":
      evict(s, e.bytes - s.memory.spilling, EVERYTHING)
      return
    case "elapsed":
      return elapsed(s, e.token, e.retryAfter)
  }
}

/** Places what can be placed and returns everything ordered since the last call. */
export const decide = (s: State): Array<Command> => {
  if (s.stranded.size > 0) strand(s)
  place(s)
  return s.out.take()
}

/** Takes events in and returns the commands that they cause. While `hasLeft`, the next step has more to do. */
export const step = (s: State, events: ReadonlyArray<Event>, _now: number): Array<Command> => {
  for (let i = 0; i < events.length; i++) apply(s, events[i])
  letGoOfMore(s)
  return decide(s)
}
