// Results that are kept as long as there is memory, and given again to whoever asks for the same: the same function with the
// same options and inputs, which are handles or large objects by identity and small values by content. What is evicted is
// computed anew when it is asked for. Which chunks go, and when, is the scheduler's to say.
import { digest } from "../chunk/digest.ts"
import { Refused } from "../chunk/Refused.ts"
import { sizeOf } from "../chunk/size.ts"
import { DelayedNode, OutputNode } from "../graph/Delayed.ts"
import { StandInNode } from "../graph/fuse.ts"
import { Handle } from "../graph/Handle.ts"
import { argumentsOf, label } from "../graph/lower.ts"
import { defaultOptions } from "../graph/options.ts"
import { Template } from "../graph/Template.ts"
import type { Core } from "./Core.ts"

/** Bytes of a value up to which it is known by its content. */
const SMALL = 1024

/** The cached tasks of one engine. */
export class Cache {
  private readonly core: Core
  private readonly nodes = new Map<string, DelayedNode>()
  private readonly identities = new WeakMap<object, number>()
  private next = 1

  constructor(core: Core) {
    this.core = core
  }

  /** Tasks whose results are kept. */
  get size(): number {
    return this.nodes.size
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

  /** The task that gives a node what another has made already, if there is one; else the node is that other from now on. */
  instead(node: DelayedNode): StandInNode | undefined {
    const key = this.keyOf(node)
    const { core } = this
    const found = this.nodes.get(key)
    const { outputs, options } = node.template
    const indices = Array.from({ length: Math.max(1, outputs) }, (_, index) => index)
    const isThere = found !== undefined && found !== node && core.isAlive(found)
      && indices.every((index) => core.hasOutput(found.task, index))
    if (!isThere) {
      this.nodes.set(key, node)
      return undefined
    }
    const call = outputs === 0 ? (chunk: unknown) => chunk : (...chunks: ReadonlyArray<unknown>) => chunks
    const fn = {
      id: 0,
      kind: "closure",
      url: "",
      name: label(node),
      call,
      source: undefined,
      parts: undefined
    } as const
    const { priority } = options
    const template = new Template(fn, { ...defaultOptions, name: label(node), bytes: 0, meta: true, outputs, priority })
    return new StandInNode(
      template,
      outputs === 0 ? [found] : indices.map((index) => new OutputNode(found, index)),
      node
    )
  }
}

/** What a cached task's result is computed from when it was evicted. */
export const recipeOf = (node: DelayedNode): DelayedNode =>
  new DelayedNode(
    new Template(node.template.fn, { ...node.template.options, persist: false }),
    node.inputs,
    node.item
  )
