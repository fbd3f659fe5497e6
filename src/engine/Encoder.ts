// Values that are on this thread's heap as they are, and go because memory is short: each gets bytes of its own in the
// arena, from where it can be written to disk. A little in each turn, between tasks, since no other thread can do it.
// Which ones go is decided by the scheduler; what has to cross to a worker is encoded where it is sent.
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Entry } from "../chunk/Entry.ts"
import type { Core } from "./Core.ts"
import { placeOf } from "./submission.ts"

/** Estimated bytes that are encoded in one turn, or one value: up to some 10 ms. */
const AT_ONCE = 1 << 20

interface Job {
  readonly chunk: number
  readonly entry: Entry
}

/** The values of one engine that are to be encoded. */
export class Encoder {
  private readonly core: Core
  private readonly scope: Scope.Scope
  private readonly later: (f: () => void) => void
  private jobs: Array<Job> = []
  private next = 0
  /** how many values were encoded so */
  encoded = 0

  constructor(core: Core, scope: Scope.Scope, later: (f: () => void) => void) {
    this.core = core
    this.scope = scope
    this.later = later
  }

  /** A live value is to be encoded; the scheduler is told what became of it in a later turn. */
  add(chunk: number, entry: Entry): void {
    this.jobs.push({ chunk, entry })
    if (this.jobs.length === 1) this.schedule()
  }

  private schedule(): void {
    const work = Effect.andThen(Effect.yieldNow, Effect.sync(() => this.later(() => this.work())))
    Effect.runFork(Effect.forkIn(work, this.scope))
  }

  private work(): void {
    const { jobs } = this
    for (let left = AT_ONCE; left > 0 && this.next < jobs.length; this.next++) {
      const job = jobs[this.next]
      left -= job.entry.bytes
      this.encode(job)
    }
    if (this.next < jobs.length) return this.schedule()
    this.jobs = []
    this.next = 0
  }

  private encode({ chunk, entry }: Job): void {
    const { core } = this
    const { state, store } = core
    // Released, or encoded because it was sent to a worker: the scheduler knows, or will.
    if (store.get(chunk) !== entry) return
    // Whoever runs has it in hand: it would take memory in both forms.
    if (state.chunks.pins[chunk] > 0) return core.tell({ _tag: "chunk kept", chunk, retry: true })
    let held: unknown = entry
    try {
      held = store.solidify(chunk)
    } catch {
      // It cannot cross, such as one with a function in it; or there is no memory at all.
      return core.tell({ _tag: "chunk kept", chunk, retry: false })
    }
    this.encoded++
    const bytes = held instanceof Entry ? held.bytes : state.chunks.bytes[chunk]
    core.tell({ _tag: "chunk moved", chunk, place: placeOf(held), bytes })
  }
}
