// Lazy tasks as plain values: `delayed(fn, options?)(...inputs)` and what it makes. Nothing runs here; an engine lowers
// these nodes into its scheduler when they are collected. A million of them are ordinary: keep them small and alike.
import { Handle, HandleKind, setKind } from "./Handle.ts"
import { checkInput, isPrimitive } from "./input.ts"
import { refuse } from "./refuse.ts"
import { type Template, templateOf } from "./Template.ts"
import type { DelayedConstructor } from "./types.ts"
import { describe } from "./wording.ts"

/** One lazy task: a function's template and its inputs. */
export class DelayedNode extends Handle {
  declare readonly kind: typeof HandleKind.delayed
  declare readonly template: Template
  /** The arguments; or, for an element of `.map`, the array of all items followed by the shared arguments. */
  declare readonly inputs: ReadonlyArray<unknown>
  /** -1: `inputs` are the arguments. i, 0 or more: they are `inputs[0][i]`, then `inputs[1]` and on. */
  declare readonly item: number
  /** Which engine runs it; written by the engine only. 0: none yet. */
  declare engine: number
  /** As which task that engine runs it; written by the engine only. */
  declare task: number
  /** How often it was described as an input: 1 is once, standing alone; where it is shared or hidden it counts as many. */
  declare uses: number

  constructor(template: Template, inputs: ReadonlyArray<unknown>, item: number) {
    super()
    this.template = template
    this.inputs = inputs
    this.item = item
    this.engine = 0
    this.task = -1
    this.uses = 0
  }
}
setKind(DelayedNode, HandleKind.delayed)

/** One of the values of a task with `outputs: n`. */
export class OutputNode extends Handle {
  declare readonly kind: typeof HandleKind.output
  declare readonly node: DelayedNode
  /** Which of them, from 0. */
  declare readonly index: number

  constructor(node: DelayedNode, index: number) {
    super()
    this.node = node
    this.index = index
  }
}
setKind(OutputNode, HandleKind.output)

/** What an input counts that others use too, or that is inside a list or a join: such a one is never merged (fuse.ts). */
export const MANY = 2

/** Notes that a task is one of those that a list or a join holds. */
export const countMember = (member: unknown): void => {
  if (member instanceof DelayedNode) member.uses += MANY
}

/** The input to keep for an argument that is no primitive and no task, after checking it. */
const checked = (input: unknown, template: Template, place: string): unknown => {
  const kept = checkInput(input, template.fn, place)
  // A copy is a list with handles.
  if (kept !== input) { for (const member of kept as ReadonlyArray<unknown>) countMember(member) }
  return kept
}

/**
 * A lazy task with these arguments, after checking them; a task among them is used so many times more. The array is kept:
 * it must be the caller's own.
 */
export const makeNode = (template: Template, inputs: Array<unknown>, uses = 1): DelayedNode => {
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]
    if (isPrimitive(input)) continue
    if (input instanceof DelayedNode) input.uses += uses
    else inputs[i] = checked(input, template, `input ${i + 1}`)
  }
  return new DelayedNode(template, inputs, -1)
}

/** One lazy task per item, all with the same further arguments; the items and arguments are held once. */
export const mapNodes = (template: Template, items: unknown, shared: ReadonlyArray<unknown>): Array<DelayedNode> => {
  if (!Array.isArray(items)) {
    const hint = ArrayBuffer.isView(items) ? ". Array.from makes one of a typed array" : ""
    const reason = `expected an array of items, got ${describe(items)}${hint}`
    throw refuse("GraphInvalid", { path: `delayed(${nameOf(template)}).map: the first argument`, reason })
  }
  const own: Array<unknown> = items.slice()
  for (let i = 0; i < own.length; i++) {
    const item = own[i]
    if (isPrimitive(item)) continue
    if (item instanceof DelayedNode) item.uses++
    else own[i] = checked(item, template, `items[${i}]`)
  }
  const inputs: Array<unknown> = [own]
  for (let i = 0; i < shared.length; i++) {
    const input = shared[i]
    if (input instanceof DelayedNode) input.uses += own.length
    inputs.push(isPrimitive(input) ? input : checked(input, template, `input ${i + 2}`))
  }
  const nodes: Array<DelayedNode> = []
  for (let i = 0; i < own.length; i++) nodes.push(new DelayedNode(template, inputs, i))
  return nodes
}

/** The handles of a task's values: as many as its option `outputs` says. */
export const outputsOf = (node: DelayedNode): Array<OutputNode> => {
  const outputs: Array<OutputNode> = []
  for (let i = 0; i < node.template.outputs; i++) outputs.push(new OutputNode(node, i))
  return outputs
}

interface Delay {
  (...inputs: Array<unknown>): unknown
  map: (items: unknown, ...shared: ReadonlyArray<unknown>) => unknown
}

const delayOf = (template: Template): Delay => {
  if (template.outputs > 0) {
    const delay = ((...inputs) => outputsOf(makeNode(template, inputs))) as Delay
    delay.map = (items, ...shared) => mapNodes(template, items, shared).map(outputsOf)
    return delay
  }
  const delay = ((...inputs) => makeNode(template, inputs)) as Delay
  delay.map = (items, ...shared) => mapNodes(template, items, shared)
  return delay
}

const delays = new WeakMap<Template, Delay>()

/**
 * Describes a call without making it: `delayed(fn, options?)` gives a function that takes the inputs (values, handles,
 * or arrays of these) and gives a handle of the result. A function of a task module runs on a worker, any other on this
 * thread. Bad options and inputs are refused at once with GraphInvalid or NotTransferable, and their place.
 *
 * @example
 * const nine = delayed(square)(3) // nothing runs
 * const total = delayed(sum)([nine, nine, 2]) // square runs once
 * const squares = delayed(square).map([1, 2, 3]) // three tasks
 * const [evens, odds] = delayed(split, { outputs: 2 })(all(squares)) // one task, two values
 *
 * yield* collect({ total, evens, odds }) // => { total: 20, evens: [4], odds: [1, 9] }
 */
export const delayed = ((fn: unknown, options?: unknown): Delay => {
  const template = templateOf(fn, options, "delayed")
  if (options !== undefined) return delayOf(template)
  const found = delays.get(template)
  if (found !== undefined) return found
  const delay = delayOf(template)
  delays.set(template, delay)
  return delay
}) as DelayedConstructor

const nameOf = (template: Template): string => template.options.name ?? template.fn.name
