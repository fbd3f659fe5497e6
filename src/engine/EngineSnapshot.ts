// How an engine is right now, in numbers: for progress lines, dashboards and tests.
import type { Core } from "./Core.ts"
import type { Mover } from "./Mover.ts"
import type { Rooms } from "./Rooms.ts"

/** Numbers of one moment. Bytes unless said otherwise. */
export interface EngineSnapshot {
  readonly tasks: {
    /** submitted so far, and of these finished or failed */
    readonly total: number
    readonly done: number
    readonly failed: number
    readonly waiting: number
    readonly ready: number
    readonly running: number
  }
  readonly memory: {
    readonly budgetBytes: number
    /** everything that the budget counts, now and at most */
    readonly storeBytes: number
    readonly peakStoreBytes: number
    /** the part of it that holds chunks or is set aside for them */
    readonly residentBytes: number
    readonly reservedBytes: number
    /** bytes of shared memory that are in use; of these, held by workers for results to come */
    readonly slabBytes: number
    readonly roomBytes: number
    /** chunks that are held, wherever */
    readonly chunks: number
    readonly spilledBytes: number
    readonly restoredBytes: number
    readonly overdrafts: number
    /** what went wrong with the disk last, if anything did */
    readonly trouble: string | undefined
  }
  readonly processors: ReadonlyArray<{
    readonly id: number
    readonly kind: string
    /** attempts sent and not reported; of these waiting for others */
    readonly sent: number
    readonly suspended: number
    /** ms of work in them, as far as known */
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
      reservedBytes: memory.reserved,
      slabBytes: core.store.arena.used,
      roomBytes: core.store.roomBytes,
      chunks: core.state.chunks.count,
      spilledBytes: mover.spilledBytes,
      restoredBytes: mover.restoredBytes,
      overdrafts: memory.overdrafts + rooms.overdrafts + core.store.overdrafts,
      trouble: mover.trouble
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
