// Which tasks become one: a task that only one other uses is merged with it, and so on up the chain, unless something
// forbids it. What comes out is an ordinary task whose function is the chain of theirs and whose inputs are theirs, less
// the values handed on. Pure: calling the members is chain.ts's, and no graph is walked here but one chain at a time.
import { chainLabel, writeParts } from "./chain.ts"
import { DelayedNode } from "./Delayed.ts"
import { Handle, HandleKind } from "./Handle.ts"
import { defaultOptions, type ResolvedOptions } from "./options.ts"
import { type ChainPart, processWide, type TaskFunctionEntry } from "./TaskFunction.ts"
import { Template } from "./Template.ts"

/** Tasks that are merged into one, at most. */
export const MOST_MEMBERS = 32
/** Chains of different functions that an engine tells its workers of, at most; what comes after is not merged. */
const MOST_KINDS = 1024

/** A task that runs instead of the one that users hold, and of others that nobody holds. */
export class StandInNode extends DelayedNode {
  declare readonly last: DelayedNode

  constructor(template: Template, inputs: ReadonlyArray<unknown>, last: DelayedNode) {
    super(template, inputs, -1)
    this.last = last
  }
}

const optionNames = Object.keys(defaultOptions) as ReadonlyArray<keyof ResolvedOptions>

/**
 * Mergeable unless it is a chain already (one that is computed anew), or an option says something of the one task: only
 * its priority may be given, and the name of the last.
 */
const isMergeable = ({ fn, options }: Template, isLast: boolean): boolean =>
  fn.parts === undefined && (options === defaultOptions
    || optionNames.every((name) =>
      name === "priority" || name === "name" && isLast || options[name] === defaultOptions[name]
    ))

/** Whether a task may be merged with one that uses it: nobody else does, and both would run in the same place. */
const isMergeableWith = (node: DelayedNode, { template: { fn, options } }: DelayedNode): boolean =>
  node.uses === 1
  && (node.template.fn.kind === "closure") === (fn.kind === "closure")
  && node.template.options.priority === options.priority
  && isMergeable(node.template, false)

const inputAt = ({ inputs, item }: DelayedNode, i: number): unknown =>
  i === 0 && item >= 0 ? (inputs[0] as ReadonlyArray<unknown>)[item] : inputs[i]

/** Which input of a task is a handle, if exactly one is, by itself, and of a task; or -1. */
const handedTo = (node: DelayedNode): number => {
  let found = -1
  for (let i = 0; i < node.inputs.length; i++) {
    const input = inputAt(node, i)
    if (typeof input !== "object" || input === null) continue
    if (input instanceof Handle) {
      if (found >= 0 || input.kind !== HandleKind.delayed) return -1
      found = i
    } else if (Array.isArray(input) && input.some((member) => member instanceof Handle)) return -1
  }
  return found
}

/** A function in a chain, with the number of its arguments, and what may come before it. */
class Branch {
  readonly fn: TaskFunctionEntry | undefined
  readonly inputs: number
  readonly at: number
  private readonly before = new Map<TaskFunctionEntry, Array<Branch>>()
  private latest: Branch | undefined = undefined
  /** of the chain that begins here */
  template: Template | undefined = undefined

  constructor(fn: TaskFunctionEntry | undefined, inputs: number, at: number) {
    this.fn = fn
    this.inputs = inputs
    this.at = at
  }

  private is(fn: TaskFunctionEntry, inputs: number, at: number): boolean {
    return this.fn === fn && this.inputs === inputs && this.at === at
  }

  /** The branch of a function that comes before this one; a new one if `add` says so. */
  find(fn: TaskFunctionEntry, inputs: number, at: number, add: boolean): Branch | undefined {
    if (this.latest?.is(fn, inputs, at) === true) return this.latest
    let list = this.before.get(fn)
    let found = list?.find((branch) => branch.is(fn, inputs, at))
    if (found === undefined) {
      if (!add) return undefined
      if (list === undefined) this.before.set(fn, list = [])
      list.push(found = new Branch(fn, inputs, at))
    }
    return this.latest = found
  }
}

