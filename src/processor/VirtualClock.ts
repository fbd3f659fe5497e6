// A clock whose time is only what the simulation says: when nothing can run, it jumps to the next moment that somebody
// waits for. Hours pass in microseconds, and always in the same order. For Engine.layerTest.
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

interface Alarm {
  readonly at: number
  readonly order: number
  readonly ring: () => void
}

/** Turns of the event loop without anything new after which nothing can be running. */
const QUIET_TURNS = 3

/** Virtual time. */
export class VirtualClock implements Clock.Clock {
  private now = 0
  private order = 0
  private readonly alarms: Array<Alarm> = []
  private quiet = 0
  private waking = false

  /** Milliseconds since it was made. */
  currentTimeMillisUnsafe(): number {
    return this.now
  }

  currentTimeNanosUnsafe(): bigint {
    return BigInt(Math.round(this.now * 1e6))
  }

  monotonicTimeNanosUnsafe(): bigint {
    return this.currentTimeNanosUnsafe()
  }

  readonly monotonicTimeNanos: Effect.Effect<bigint> = Effect.sync(() => this.currentTimeNanosUnsafe())
  readonly currentTimeMillis: Effect.Effect<number> = Effect.sync(() => this.now)
  readonly currentTimeNanos: Effect.Effect<bigint> = Effect.sync(() => this.currentTimeNanosUnsafe())

  /** Resumes when that much time has passed, which takes none. */
  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.callback((resume) => {
      const cancel = this.after(Duration.toMillis(duration), () => resume(Effect.void))
      return Effect.sync(cancel)
    })
  }

  /** Calls `ring` when `ms` have passed; the result prevents it. */
  after(ms: number, ring: () => void): () => void {
    const alarm = { at: this.now + Math.max(0, ms), order: this.order++, ring }
    let at = this.alarms.length
    while (at > 0 && this.alarms[at - 1].at > alarm.at) at--
    this.alarms.splice(at, 0, alarm)
    this.quiet = 0
    this.wake()
    return () => {
      const index = this.alarms.indexOf(alarm)
      if (index >= 0) this.alarms.splice(index, 1)
    }
  }

  private wake(): void {
    if (this.waking) return
    this.waking = true
    setImmediate(() => {
      this.waking = false
      if (++this.quiet >= QUIET_TURNS) this.advance()
      if (this.alarms.length > 0) this.wake()
    })
  }

  private advance(): void {
    const next = this.alarms.shift()
    if (next === undefined) return
    this.quiet = 0
    this.now = next.at
    next.ring()
  }
}
