// Submissions: graphs that users want, lowered slice by slice inside the loop's turns, so that no task can be released
// between the moment a graph refers to it and the moment the scheduler knows.
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import { encode } from "../chunk/codec.ts"
import { Entry, FAR_VALUE, LIVE_VALUE } from "../chunk/Entry.ts"
import { ArenaFull } from "../chunk/MemoryStore.ts"
import { INLINE_BYTES } from "../chunk/sizes.ts"
import type { DelayedNode } from "../graph/Delayed.ts"
import { StoreFull } from "../graph/errors.ts"
import { fuse, type StandInNode } from "../graph/fuse.ts"
import type { Handle } from "../graph/Handle.ts"
import { Lowering, type Slice } from "../graph/lower.ts"
import { LargeInput, type LowerHost } from "../graph/LowerHost.ts"
import { refuse } from "../graph/refuse.ts"
import type { Template } from "../graph/Template.ts"
import { isCurrent } from "../scheduler/attempt.ts"
import { DISK, FAR, HEAP, INLINE, SHARED, WISH, WISH_EXIT } from "../scheduler/Event.ts"
import { isLive } from "../scheduler/submit.ts"
import type { Core } from "./Core.ts"
import { ChunkHandle, SpawnedHandle } from "./handles.ts"
import { Snapshot } from "./InputSnapshot.ts"
import type { Wish } from "./Wish.ts"

/** Tasks lowered in one turn for one submission. */
const SLICE = 1024

/** Thrown where a lowering cannot go on before something else is done: it comes back to the same place. */
export class Waiting {
  readonly until: Effect.Effect<void, Error>
  constructor(until: Effect.Effect<void, Error>) {
    this.until = until
  }
}

/** A graph on its way to the scheduler. */
export interface Submission {
  readonly wish: Wish
  readonly context: Context.Context<never>
  /** it computes anew what was lost: tasks that were given up since run once more */
  readonly again: boolean
  lowering: Lowering | undefined
  /** 0 until its first slice is submitted */
  slices: number
  /** bytes of room that it waits for; negative: there is none to be had */
  needs: number
  /** the slab that it was given for them, or -1 */
  room: number
  /** why what it waited for did not come about */
  problem: Error | undefined
}

/** A submission of a wish. */
export const makeSubmission = (wish: Wish, context: Context.Context<never>, again = false): Submission => ({
  wish,
  context,
  again,
  lowering: undefined,
  slices: 0,
  needs: 0,
  room: -1,
  problem: undefined
})

const hostOf = (core: Core, { again, context }: Submission): LowerHost => ({
  engine: core.id,
  isAlive: (node) => core.isAlive(node),
  fuses: core.chains !== undefined,
  instead: (node, mark) => insteadOf(core, node, mark),
  open: (node) => {
    const task = core.taskIds.take()
    core.nodes[task] = node
    if (node.template.isKept) keep(core, task, node, context)
    if (node.template.fn.kind === "closure" && context !== none) core.contexts.set(task, context)
    return task
  },
  output: (task, index) => core.openChunk(task, index),
  chunkOf: (task, index) => core.chunkOf(task, index),
  hasOutput: (task, index) => core.hasOutput(task, index),
  classOf: (template) => {
    if (template.options.checkpoint && core.checkpoints === undefined) throw noPlace(template)
    return core.classOf(template)
  },
  heldChunk: (handle) => heldChunk(core, handle),
  pendingNode: (handle) => handle instanceof SpawnedHandle ? spawnedNode(core, handle, again) : undefined,
  value: (value, template, stored) => inputValue(core, value as object, template, stored),
  unstore: (chunk) => {
    const entry = core.store.delete(chunk)
    if (entry instanceof Entry) core.store.evict(entry)
    core.chunkIds.release(chunk)
  },
  prepare: (task, args) => void core.prepared.set(task, args)
})

