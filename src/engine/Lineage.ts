// Values that are lost are computed anew: the delayed task that made one is its recipe, and what that needs and is gone
// is computed before it. Nothing is kept for this but the nodes that tasks are; a recipe that is too long is given up.
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Entry } from "../chunk/Entry.ts"
import { AllNode } from "../graph/all.ts"
import { DelayedNode, OutputNode } from "../graph/Delayed.ts"
import { Handle } from "../graph/Handle.ts"
import { membersOf } from "../graph/Leaves.ts"
import { argumentsOf, label } from "../graph/lower.ts"
import { defaultOptions } from "../graph/options.ts"
import { closureEntry } from "../graph/TaskFunction.ts"
import { Template } from "../graph/Template.ts"
import { LIVE } from "../scheduler/ChunkTable.ts"
import { NONE, STORED } from "../scheduler/TaskTable.ts"
import type { Core } from "./Core.ts"
import { causeOf, type Failure } from "./Failure.ts"
import { ChunkHandle, SpawnedHandle } from "./handles.ts"
import { placeOf } from "./submission.ts"
import type { Wishes } from "./wishes.ts"

/** What the recipe of a task counts for, in bytes: the node, and a pointer for each input. */
const NODE_BYTES = 200
const INPUT_BYTES = 16

/** How often one value is computed anew, at most: a disk that returns nothing as it was written is no place for it. */
const MOST_TIMES = 3

/** A value that is being computed anew. */
export interface Recomputation {
  /** Nobody wants it any more. */
  readonly stop: () => void
}

/** The lineage of one engine. */
export class Lineage {
  private readonly core: Core
  private readonly wishes: Wishes
  private readonly later: (f: () => void) => void
  /** bytes of recipes that may be followed for one value */
  private readonly bound: number
  /** how often values were computed anew, as they are held */
  private readonly times = new WeakMap<object, number>()
  /** Values that were computed anew. */
  recomputed = 0

  constructor(core: Core, wishes: Wishes, later: (f: () => void) => void, bound: number) {
    this.core = core
    this.wishes = wishes
    this.later = later
    this.bound = bound
  }

  /** What computes a chunk's value anew, or why nothing can. */
  private recipe(chunk: number): Handle | string {
    const { core } = this
    const { chunks, tasks } = core.state
    const held = core.store.get(chunk)
    if (held instanceof Entry && held.origin !== undefined) return held.origin
    const producer = chunks.producer[chunk]
    if (producer === NONE || tasks.status[producer] !== STORED) return "no task has made it"
    if (this.timesOf(chunk) >= MOST_TIMES) return `it was computed anew ${MOST_TIMES} times already`
    const node = core.node(producer)
    const problem = this.problemOf(node)
    if (problem !== undefined) return problem
    let index = 0
    for (let one = tasks.firstOutput[producer]; one !== chunk; one = chunks.sibling[one]) index++
    const again = new DelayedNode(templateAgain(node.template), node.inputs, node.item)
    return node.template.outputs === 0 ? again : new OutputNode(again, index)
  }

