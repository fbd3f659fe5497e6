// What processors may know of tasks: function, options and arguments, read from the node that a task is and from the
// edges that the scheduler keeps, in the order in which the lowering made them.
import * as Context from "effect/Context"
import { AllNode } from "../graph/all.ts"
import { Handle } from "../graph/Handle.ts"
import { argumentsOf } from "../graph/lower.ts"
import { LargeInput, ListInput } from "../graph/LowerHost.ts"
import type { ArgumentVisitor, Source } from "../processor/Processor.ts"
import { FIRST_CLASS } from "../scheduler/Event.ts"
import { estimate } from "../scheduler/memory.ts"
import { NONE } from "../scheduler/TaskTable.ts"
import type { Core } from "./Core.ts"
import { Snapshot } from "./InputSnapshot.ts"

/** Hands out the chunks of a task's inputs one after the other. */
class Inputs {
  private readonly core: Core
  private edge = NONE

  constructor(core: Core) {
    this.core = core
  }

  /** Begins with a task. */
  of(task: number): this {
    this.edge = this.core.state.tasks.firstInput[task]
    return this
  }

  next(): number {
    const { edges } = this.core.state
    const chunk = edges.chunk[this.edge]
    this.edge = edges.nextInput[this.edge]
    return chunk
  }
}

const visitHandle = (handle: Handle, inputs: Inputs, visitor: ArgumentVisitor, meta: boolean): void => {
  if (!(handle instanceof AllNode)) {
    if (meta) visitor.handle(inputs.next())
    else visitor.chunk(inputs.next())
    return
  }
  const { shape } = handle
  if (Array.isArray(shape)) {
    visitor.list(shape.length)
    for (const member of shape) visitHandle(member as Handle, inputs, visitor, meta)
  } else {
    const keys = Object.keys(shape)
    visitor.record(keys)
    for (const key of keys) visitHandle((shape as Record<string, Handle>)[key], inputs, visitor, meta)
  }
}

const visitOne = (input: unknown, inputs: Inputs, visitor: ArgumentVisitor, meta: boolean): void => {
  if (typeof input !== "object" || input === null) visitor.value(input)
  else if (input instanceof Handle) visitHandle(input, inputs, visitor, meta)
  else if (input instanceof Snapshot) visitor.snapshot(input.head, input.buffers)
  else if (input instanceof LargeInput) visitor.chunk(inputs.next())
  else if (input instanceof ListInput) {
    visitor.list(input.items.length)
    for (const item of input.items) visitOne(item, inputs, visitor, meta)
  } else visitor.value(input)
}

/** The source of an engine's tasks. */
export const sourceOf = (core: Core): Source => {
  const inputs = new Inputs(core)
  return {
    fn: (task) => core.node(task).template.fn,
    options: (task) => core.node(task).template.options,
    outputs: (task) => core.node(task).template.outputs,
    expected: (task) => estimate(core.state, task),
    makerOf: (chunk) => core.state.chunks.place[chunk] === 0 ? core.state.chunks.producer[chunk] : NONE,
    attemptOf: (task) => core.state.tasks.attempt[task],
    workerOf: (task) => core.state.tasks.worker[task],
    usesOf: (chunk) => core.state.chunks.uses[chunk],
    isLasting: (task) => core.cache.isLasting(core.node(task)),
    isUsed: (task) => {
      const { chunks, edges, tasks } = core.state
      const chunk = tasks.firstOutput[task]
      const [first, last] = [chunks.firstUse[chunk], chunks.lastUse[chunk]]
      return first !== NONE
        && (tasks.taskClass[edges.task[first]] >= FIRST_CLASS || tasks.taskClass[edges.task[last]] >= FIRST_CLASS)
    },
    visit: (task, visitor) => {
      const node = core.node(task)
      const { meta } = node.template.options
      inputs.of(task)
      const args = (core.prepared.size > 0 ? core.prepared.get(task) : undefined) ??
        (node.item < 0 ? node.inputs : argumentsOf(node))
      for (let i = 0; i < args.length; i++) visitOne(args[i], inputs, visitor, meta)
      return args.length
    },
    context: (task) => core.contexts.get(task) ?? Context.empty()
  }
}
