// Results that are kept as long as there is memory, and given again to whoever asks for the same: the same function with the
// same options and inputs, which are handles or large objects by identity and small values by content. What is evicted is
// computed anew when it is asked for. Which chunks go, and when, is the scheduler's to say.
import type * as Context from "effect/Context"
import { digest } from "../chunk/digest.ts"
import { Refused } from "../chunk/Refused.ts"
import { sizeOf } from "../chunk/size.ts"
import { AllNode } from "../graph/all.ts"
import { DelayedNode, OutputNode } from "../graph/Delayed.ts"
import { StandInNode } from "../graph/fuse.ts"
import { Handle } from "../graph/Handle.ts"
import { membersOf } from "../graph/Leaves.ts"
import { argumentsOf, label } from "../graph/lower.ts"
import { defaultOptions } from "../graph/options.ts"
import { closureEntry } from "../graph/TaskFunction.ts"
import { Template } from "../graph/Template.ts"
import { FAILED } from "../scheduler/TaskTable.ts"
import type { Core } from "./Core.ts"
import { ChunkHandle, SpawnedHandle } from "./handles.ts"

/** Bytes of a value up to which it is known by its content. */
const SMALL = 1024
/** Tasks that are looked at to find whether a result can be computed anew. */
const LOOK_AT = 4096

/** The cached tasks of one engine. */
export class Cache {
  private readonly core: Core
  private readonly nodes = new Map<string, DelayedNode>()
  private readonly keys = new WeakMap<DelayedNode, string>()
  /** by task id, what its result is computed from when it was evicted */
  private readonly recipes = new Map<number, DelayedNode>()
  private readonly contexts = new WeakMap<Handle, Context.Context<never>>()
  /** nodes that need no Chunk, nor does what they need */
  private readonly lasting = new WeakSet<DelayedNode>()
  /** others, as far as it was asked */
  private readonly fleeting = new WeakSet<DelayedNode>()
  private readonly identities = new WeakMap<object, number>()
  private next = 1

  constructor(core: Core) {
    this.core = core
  }

  /** What it holds; 0 where nobody has asked for anything to be kept. */
  get size(): number {
    return this.nodes.size + this.recipes.size
  }

  private identity(o: object): string {
    let found = this.identities.get(o)
    if (found === undefined) this.identities.set(o, found = this.next++)
    return `#${found}`
  }

  private keyOf(node: DelayedNode): string {
    const { fn, key } = node.template
    const parts = [fn.id === 0 ? this.identity(fn.call!) : "", key]
    for (const input of argumentsOf(node)) parts.push(this.inputOf(input))
    return JSON.stringify(parts)
  }

  private inputOf(input: unknown): string {
    if (input instanceof Handle) return this.handleOf(input)
    const isObject = typeof input === "object" && input !== null || typeof input === "function"
    if (isObject && sizeOf(input) > SMALL && !Array.isArray(input)) return this.identity(input as object)
    if (typeof input === "function") return this.identity(input)
    try {
      const known = (o: object) =>
        o instanceof Handle || sizeOf(o) > SMALL && !Array.isArray(o) ? { text: this.identity(o) } : undefined
      return digest(input, this.core.store.crossing, known, "input")
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown
      return this.identity(input as object)
    }
  }

  /** A join is made anew wherever it is described: what it joins tells it from others. */
  private handleOf(handle: Handle): string {
    if (!(handle instanceof AllNode) || membersOf(handle).some((member) => member instanceof AllNode)) {
      return this.identity(handle)
    }
    const names = Array.isArray(handle.shape) ? undefined : Object.keys(handle.shape)
    return JSON.stringify([names, membersOf(handle).map((member) => this.identity(member))])
  }

  /** The task that gives a node what another has made already, or is about to make, if there is one. */
  instead(node: DelayedNode): StandInNode | undefined {
    const key = this.keyOf(node)
    this.keys.set(node, key)
    const { core } = this
    const found = this.nodes.get(key)
    const { outputs, options } = node.template
    const indices = Array.from({ length: Math.max(1, outputs) }, (_, index) => index)
    const isThere = found !== undefined && found !== node && core.isAlive(found)
      && core.state.tasks.status[found.task] !== FAILED
      && indices.every((index) => core.hasOutput(found.task, index))
    if (!isThere) return undefined
    const call = outputs === 0 ? (chunk: unknown) => chunk : (...chunks: ReadonlyArray<unknown>) => chunks
    const fn = closureEntry(label(node), call)
    const { priority } = options
    const template = new Template(fn, { ...defaultOptions, name: label(node), bytes: 0, meta: true, outputs, priority })
    return new StandInNode(
      template,
      outputs === 0 ? [found] : indices.map((index) => new OutputNode(found, index)),
      node
    )
  }

  /** From now on a node is what others like it are given. */
  remember(node: DelayedNode): void {
    const key = this.keys.get(node)
    if (key !== undefined) this.nodes.set(key, node)
  }

  /** A task was made of a node, with services for closures: what it needs to be computed anew is kept. */
  opened(task: number, node: DelayedNode, context: Context.Context<never>): void {
    this.remember(node)
    if (!this.isLasting(node)) return
    const { fn, options } = node.template
    const recipe = new DelayedNode(new Template(fn, { ...options, persist: false }), node.inputs, node.item)
    this.recipes.set(task, recipe)
    this.contexts.set(recipe, context)
  }

  /**
   * Whether a node can be computed anew at any time. A Chunk may be released before that, and so what is made of one is
   * written to disk instead; so is what has very many tasks before it.
   */
  isLasting(root: DelayedNode): boolean {
    if (this.lasting.has(root)) return true
    const isLasting = !this.fleeting.has(root) && this.lasts(root)
    if (!isLasting) this.fleeting.add(root)
    return isLasting
  }

  private lasts(root: DelayedNode): boolean {
    const seen = new Set([root])
    for (const node of seen) {
      if (seen.size > LOOK_AT || this.fleeting.has(node)) return false
      const handles = argumentsOf(node).flat().filter((input) => input instanceof Handle)
      for (let handle = handles.pop(); handle !== undefined; handle = handles.pop()) {
        if (handle instanceof ChunkHandle) return false
        if (handle instanceof AllNode) { for (const member of membersOf(handle)) handles.push(member) }
        else {
          const before = handle instanceof OutputNode || handle instanceof SpawnedHandle ? handle.node : handle
          if (!this.lasting.has(before as DelayedNode)) seen.add(before as DelayedNode)
        }
      }
    }
    for (const node of seen) this.lasting.add(node)
    return true
  }

  /** What a task's result is computed from when it was evicted; undefined if that is written to disk. */
  recipeOf(task: number): DelayedNode | undefined {
    return this.recipes.get(task)
  }

  /** The services for closures of what a value is computed from. */
  contextOf(origin: Handle): Context.Context<never> | undefined {
    return this.contexts.get(origin instanceof OutputNode ? origin.node : origin)
  }

  /** A task is gone, with all its results: nothing of what it was given is held any more. */
  forget(task: number): void {
    this.recipes.delete(task)
    const held = this.core.nodes[task]
    const node = held instanceof StandInNode ? held.last : held
    const key = node instanceof DelayedNode ? this.keys.get(node) : undefined
    if (key !== undefined && this.nodes.get(key) === node) this.nodes.delete(key)
  }
}