  /** Why a task cannot be run again, with those that it needs and that are gone. A list instead of recursion. */
  private problemOf(root: DelayedNode): string | undefined {
    const seen = new Set<DelayedNode>([root])
    const nodes = [root]
    let bytes = 0
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      const { inputs, template } = node
      if (!template.options.rerun) return `"${label(node)}" says that it may not run again (rerun: false)`
      bytes += NODE_BYTES + inputs.length * INPUT_BYTES
      if (bytes > this.bound) return `what it was computed from takes more than ${this.bound} bytes of lineage`
      const handles = handlesIn(argumentsOf(node))
      for (let handle = handles.pop(); handle !== undefined; handle = handles.pop()) {
        if (handle instanceof AllNode) handles.push(...membersOf(handle))
        const before = this.gone(handle)
        if (typeof before === "string") return `"${label(node)}" needs ${before}`
        if (before === undefined || seen.has(before)) continue
        seen.add(before)
        nodes.push(before)
      }
    }
    return undefined
  }

  /** The task that must run again for a handle's value, or undefined if that is there; or what cannot be had. */
  private gone(handle: Handle): DelayedNode | string | undefined {
    const { core } = this
    if (handle instanceof ChunkHandle) {
      const isThere = handle.engine === core.id && handle.wish?.status !== "dropped"
        && (core.state.chunks.flags[handle.chunk] & LIVE) !== 0
      return isThere ? undefined : "a Chunk that was released"
    }
    if (handle instanceof OutputNode) {
      const { index, node } = handle
      return core.isAlive(node) && core.hasOutput(node.task, index) ? undefined : node
    }
    const node = handle instanceof SpawnedHandle ? handle.node : handle
    return node instanceof DelayedNode && !core.isAlive(node) ? node : undefined
  }

  /**
   * Computes a chunk's value anew, and gives the chunk that instead of what it has; then calls `over`, with what went
   * wrong if anything did: at once, and undefined is returned, if nothing can compute it.
   */
  start(chunk: number, over: (problem: string | undefined, error?: object) => void): Recomputation | undefined {
    const { wishes } = this
    const recipe = this.recipe(chunk)
    if (typeof recipe === "string") {
      over(recipe)
      return undefined
    }
    const context = this.contextOf(chunk, recipe)
    let stopped = false
    // A task takes the value over: as its input it cannot leave memory before that is done.
    const take = (from: ChunkHandle) =>
      Effect.callback<void>((resume) => {
        this.later(() => {
          if (!stopped) over(this.replace(chunk, from.chunk))
          resume(Effect.void)
        })
      })
    const wish = wishes.make([new DelayedNode(takerOf(take), [recipe], -1)], false, context, true)
    wish.watch(() =>
      this.later(() => {
        if (stopped) return
        if (wish.failure !== undefined) over(why(wish.failure), errorOf(wish.failure))
        wishes.drop(wish)
      })
    )
    const stop = (): void => {
      stopped = true
      wishes.drop(wish)
    }
    return { stop }
  }

  /** Gives a chunk the value that another has. */
  private replace(chunk: number, from: number): string | undefined {
    const { store } = this.core
    const value = store.get(from)
    if (value instanceof Entry && value.parts.some((part) => part < 0)) return "there was no memory for it"
    const times = this.timesOf(chunk) + 1
    const { origin } = store.get(chunk) as Entry
    store.delete(chunk)
    const held = store.share(from)
    const bytes = store.set(chunk, held)
    if (origin !== undefined) { if (held instanceof Entry) held.origin = origin }
    else {
      if (held instanceof Entry) this.times.set(held, times)
      this.recomputed++
    }
    this.core.tell({ _tag: "chunk moved", chunk, place: placeOf(held), bytes })
    return undefined
  }

  /** The services that closures of a recipe were given when they were asked for first. */
  private contextOf(chunk: number, recipe: Handle): Context.Context<never> {
    const { cache, contexts, state } = this.core
    return cache.contextOf(recipe) ?? contexts.get(state.chunks.producer[chunk]) ?? Context.empty()
  }

  private timesOf(chunk: number): number {
    const held = this.core.store.get(chunk)
    return held instanceof Entry ? this.times.get(held) ?? 0 : 0
  }

  /** The value that a handle stands for, for the caller alone. */
  valueOf(handle: Handle): Effect.Effect<unknown, unknown> {
    return Effect.acquireUseRelease(
      Effect.sync(() => this.wishes.make([handle], false, this.core.cache.contextOf(handle) ?? Context.empty(), true)),
      (wish) => Effect.andThen(this.wishes.wait(wish), Effect.map(this.wishes.read(wish), ([value]) => value)),
      (wish) => Effect.sync(() => this.wishes.drop(wish))
    )
  }

  /** A chunk's value computed anew, for the caller alone, because of an error. Fails with that if it cannot be had. */
  value(chunk: number, because: Error): Effect.Effect<unknown, Error> {
    const failed = (problem: string): Error => new Error(`${because.message}; ${problem}`)
    return Effect.suspend(() => {
      const recipe = this.recipe(chunk)
      if (typeof recipe === "string") return Effect.fail(failed(recipe))
      const context = this.contextOf(chunk, recipe)
      return Effect.acquireUseRelease(
        Effect.sync(() => this.wishes.make([recipe], false, context, true)),
        (wish) =>
          Effect.andThen(
            this.wishes.wait(wish),
            Effect.suspend(() => {
              if (wish.failure !== undefined) return Effect.fail(failed(why(wish.failure)))
              return Effect.mapError(
                Effect.map(this.wishes.read(wish), ([value]) => value),
                (error) => failed(String(error))
              )
            })
          ),
        (wish) => Effect.sync(() => this.wishes.drop(wish))
      )
    })
  }
}

/** The template of a task that is run again: its result goes with whoever asked for that. */
export const templateAgain = (template: Template): Template =>
  template.options.persist ? new Template(template.fn, { ...template.options, persist: false }) : template

/** The template of the task that takes over what was computed anew. */
const takerOf = (call: (from: ChunkHandle) => Effect.Effect<void>): Template =>
  new Template(
    closureEntry("take over", call),
    { ...defaultOptions, meta: true, bytes: 0 }
  )

const errorOf = (failure: Failure): object | undefined => {
  const error = Cause.squash(causeOf(failure))
  return typeof error === "object" && error !== null ? error : undefined
}

const why = (failure: Failure): string => {
  const error = Cause.squash(causeOf(failure))
  return `computing it anew failed: ${error instanceof Error ? error.message : String(error)}`
}

const handlesIn = (args: ReadonlyArray<unknown>): Array<Handle> => {
  const found: Array<Handle> = []
  for (const input of args) {
    if (input instanceof Handle) found.push(input)
    else if (Array.isArray(input)) { for (const member of input) if (member instanceof Handle) found.push(member) }
  }
  return found
}
