// What the scheduler is told: past participles, plain data that survive NDJSON (typed arrays are written as arrays).
// Columns, never an object a task. Values and errors stay with the engine: events carry ids, sizes and places only.

/** A column of integers or sizes. */
export type Column = ArrayLike<number>

/** Where the tasks of a class may run: on this thread only, or wherever a task module can be loaded. */
export type Where = "here" | "module"

/**
 * Behind which inputs that are not there yet a processor can be sent a task: none, those that it makes itself, or also
 * those of others that share memory with it.
 */
export type Follows = "none" | "own" | "shared"

/** What the scheduler must know of a function and its options; interned, so that a task carries one integer. */
export interface TaskClass {
  readonly id: number
  readonly where: Where
  readonly priority: number
  /** values that a task of this class makes */
  readonly outputs: number
  /** declared output bytes of all values together, or -1 */
  readonly bytes: number
  /** ms from the claim of each attempt, or -1 */
  readonly timeout: number
  /** kept until it is released by name: though nobody wants the task, or only when it was made */
  readonly persist: boolean | "when made"
  /** may run again after its worker was lost */
  readonly rerun: boolean
  /** may be sent before its inputs are there, behind the tasks that make them */
  readonly early: boolean
  /** makes one value, which others may be given by its worker */
  readonly handsOver: boolean
  /** demand of each resource, `slot` first */
  readonly demand: ReadonlyArray<number>
}

/** Class ids of wishes: nodes that never run and settle when their inputs have. */
export const WISH = 0
/** Like WISH, but failed inputs do not fail it: it settles when every input has settled. */
export const WISH_EXIT = 1
/** The first id for classes of tasks. */
export const FIRST_CLASS = 2

/** Where a chunk is: bits of ChunkTable.place. */
export const INLINE = 1
/** In the arena. */
export const SHARED = 2
/** On disk. */
export const DISK = 4
/** A JavaScript value on the heap of the thread that made it. */
export const HEAP = 8
/** Bits of a place that count as memory. */
export const IN_MEMORY = INLINE | SHARED | HEAP
/** A JavaScript value on the heap of the worker that made it, which sends it if it is asked to: away for all others. */
export const FAR = 16
/** Places from which a chunk goes when memory is short: from a heap into the arena, from there to disk. */
export const MOVABLE = SHARED | HEAP | FAR

/** Why a task failed. */
export type Reason = "error" | "cancelled" | "timeout" | "lost" | "full" | "unplaceable" | "chunk lost"

/**
 * Tasks and wishes in bulk: task i has the inputs `chunks[starts[i]] ... chunks[starts[i + 1] - 1]`. A wish comes again in
 * each slice that has something of what it wants.
 */
export interface Submitted {
  readonly _tag: "submitted"
  readonly defined: ReadonlyArray<TaskClass>
  readonly tasks: Column
  readonly classes: Column
  readonly starts: Column
  readonly chunks: Column
  /** chunk ids that the tasks make, task by task; a wish makes none */
  readonly outputs: Column
  /** chunks that exist already (a large input, `Chunk.put`): id, bytes and place, three numbers each */
  readonly stored: Column
  /** of a large graph "more" slices come before the "last": nothing of it counts as unwanted until then */
  readonly part: "whole" | "more" | "last"
  /** tells the slices of one submission from those of another */
  readonly submission: number
}

/** One step of a worker's report: tasks that finished, with bytes and place of each value that they made. */
export interface Finished {
  readonly _tag: "finished"
  readonly worker: number
  readonly tasks: Column
  readonly attempts: Column
  /** values per task */
  readonly outputs: Column
  /** per value, in the order of the tasks' outputs */
  readonly bytes: Column
  readonly places: Column
  /** ms per task */
  readonly durations: Column
}

/** Everything that can happen. */
export type Event =
  | Submitted
  | Finished
  /** nobody wishes these wishes, or these tasks of an abandoned submission, any more */
  | { readonly _tag: "dropped"; readonly tasks: Column }
  /** somebody wants these tasks stopped: they fail, with all that depends on them */
  | { readonly _tag: "cancelled"; readonly tasks: Column }
  /** a `persist`ed chunk is given up */
  | { readonly _tag: "unpersisted"; readonly chunks: Column }
  | { readonly _tag: "claimed"; readonly worker: number; readonly tasks: Column; readonly attempts: Column }
  | { readonly _tag: "yielded"; readonly worker: number; readonly task: number; readonly attempt: number }
  | { readonly _tag: "resumed"; readonly worker: number; readonly task: number; readonly attempt: number }
  | {
    readonly _tag: "failed"
    readonly worker: number
    readonly task: number
    readonly attempt: number
    readonly reason: Reason
    /** ms until it is tried again, or -1 */
    readonly retryAfter: number
  }
  /** attempts that a worker gave back unclaimed */
  | { readonly _tag: "retracted"; readonly worker: number; readonly tasks: Column; readonly attempts: Column }
  /** attempts that it had claimed already */
  | { readonly _tag: "kept"; readonly worker: number; readonly tasks: Column; readonly attempts: Column }
  | {
    readonly _tag: "processor up"
    readonly worker: number
    readonly kind: string
    readonly accepts: ReadonlyArray<Where>
    readonly capacity: ReadonlyArray<number>
    /** ms of work that may be sent ahead of need; 0: send only what can run now */
    readonly ahead: number
    readonly follows: Follows
  }
  | { readonly _tag: "processor leaving"; readonly worker: number }
  /** `stranded`: what nobody will ever run any more, because no other processor comes in its place */
  | {
    readonly _tag: "processor lost"
    readonly worker: number
    readonly claimed: Column
    readonly stranded: ReadonlyArray<Where>
  }
  | { readonly _tag: "chunk lost"; readonly chunk: number }
  | { readonly _tag: "chunk damaged"; readonly chunk: number }
  /** somebody on the engine's thread reads a chunk where it lies (+1), or has done (-1) */
  | { readonly _tag: "pinned"; readonly chunk: number; readonly by: 1 | -1 }
  /** a chunk is in these places from now on; bytes are what it occupies in memory there */
  | { readonly _tag: "chunk moved"; readonly chunk: number; readonly place: number; readonly bytes: number }
  /** a spill did not come about: the chunk is where it was; `retry`: it may be tried again */
  | { readonly _tag: "chunk kept"; readonly chunk: number; readonly retry: boolean }
  /** somebody needs `bytes` in memory in one piece; `short`: and waits for them */
  | { readonly _tag: "pressure"; readonly bytes: number }
  | { readonly _tag: "elapsed"; readonly token: number; readonly retryAfter: number }
  /** something came of a task after it was settled; for people, it changes nothing */
  | { readonly _tag: "stray"; readonly task: number; readonly text: string }
