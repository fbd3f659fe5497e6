// How an engine is right now, in numbers: for progress lines, dashboards and tests.
import type { Core } from "./Core.ts"
import type { Mover } from "./Mover.ts"
import type { Rooms } from "./Rooms.ts"

/** An engine in the numbers of one moment: what `Engine.snapshot` gives. */
export interface EngineSnapshot {
  /** How many tasks there were and are. */
  readonly tasks: {
    /** submitted so far */
    readonly total: number
    /** finished so far; a task that runs again counts again */
    readonly done: number
    /** failed so far, those because of another included */
    readonly failed: number
    /** now waiting for inputs; whoever waits for results (a collect, a handle) counts as one of these, too */
    readonly waiting: number
    /** now waiting for a processor or for memory */
    readonly ready: number
    /** now sent to a processor */
    readonly running: number
  }
  /** What chunks occupy, in bytes unless the name says otherwise. */
  readonly memory: {
    /** the option `memory` */
    readonly budgetBytes: number
    /** everything that the budget counts, free parts of the arena included */
    readonly storeBytes: number
    /** the most that this has been */
    readonly peakStoreBytes: number
    /** the part of it that holds chunks */
    readonly residentBytes: number
    /** values that are on this thread's heap as they are: estimates, by the rule of `chunk/size.ts` */
    readonly heapBytes: number
    /** how many of these were encoded because memory was short */
    readonly encoded: number
    /** set aside for the outputs of tasks that are running */
    readonly reservedBytes: number
    /** bytes of shared memory that are in use */
    readonly slabBytes: number
    /** of these, held by workers for results to come */
    readonly roomBytes: number
    /** how many chunks are held, wherever */
    readonly chunks: number
    /** written to disk so far */
    readonly spilledBytes: number
    /** read back so far */
    readonly restoredBytes: number
    /** how many values were computed anew because their bytes on disk were damaged */
    readonly recomputed: number
    /** how many times work went on beyond the budget, rather than stand still for ever */
    readonly overdrafts: number
    /** what went wrong with the disk last, if anything did */
    readonly trouble: string | undefined
  }
  /** Values of tasks with the option `checkpoint`. */
  readonly checkpoints: {
    /** written so far */
    readonly saved: number
    /** read so far, instead of running the tasks that made them */
    readonly restored: number
    /** how many could not be written or read */
    readonly failed: number
  }
  /** The processors that are up. */
  readonly processors: ReadonlyArray<{
    /** the number in their names, such as the 2 of `thread 2` */
    readonly id: number
    /** `fiber` (this thread), `thread`, `bytes` (a thread that shares no memory) or `simulated` */
    readonly kind: string
    /** attempts that were sent there and not reported yet */
    readonly sent: number
    /** of these, tasks that wait for others */
    readonly suspended: number
    /** milliseconds of work in them, as far as known */
    readonly expected: number
  }>
}

/** The numbers of now. */
export const snapshotOf = (core: Core, mover: Mover, rooms: Rooms): EngineSnapshot => {
  const { memory, tasks, workers } = core.state
  const { counts } = tasks
  return {
    tasks: {
      total: core.submitted,
      done: core.settled,
      failed: core.failed,
      waiting: counts[1],
      ready: counts[2],
      running: counts[3]
    },
    memory: {
      budgetBytes: memory.budget,
      storeBytes: core.store.bytes,
      peakStoreBytes: core.store.peakBytes,
      residentBytes: memory.resident,
      heapBytes: core.store.heapBytes,
      encoded: mover.encoder.encoded,
      reservedBytes: memory.reserved,
      slabBytes: core.store.arena.used,
      roomBytes: core.store.roomBytes,
      chunks: core.state.chunks.count,
      spilledBytes: mover.writer.written,
      restoredBytes: mover.restoredBytes,
      recomputed: mover.lineage?.recomputed ?? 0,
      overdrafts: memory.overdrafts + rooms.overdrafts + core.store.overdrafts,
      trouble: mover.trouble
    },
    checkpoints: {
      saved: core.checkpoints?.saved ?? 0,
      restored: core.checkpoints?.restored ?? 0,
      failed: core.checkpoints?.failed ?? 0
    },
    processors: [...workers.values()].map((w) => ({
      id: w.id,
      kind: w.kind,
      sent: w.sent,
      suspended: w.suspended,
      expected: w.expected
    }))
  }
}
