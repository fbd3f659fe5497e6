// Writes values to disk in the order in which the scheduler wants them gone, a few at a time. What waits is only listed:
// where thousands do, a fiber for each would be old garbage. Small ones go together: the system's part of a write, and
// waking a thread for it, costs more than 100 KB of copying.
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import { type Entry, QUEUED } from "../chunk/Entry.ts"
import type { SpillHandle, SpillStore } from "../chunk/SpillStore.ts"
import { DISK, SHARED } from "../scheduler/Event.ts"
import type { Core } from "./Core.ts"
import { forkMove, type MoveRunner } from "./forkMove.ts"

/** Writes that are given to the store at once: as many as it has permits, so that what waits for one waits here. */
const AT_ONCE = 4
/** Bytes that are written together. */
const TOGETHER = 1 << 20

/** Marks an entry that is being written. */
const WRITING = {}

interface Job {
  readonly chunk: number
  readonly entry: Entry
}

/** What a writer needs of who owns it. */
export interface SpillWriterOwner {
  /** A value was released while it waited or was written. */
  readonly discard: (entry: Entry) => void
  /** Something went wrong; for people. */
  readonly complain: (trouble: string) => void
}

const sizeOf = ({ parts }: Entry): number => {
  let bytes = 0
  for (let i = 1; i < parts.length; i += 2) bytes += parts[i]
  return bytes
}

/** The values of one engine that are to be written. */
export class SpillWriter {
  private readonly core: Core
  private readonly spills: SpillStore
  private readonly runner: MoveRunner
  private readonly owner: SpillWriterOwner
  private readonly waiting: Array<Job> = []
  private writing = 0
  /** bytes written so far */
  written = 0

  constructor(core: Core, spills: SpillStore, runner: MoveRunner, owner: SpillWriterOwner) {
    this.core = core
    this.spills = spills
    this.runner = runner
    this.owner = owner
  }

  /** A value in the arena is to be written; the scheduler is told in a later turn what became of it. */
  add(chunk: number, entry: Entry): void {
    entry.moving = QUEUED
    this.waiting.push({ chunk, entry })
  }

  /** Begins what was added, as far as it is the time. */
  begin(): void {
    while (this.writing < AT_ONCE && this.waiting.length > 0) {
      const jobs = this.take()
      if (jobs.length > 0) this.write(jobs)
    }
  }

  /** The first that wait, as many as go together. */
  private take(): ReadonlyArray<Job> {
    let bytes = 0
    let count = 0
    do bytes += sizeOf(this.waiting[count++].entry)
    while (count < this.waiting.length && bytes + sizeOf(this.waiting[count].entry) <= TOGETHER)
    return this.waiting.splice(0, count).filter(({ entry }) => {
      if (entry.released) this.over(entry)
      return !entry.released
    })
  }

  private over(entry: Entry): void {
    entry.moving = undefined
    if (entry.released) this.owner.discard(entry)
  }

  private write(jobs: ReadonlyArray<Job>): void {
    const begin = () =>
      jobs.map(({ entry }) => {
        entry.moving = WRITING
        return this.core.store.partViews(entry)
      })
    this.writing++
    forkMove(this.runner, this.spills.write(jobs.map(({ entry }) => sizeOf(entry)), begin), (exit) => {
      this.writing--
      if (Exit.isSuccess(exit)) this.finish(jobs, exit.value)
      // It may be that one of them can still be written, where all together cannot.
      else if (jobs.length > 1) { for (const job of jobs) this.write([job]) }
      else this.keep(jobs[0], Cause.pretty(exit.cause))
      this.begin()
    })
  }

  private finish(jobs: ReadonlyArray<Job>, handles: ReadonlyArray<SpillHandle>): void {
    jobs.forEach(({ chunk, entry }, i) => {
      entry.disk = handles[i]
      this.written += handles[i].bytes
      this.over(entry)
      if (entry.released) return
      this.core.tell({ _tag: "chunk moved", chunk, place: SHARED | DISK, bytes: entry.bytes })
    })
  }

  private keep({ chunk, entry }: Job, trouble: string): void {
    this.over(entry)
    if (entry.released) return
    this.owner.complain(trouble)
    this.core.tell({ _tag: "chunk kept", chunk, retry: false })
  }
}