/** The chains that one engine knows: one template for the same functions in the same places, whatever the values. */
export class Chains {
  private readonly meet: (fn: TaskFunctionEntry) => boolean
  private readonly roots = new Map<number, Branch>()
  private kinds = 0

  /** `meet` is asked of each function of a chain that is new: false, and it is not merged. */
  constructor(meet: (fn: TaskFunctionEntry) => boolean) {
    this.meet = meet
  }

  /** The template of tasks that follow each other, the last first; `ats` says which input of each is the one before. */
  templateOf(members: ReadonlyArray<DelayedNode>, ats: ReadonlyArray<number>): Template | undefined {
    const { fn, options: { name, priority } } = members[0].template
    const options = priority === 0 ? defaultOptions : { ...defaultOptions, priority }
    if (fn.kind === "closure") return new Template(entryOf(members, ats), { ...options, name })
    const found = this.branchOf(members, ats, priority)
    if (found === undefined) return undefined
    if (found.template === undefined) {
      if (this.kinds >= MOST_KINDS || !members.every(({ template }) => this.meet(template.fn))) return undefined
      this.kinds++
      found.template = new Template(entryOf(members, ats), options)
    }
    return name === undefined ? found.template : new Template(found.template.fn, { ...options, name })
  }

  private branchOf(
    members: ReadonlyArray<DelayedNode>,
    ats: ReadonlyArray<number>,
    priority: number
  ): Branch | undefined {
    const add = this.kinds < MOST_KINDS
    let branch = this.roots.get(priority)
    if (branch === undefined && add) this.roots.set(priority, branch = new Branch(undefined, 0, -1))
    for (let i = 0; i < members.length && branch !== undefined; i++) {
      const { inputs, template } = members[i]
      branch = branch.find(template.fn, inputs.length, ats[i], add)
    }
    return branch
  }
}

/** The function of a chain. */
const entryOf = (members: ReadonlyArray<DelayedNode>, ats: ReadonlyArray<number>): TaskFunctionEntry => {
  const parts: Array<ChainPart> = []
  let first = 0
  for (let i = members.length - 1; i >= 0; i--) {
    const inputs = members[i].inputs.length - (ats[i] < 0 ? 0 : 1)
    parts.push({ fn: members[i].template.fn, first, inputs, at: ats[i] })
    first += inputs
  }
  const name = chainLabel(parts)
  return parts[0].fn.kind === "closure"
    ? { id: 0, kind: "closure", url: "", name, call: undefined, source: undefined, parts }
    : { id: processWide.nextId++, kind: "chain", url: "", name, call: undefined, source: writeParts(parts), parts }
}

/** What all members are given, the first member's inputs first, without what they hand on. */
const inputsOf = (members: ReadonlyArray<DelayedNode>, ats: ReadonlyArray<number>): ReadonlyArray<unknown> => {
  const inputs: Array<unknown> = []
  for (let i = members.length - 1; i >= 0; i--) {
    const member = members[i]
    for (let at = 0; at < member.inputs.length; at++) if (at !== ats[i]) inputs.push(inputAt(member, at))
  }
  return inputs
}

/**
 * The chain that ends with a task, or undefined if there is nothing to merge it with. `isFree` says of a task whether it
 * is not anything to its engine yet.
 */
export const fuse = (
  last: DelayedNode,
  chains: Chains,
  isFree: (node: DelayedNode) => boolean
): StandInNode | undefined => {
  if (!isMergeable(last.template, true)) return undefined
  const members = [last]
  const ats: Array<number> = []
  for (let node = last; members.length < MOST_MEMBERS;) {
    const at = handedTo(node)
    if (at < 0) break
    const before = inputAt(node, at) as DelayedNode
    if (!isMergeableWith(before, last) || !isFree(before)) break
    members.push(before)
    ats.push(at)
    node = before
  }
  if (members.length === 1) return undefined
  ats.push(-1)
  const template = chains.templateOf(members, ats)
  return template === undefined ? undefined : new StandInNode(template, inputsOf(members, ats), last)
}
