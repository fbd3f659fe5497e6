// What a lowering (lower.ts) asks of whom it works for: an engine, or inside a task on a worker the far side of one. Types
// only, and the two marks that stand among prepared arguments.
import type { DelayedNode } from "./Delayed.ts"
import type { StandInNode } from "./fuse.ts"
import type { Handle } from "./Handle.ts"
import type { Template } from "./Template.ts"

/** What a lowering needs of the engine that it works for. */
export interface LowerHost {
  /** Its number: nodes carry it while it runs them. */
  readonly engine: number
  /** Whether this engine has the node as a task. */
  readonly isAlive: (node: DelayedNode) => boolean
  /** Whether any task may be merged with others; otherwise only those that are kept (Template.isKept) are asked for. */
  readonly fuses?: boolean
  /** The task that is lowered instead of a node and what it needs, or undefined; not there: none ever is. */
  readonly instead?: ((node: DelayedNode, mark: number) => StandInNode | undefined) | undefined
  /** A new task id for the node. */
  readonly open: (node: DelayedNode) => number
  /** A new chunk id: output `index` of `task`. */
  readonly output: (task: number, index: number) => number
  /** The chunk of output `index` of a task that is alive. */
  readonly chunkOf: (task: number, index: number) => number
  /** Whether output `index` of a task that is alive is not gone: each of several is freed alone. */
  readonly hasOutput: (task: number, index: number) => boolean
  /** The class of a template; new ones are added to the slice's `defined` by the host. */
  readonly classOf: (template: Template) => number
  /** The chunk of a handle that is no delayed task (Spawned, Chunk). Throws when it is released. */
  readonly heldChunk: (handle: Handle) => number
  /** The node of a spawned task that is not lowered yet, or undefined. */
  readonly pendingNode: (handle: Handle) => DelayedNode | undefined
  /** What is sent for an input value; a LargeInput if it became a chunk (a new one is pushed: id, bytes, place). */
  readonly value: (value: unknown, template: Template, stored: Array<number>) => unknown
  /** Takes back a chunk that `value` has made. */
  readonly unstore: (chunk: number) => void
  /** Remembers the arguments of a task in the form in which they are sent. */
  readonly prepare: (task: number, args: ReadonlyArray<unknown>) => void
}

/** Stands in prepared arguments for a value that became a chunk: the task's next input. */
export class LargeInput {
  readonly chunk: number
  constructor(chunk: number) {
    this.chunk = chunk
  }
}

/** An input list with handles in it, in prepared form. */
export class ListInput {
  readonly items: ReadonlyArray<unknown>
  constructor(items: ReadonlyArray<unknown>) {
    this.items = items
  }
}
