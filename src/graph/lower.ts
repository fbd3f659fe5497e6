// From handles to columns: walks a graph of delayed tasks depth first, inputs before consumers, and writes new tasks
// as slices that an engine submits. Resumable, so that a million tasks never hold up the event loop, and without
// recursion. Ids, classes and large inputs are the host's; nothing is run here.
import type { AllNode } from "./all.ts"
import { labelOf } from "./chain.ts"
import type { DelayedNode, OutputNode } from "./Delayed.ts"
import type { StandInNode } from "./fuse.ts"
import { Handle, HandleKind } from "./Handle.ts"
import { Leaves, membersOf } from "./Leaves.ts"
import { LargeInput, ListInput, type LowerHost } from "./LowerHost.ts"
import { refuse } from "./refuse.ts"
import type { Template } from "./Template.ts"

/** New tasks as columns, for the event `submitted`. */
export interface Slice {
  readonly tasks: Array<number>
  readonly classes: Array<number>
  readonly starts: Array<number>
  readonly chunks: Array<number>
  readonly outputs: Array<number>
  readonly stored: Array<number>
  /** the chunks of the roots that are there by now, from where the slice before stopped */
  readonly wanted: Array<number>
}

const makeSlice = (): Slice => ({
  tasks: [],
  classes: [],
  starts: [0],
  chunks: [],
  outputs: [],
  stored: [],
  wanted: []
})

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

/** The arguments of a node, element of a `.map` record or not. */
export const argumentsOf = (node: DelayedNode): ReadonlyArray<unknown> =>
  node.item < 0
    ? node.inputs
    : [(node.inputs[0] as ReadonlyArray<unknown>)[node.item], ...node.inputs.slice(1)]

/** Nodes looked at for each that is lowered, at most: one that many others use is met as often. */
const LOOKS = 16

let lowerings = 0

/** One lowering under way. */
export class Lowering {
  private readonly host: LowerHost
  private readonly mark: number
  private readonly stack: Array<DelayedNode> = []
  /** by place on the stack, what is lowered instead of the node, as it was when the node was met */
  private readonly others: Array<StandInNode | undefined> = []
  private readonly leaves: Leaves
  /** the root that is being lowered, or a member of it */
  private leaf: Handle | undefined
  private slice = makeSlice()
  /** a slice was taken: what was alive when it was looked at may be gone since */
  private resumed = false
  /** tasks of the slices that were taken, for when it is given up */
  readonly made: Array<ReadonlyArray<number>> = []

  constructor(host: LowerHost, roots: ReadonlyArray<Handle>) {
    this.host = host
    this.leaves = new Leaves(roots)
    this.mark = -1 - ++lowerings
  }

  /**
   * Lowers up to `limit` tasks, or looks at a few times as many; true when nothing is left. Throws GraphInvalid on a cycle
   * or a released handle.
   */
  run(limit: number): boolean {
    const { host, stack } = this
    const until = this.slice.tasks.length + limit
    for (let left = limit * LOOKS; left > 0; left--) {
      if (stack.length === 0) {
        if (!this.nextLeaf()) return true
        continue
      }
      const depth = stack.length
      const node = stack[depth - 1]
      if (node.engine === host.engine && host.isAlive(node)) stack.pop()
      else if (node.engine === this.mark) {
        const whole = this.mayBeOther(node) ? this.others[depth - 1] ?? node : node
        if (this.resumed) {
          this.pushInputs(whole)
          if (stack.length > depth) continue
        }
        this.emit(node, whole)
        stack.pop()
        if (this.slice.tasks.length >= until) return false
      } else {
        const whole = this.mayBeOther(node) ? this.replaced(node, depth - 1) : node
        node.engine = this.mark
        if (whole !== node) left -= whole.template.fn.parts?.length ?? 0
        this.pushInputs(whole)
      }
    }
    return false
  }

  private mayBeOther(node: DelayedNode): boolean {
    return this.host.fuses === true || node.template.isKept && this.host.instead !== undefined
  }

  /** What is lowered instead of a node, or the node; remembered for its place on the stack. */
  private replaced(node: DelayedNode, place: number): DelayedNode {
    const other = this.host.instead!(node, this.mark)
    this.others[place] = other
    return other ?? node
  }

  /** Notes the chunk of the root that is lowered and goes on to the next one; false if there is none. */
  private nextLeaf(): boolean {
    const { slice, stack } = this
    if (this.leaf !== undefined) slice.wanted.push(this.chunkOf(this.leaf))
    this.leaf = this.leaves.next()
    if (this.leaf === undefined) return false
    this.push(this.leaf)
    if (stack.length > 0) return true
    // It is there: whoever has it may release it before the next slice.
    slice.wanted.push(this.chunkOf(this.leaf))
    this.leaf = undefined
    return true
  }

  /** What was lowered since the last call. */
  take(): Slice {
    const slice = this.slice
    this.made.push(slice.tasks.slice())
    this.slice = makeSlice()
    this.resumed = true
    return slice
  }

  private push(handle: Handle): void {
    switch (handle.kind) {
      case HandleKind.delayed:
        return this.pushNode(handle as DelayedNode)
      case HandleKind.output:
        return this.pushOutput(handle as OutputNode)
      case HandleKind.all:
        return this.pushMembers(handle as AllNode)
      default: {
        const node = this.host.pendingNode(handle)
        if (node !== undefined) this.pushNode(node)
      }
    }
  }