const noPlace = ({ fn, options }: Template): Error => {
  const reason = "this engine has no place for checkpoints: Engine.layer({ checkpoint: { directory } })"
  return refuse("GraphInvalid", { path: `"${options.name ?? fn.name}": options.checkpoint`, reason })
}

const none = Context.empty()

/** What is lowered instead of a task: what is kept of it in memory or in a file, or the chain that it ends. */
const insteadOf = (core: Core, node: DelayedNode, mark: number): StandInNode | undefined => {
  const { cache, chains, checkpoints } = core
  const { isKept, options } = node.template
  if (!isKept) return chains && fuse(node, chains, (before) => before.engine !== mark && !core.isAlive(before))
  const kept = options.cache && options.persist ? cache.instead(node) : undefined
  if (kept !== undefined || !options.checkpoint) return kept
  const restored = checkpoints?.instead(node)
  if (restored !== undefined) cache.remember(node)
  return restored
}

/** A task was lowered whose result is to last. */
const keep = (core: Core, task: number, node: DelayedNode, context: Context.Context<never>): void => {
  const { cache, checkpoint } = node.template.options
  if (checkpoint) core.checkpoints?.opened(task, node)
  if (cache) core.cache.opened(task, node, context)
}

const spawnedNode = (core: Core, handle: SpawnedHandle, again: boolean): DelayedNode | undefined => {
  const problem = again ? undefined : handleProblem(core, handle, "an input", false)
  if (problem !== undefined) throw problem
  return core.isAlive(handle.node) ? undefined : handle.node
}

/**
 * Why a handle is of no use to this engine, if it is not. `place`: what it was given for. `now`: for the user; a graph
 * that is lowered may still use what was released after it was submitted.
 */
export const handleProblem = (
  core: Core,
  handle: SpawnedHandle | ChunkHandle,
  place: string,
  now: boolean
): Error | undefined => {
  const [kind, read] = handle instanceof SpawnedHandle ? ["Spawned", "fetch"] : ["Chunk", "get"]
  if (handle.engine !== core.id) {
    const reason = `this ${kind} belongs to another engine: ${kind}.${read} it there, and use its value here`
    return refuse("GraphInvalid", { path: place, reason })
  }
  const { wish } = handle
  const lease = handle instanceof ChunkHandle ? handle.lease : undefined
  const isOver = lease !== undefined && !isCurrent(core.state, lease.task, lease.attempt)
  if (!(now && handle.released) && wish?.status !== "dropped" && !isOver) return undefined
  return released(place, kind)
}

const released = (place: string, kind: string): Error =>
  refuse("GraphInvalid", {
    path: place,
    reason: `this ${kind} was released, or its Scope is closed: use it inside its Scope`
  })

const heldChunk = (core: Core, handle: Handle): number => {
  if (handle instanceof SpawnedHandle) return core.chunkOf(handle.node.task, 0)
  const chunk = handle as ChunkHandle
  const problem = handleProblem(core, chunk, "an input", false)
  if (problem !== undefined) throw problem
  if (!isLive(core.state, chunk.chunk)) throw released("an input", "Chunk")
  return chunk.chunk
}

/** A small value is written at once; a large one becomes a chunk, one for each object. */
const inputValue = (core: Core, value: object, template: Template, stored: Array<number>): unknown => {
  if (template.fn.kind === "closure") return value
  const known = core.large.get(value)
  if (known !== undefined && core.store.get(known.chunk) === known.entry) return new LargeInput(known.chunk)
  const { buffers, head } = encode(value, core.store.crossing, { root: "input" })
  if (buffers.length === 0 && head.byteLength <= INLINE_BYTES) return new Snapshot(head, buffers)
  const entry = core.store.pack(value, false, "input", true)
  const chunk = core.chunkIds.take()
  const bytes = core.store.set(chunk, entry)
  stored.push(chunk, bytes, placeOf(entry))
  if (entry instanceof Entry) core.large.set(value, { chunk, entry })
  return new LargeInput(chunk)
}

