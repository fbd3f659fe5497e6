// What the current step has ordered so far, by kind; `take` turns it into commands, one a kind and processor.
import type { Command } from "./Command.ts"
import type { Reason } from "./Event.ts"

interface Batch {
  readonly tasks: Array<number>
  readonly attempts: Array<number>
}

type PerWorker = "run" | "interrupt" | "retract"

/** Orders under way. */
export class Outbox {
  private readonly batches: Record<PerWorker, Map<number, Batch>> = {
    interrupt: new Map(),
    retract: new Map(),
    run: new Map()
  }
  releasedTasks: Array<number> = []
  releasedChunks: Array<number> = []
  settled: Array<number> = []
  failed: Array<number> = []
  via: Array<number> = []
  reasons: Array<Reason> = []
  spills: Array<number> = []
  restores: Array<number> = []
  moves: Array<number> = []
  afters: Array<Command & { readonly _tag: "after" }> = []

  /** Orders something of one attempt. */
  add(kind: PerWorker, worker: number, task: number, attempt: number): void {
    const batch = this.batches[kind].get(worker)
    if (batch === undefined) this.batches[kind].set(worker, { tasks: [task], attempts: [attempt] })
    else {
      batch.tasks.push(task)
      batch.attempts.push(attempt)
    }
  }

  /** Takes back the order to run an attempt, if it was given in this step. */
  unsend(worker: number, attempt: number): boolean {
    const batch = this.batches.run.get(worker)
    const at = batch === undefined ? -1 : batch.attempts.indexOf(attempt)
    if (batch === undefined || at < 0) return false
    batch.tasks.splice(at, 1)
    batch.attempts.splice(at, 1)
    if (batch.tasks.length === 0) this.batches.run.delete(worker)
    return true
  }

  /** What has failed, settled or been released so far: to be performed before new tasks may refer to it. */
  takeEnded(): Array<Command> {
    const out: Array<Command> = []
    this.ended(out)
    return out
  }

  private ended(out: Array<Command>): void {
    if (this.failed.length > 0) {
      out.push({ _tag: "fail", tasks: this.failed, via: this.via, reasons: this.reasons })
      this.failed = []
      this.via = []
      this.reasons = []
    }
    if (this.settled.length > 0) {
      out.push({ _tag: "settle", wishes: this.settled })
      this.settled = []
    }
    this.moved(out)
    if (this.releasedTasks.length > 0 || this.releasedChunks.length > 0) {
      out.push({ _tag: "release", tasks: this.releasedTasks, chunks: this.releasedChunks })
      this.releasedTasks = []
      this.releasedChunks = []
    }
  }

  /** The commands ordered since the last call, in the order in which they are to be performed. */
  take(): Array<Command> {
    const out: Array<Command> = []
    for (const kind of ["interrupt", "retract"] as const) this.drain(kind, out)
    this.ended(out)
    this.drain("run", out)
    for (const after of this.afters) out.push(after)
    this.afters.length = 0
    return out
  }

  /** Moves come before releases: the id of a chunk that was moved and released may be another's right after. */
  private moved(out: Array<Command>): void {
    if (this.moves.length > 0) {
      out.push({ _tag: "move", chunks: this.moves, to: "disk" })
      this.moves = []
    }
    if (this.spills.length > 0) {
      out.push({ _tag: "spill", chunks: this.spills })
      this.spills = []
    }
    if (this.restores.length > 0) {
      out.push({ _tag: "restore", chunks: this.restores })
      this.restores = []
    }
  }

  private drain(kind: PerWorker, out: Array<Command>): void {
    if (this.batches[kind].size === 0) return
    for (const [worker, { attempts, tasks }] of this.batches[kind]) out.push({ _tag: kind, worker, tasks, attempts })
    this.batches[kind].clear()
  }
}
