// From handles to columns: walks a graph of delayed tasks depth first, inputs before consumers, and writes new tasks
// as slices that an engine submits. Resumable, so that a million tasks never hold up the event loop, and without
// recursion. Ids, classes and large inputs are the host's; nothing is run here.
import type { AllNode } from "./all.ts"
import type { DelayedNode, OutputNode } from "./Delayed.ts"
import { Handle, HandleKind } from "./Handle.ts"
import { Leaves, membersOf } from "./Leaves.ts"
import { refuse } from "./refuse.ts"
import type { Template } from "./Template.ts"

/** What a lowering needs of the engine that it works for. */
export interface LowerHost {
  /** Its number: nodes carry it while it runs them. */
  readonly engine: number
  /** Whether this engine has the node as a task. */
  readonly isAlive: (node: DelayedNode) => boolean
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
  private readonly leaves: Leaves
  /** the root that is being lowered, or a member of it */
  private leaf: Handle | undefined
  private slice = makeSlice()
  /** a slice was taken: what was alive when it was looked at may be gone since */
  private resumed = false
  /** tasks that it made, for when it is given up */
  readonly made: Array<number> = []

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
      const node = stack[stack.length - 1]
      if (node.engine === host.engine && host.isAlive(node)) stack.pop()
      else if (node.engine === this.mark) {
        if (this.resumed) {
          const depth = stack.length
          this.pushInputs(node)
          if (stack.length > depth) continue
        }
        this.emit(node)
        stack.pop()
        if (this.slice.tasks.length >= until) return false
      } else {
        node.engine = this.mark
        this.pushInputs(node)
      }
    }
    return false
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

  private emit(node: DelayedNode): void {
    const { host, slice } = this
    const { template } = node
    const taskClass = host.classOf(template)
    const args = this.inputsOf(node)
    const task = host.open(node)
    node.engine = host.engine
    node.task = task
    this.made.push(task)
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
export const label = (node: DelayedNode): string =>
  node.template.options.name ?? (node.template.fn.name === "" ? "(anonymous)" : node.template.fn.name)