  private pushOutput({ index, node }: OutputNode): void {
    const { host } = this
    // Gone while another output of the task is kept: the task is run anew.
    if (node.engine === host.engine && host.isAlive(node) && !host.hasOutput(node.task, index)) node.engine = 0
    this.pushNode(node)
  }

  private pushNode(node: DelayedNode): void {
    if (node.engine === this.host.engine && this.host.isAlive(node)) return
    if (node.engine === this.mark) throw this.cycle(node)
    this.stack.push(node)
  }

  private pushMembers(node: AllNode): void {
    const members = membersOf(node)
    for (let i = members.length - 1; i >= 0; i--) this.push(members[i])
  }

  private pushInputs(node: DelayedNode): void {
    const { inputs, item } = node
    for (let i = inputs.length - 1; i >= 0; i--) {
      const input = i === 0 && item >= 0 ? (inputs[0] as ReadonlyArray<unknown>)[item] : inputs[i]
      if (!isObject(input)) continue
      if (input instanceof Handle) this.push(input)
      else if (Array.isArray(input)) {
        for (let j = input.length - 1; j >= 0; j--) if (input[j] instanceof Handle) this.push(input[j] as Handle)
      }
    }
  }

  private cycle(node: DelayedNode): Error {
    const path: Array<string> = []
    const from = this.stack.lastIndexOf(node)
    for (let i = from; i < this.stack.length; i++) {
      if (this.stack[i].engine === this.mark) path.push(label(this.stack[i]))
    }
    const reason = `these tasks wait for each other: ${path.join(" -> ")} -> ${label(node)}`
    return refuse("GraphInvalid", { path: label(node), reason })
  }

  /** Lowers a node as one task: itself, or what stands for it. */
  private emit(node: DelayedNode, whole: DelayedNode): void {
    const { host, slice } = this
    const { template } = whole
    const taskClass = host.classOf(template)
    const args = this.inputsOf(whole)
    const task = host.open(whole)
    node.engine = host.engine
    node.task = task
    slice.tasks.push(task)
    slice.classes.push(taskClass)
    const outputs = template.outputs === 0 ? 1 : template.outputs
    for (let i = 0; i < outputs; i++) slice.outputs.push(host.output(task, i))
    slice.starts.push(slice.chunks.length)
    if (args !== undefined) host.prepare(task, args)
  }

  /** Adds the chunks of a node's inputs; gives its arguments if values that are no primitives are among them. */
  private inputsOf(node: DelayedNode): ReadonlyArray<unknown> | undefined {
    const { inputs, item } = node
    for (let i = 0; i < inputs.length; i++) {
      const input = i === 0 && item >= 0 ? (inputs[0] as ReadonlyArray<unknown>)[item] : inputs[i]
      if (!isObject(input) && typeof input !== "function") continue
      if (!(input instanceof Handle)) return this.preparedInputs(node)
      if (input.kind === HandleKind.all) this.chunksOf(input, this.slice.chunks)
      else this.slice.chunks.push(this.chunkOf(input))
    }
    return undefined
  }

  /** The slower way. What is refused, or finds no room, leaves nothing behind, so that it may be tried again. */
  private preparedInputs(node: DelayedNode): ReadonlyArray<unknown> {
    const { chunks, starts, stored } = this.slice
    const before = stored.length
    chunks.length = starts[starts.length - 1]
    try {
      return argumentsOf(node).map((input) =>
        Array.isArray(input) && input.some((member) => member instanceof Handle)
          ? new ListInput(input.map((member) => this.prepareOne(member, node.template)))
          : this.prepareOne(input, node.template)
      )
    } catch (error) {
      chunks.length = starts[starts.length - 1]
      for (let i = before; i < stored.length; i += 3) this.host.unstore(stored[i])
      stored.length = before
      throw error
    }
  }

  private prepareOne(input: unknown, template: Template): unknown {
    if (input instanceof Handle) {
      this.chunksOf(input, this.slice.chunks)
      return input
    }
    if (!isObject(input) && typeof input !== "function") return input
    const value = this.host.value(input, template, this.slice.stored)
    if (value instanceof LargeInput) this.slice.chunks.push(value.chunk)
    return value
  }

  private chunksOf(handle: Handle, into: Array<number>): void {
    const leaves = new Leaves([handle])
    for (let next = leaves.next(); next !== undefined; next = leaves.next()) into.push(this.chunkOf(next))
  }

  private chunkOf(leaf: Handle): number {
    switch (leaf.kind) {
      case HandleKind.delayed:
        return this.host.chunkOf((leaf as DelayedNode).task, 0)
      case HandleKind.output:
        return this.host.chunkOf((leaf as OutputNode).node.task, (leaf as OutputNode).index)
      default:
        return this.host.heldChunk(leaf)
    }
  }
}

/** What errors call a node. */
export const label = (node: DelayedNode): string => node.template.options.name ?? labelOf(node.template.fn)

/** What errors call those that a node runs, if it is a chain: the last by its own name, if it was given one. */
export const labels = (node: DelayedNode): ReadonlyArray<string> => {
  const { fn: { parts }, options } = node.template
  if (parts === undefined) return [label(node)]
  return parts.map(({ fn }, i) => i === parts.length - 1 ? options.name ?? labelOf(fn) : labelOf(fn))
}
