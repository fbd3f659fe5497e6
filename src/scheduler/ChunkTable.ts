// The chunks as columns, indexed by chunk id, and the edges that join chunks to the tasks that use them.
// Chunk ids are not task ids: a task makes none, one or many. Bytes live elsewhere; here is where they are and why.
import { capacityFor, grown } from "./columns.ts"
import { NONE } from "./TaskTable.ts"

/** Bits of `flags`: a write to disk or a read from it is under way; kept although nobody uses it; row in use. */
export const SPILLING = 1
/** A read from disk is under way. */
export const RESTORING = 2
/** Kept until it is released by name. */
export const PERSISTED = 4
/** A row with a chunk. */
export const LIVE = 8
/** Its spill failed: do not try again. */
export const STUCK = 16
/** Its copy on disk is damaged, and its value is being computed anew. */
export const RECOMPUTING = 32
/** Released by name before it was made: it is not kept then. */
export const GIVEN_UP = 64

/** Columns of all chunks. */
export class ChunkTable {
  capacity = 0
  /** rows in use */
  count = 0
  producer = new Int32Array(0)
  /** consumers that have not finished, wishes and keeps */
  uses = new Int32Array(0)
  firstUse = new Int32Array(0)
  lastUse = new Int32Array(0)
  /** next output of the same task */
  sibling = new Int32Array(0)
  /** attempts that were sent and read it: it must stay in memory */
  pins = new Int32Array(0)
  /** the worker that made it */
  home = new Int32Array(0)
  place = new Uint8Array(0)
  flags = new Uint8Array(0)
  bytes = new Float64Array(0)

  /** Makes room for ids below `needed`. */
  ensure(needed: number): void {
    if (needed <= this.capacity) return
    const capacity = capacityFor(this.capacity, needed)
    this.producer = grown(this.producer, capacity)
    this.uses = grown(this.uses, capacity)
    this.firstUse = grown(this.firstUse, capacity)
    this.lastUse = grown(this.lastUse, capacity)
    this.sibling = grown(this.sibling, capacity)
    this.pins = grown(this.pins, capacity)
    this.home = grown(this.home, capacity)
    this.place = grown(this.place, capacity)
    this.flags = grown(this.flags, capacity)
    this.bytes = grown(this.bytes, capacity)
    this.capacity = capacity
  }

  /** Opens the row of a new chunk. */
  open(chunk: number, producer: number): void {
    this.ensure(chunk + 1)
    this.producer[chunk] = producer
    this.uses[chunk] = 0
    this.firstUse[chunk] = NONE
    this.lastUse[chunk] = NONE
    this.sibling[chunk] = NONE
    this.pins[chunk] = 0
    this.home[chunk] = NONE
    this.place[chunk] = 0
    this.flags[chunk] = LIVE
    this.bytes[chunk] = 0
    this.count++
  }
}

/** Edges: task `task[e]` uses chunk `chunk[e]`. Each is in two lists: the chunk's uses and the task's inputs. */
export class EdgeTable {
  capacity = 0
  count = 0
  private used = 0
  private free = NONE
  task = new Int32Array(0)
  chunk = new Int32Array(0)
  nextUse = new Int32Array(0)
  previousUse = new Int32Array(0)
  nextInput = new Int32Array(0)

  /** An edge that is not in use; its fields are the caller's to set. */
  take(): number {
    this.count++
    const edge = this.free
    if (edge !== NONE) {
      this.free = this.nextInput[edge]
      return edge
    }
    if (this.used === this.capacity) {
      const capacity = capacityFor(this.capacity, this.used + 1)
      this.task = grown(this.task, capacity)
      this.chunk = grown(this.chunk, capacity)
      this.nextUse = grown(this.nextUse, capacity)
      this.previousUse = grown(this.previousUse, capacity)
      this.nextInput = grown(this.nextInput, capacity)
      this.capacity = capacity
    }
    return this.used++
  }

  /** Appends an edge from `task` to the uses of `chunk`; the task's input list is the caller's. */
  link(chunks: ChunkTable, task: number, chunk: number): number {
    const edge = this.take()
    const last = chunks.lastUse[chunk]
    this.task[edge] = task
    this.chunk[edge] = chunk
    this.nextUse[edge] = NONE
    this.previousUse[edge] = last
    this.nextInput[edge] = NONE
    if (last === NONE) chunks.firstUse[chunk] = edge
    else this.nextUse[last] = edge
    chunks.lastUse[chunk] = edge
    chunks.uses[chunk]++
    return edge
  }

  /** Takes an edge out of its chunk's uses and gives it back. */
  unlink(chunks: ChunkTable, edge: number): void {
    const chunk = this.chunk[edge]
    const next = this.nextUse[edge]
    const previous = this.previousUse[edge]
    if (previous === NONE) chunks.firstUse[chunk] = next
    else this.nextUse[previous] = next
    if (next === NONE) chunks.lastUse[chunk] = previous
    else this.previousUse[next] = previous
    chunks.uses[chunk]--
    this.nextInput[edge] = this.free
    this.free = edge
    this.count--
  }
}