/** The place of a held value, as the scheduler calls it. */
export const placeOf = (held: unknown): number => {
  if (!(held instanceof Entry)) return INLINE
  if (held.code === FAR_VALUE) return FAR
  if (held.parts.length > 0) return held.origin === undefined ? SHARED : SHARED | DISK
  return held.code === LIVE_VALUE && held.bytes > INLINE_BYTES && !held.stays ? HEAP : INLINE
}

const tell = (core: Core, submission: Submission, slice: Slice, part: "whole" | "more" | "last"): void =>
  core.tell({
    _tag: "submitted",
    defined: core.takeClasses(),
    tasks: slice.tasks,
    classes: slice.classes,
    starts: slice.starts,
    chunks: slice.chunks,
    outputs: slice.outputs,
    stored: slice.stored,
    part,
    submission: submission.wish.serial
  })

/** Lowers up to a slice; false if there is more to come. Asks for room when an input value finds none. */
const lower = (core: Core, submission: Submission, lowering: Lowering, ask: AskRoom): boolean => {
  if (submission.problem !== undefined) throw submission.problem
  if (submission.needs < 0) throw new StoreFull({ needed: -submission.needs, budget: core.store.budget })
  // Nobody can have it in between: its slab is free from here to the value's copy.
  if (submission.room >= 0) core.store.arena.release(submission.room)
  submission.room = -1
  try {
    return lowering.run(SLICE)
  } catch (error) {
    if (error instanceof Waiting) {
      submission.needs = 1
      core.checkpoints!.wait(error.until, (problem) => {
        submission.needs = 0
        submission.problem = problem
      })
      return false
    }
    if (!(error instanceof ArenaFull)) throw error
    const { needed } = error
    if (needed > core.store.budget) throw new StoreFull({ needed, budget: core.store.budget })
    submission.needs = needed
    ask(needed, (offset) => {
      if (submission.wish.status !== "pending" && offset >= 0) core.store.arena.release(offset)
      else submission.room = offset
      submission.needs = offset < 0 ? -needed : 0
    })
    return false
  }
}

/** Asks for room in the arena. */
export type AskRoom = (bytes: number, grant: (offset: number) => void) => void

/** Lowers the next slice; true when the submission is complete. What is wrong with the graph is thrown. */
export const advance = (core: Core, submission: Submission, ask: AskRoom): boolean => {
  const { wish } = submission
  if (submission.needs > 0) return false
  const lowering = submission.lowering ??= new Lowering(hostOf(core, submission), wish.handles)
  const complete = lower(core, submission, lowering, ask)
  const slice = lowering.take()
  core.submitted += slice.tasks.length
  if (complete || slice.wanted.length > 0) wishFor(core, wish, slice)
  tell(core, submission, slice, !complete ? "more" : submission.slices === 0 ? "whole" : "last")
  submission.slices++
  return complete
}

/** Adds to a slice what the wish wants of it: from then on that stays. */
const wishFor = (core: Core, wish: Wish, slice: Slice): void => {
  if (wish.task < 0) {
    wish.task = core.taskIds.take()
    core.nodes[wish.task] = wish
  }
  slice.tasks.push(wish.task)
  slice.classes.push(wish.exits ? WISH_EXIT : WISH)
  for (const chunk of slice.wanted) {
    slice.chunks.push(chunk)
    wish.chunks.push(chunk)
  }
  slice.starts.push(slice.chunks.length)
}

/** Gives up a submission that is not complete: what was lowered for it and nobody else wants is dropped. */
export const abandon = (core: Core, submission: Submission): void => {
  const { lowering } = submission
  if (submission.room >= 0) core.store.arena.release(submission.room)
  submission.room = -1
  if (lowering === undefined) return
  const slice = lowering.take()
  tell(core, submission, slice, submission.slices === 0 && slice.tasks.length === 0 ? "whole" : "last")
  core.tell({ _tag: "dropped", tasks: lowering.made.flat().reverse() })
}
