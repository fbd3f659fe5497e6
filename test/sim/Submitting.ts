// A submission of a simulated world: lowers what a wish needs, inputs first and in slices, as graph/lower.ts does; an
// input that was released between two slices is lowered again.
import { INLINE, SHARED, type TaskClass, WISH, WISH_EXIT } from "../../src/scheduler/Event.ts"
import { Given, Instance } from "./Node.ts"
import type { Held, Node, Output, SimWish } from "./Node.ts"
import type { World } from "./World.ts"

interface Columns {
  readonly defined: Array<TaskClass>
  readonly tasks: Array<number>
  readonly classes: Array<number>
  readonly starts: Array<number>
  readonly chunks: Array<number>
  readonly outputs: Array<number>
  readonly stored: Array<number>
}

const noColumns = (): Columns => ({
  defined: [],
  tasks: [],
  classes: [],
  starts: [0],
  chunks: [],
  outputs: [],
  stored: []
})

/** A graph on its way to the scheduler. */
export class Submitting {
  readonly wish: SimWish
  private readonly world: World
  private readonly serial: number
  private readonly stack: Array<Output> = []
  private readonly made: Array<Instance> = []
  private columns = noColumns()
  private slices = 0

  constructor(world: World, wish: SimWish, serial: number) {
    this.world = world
    this.wish = wish
    this.serial = serial
  }

  /** Submits the next slice; true when it is done with. */
  advance(): boolean {
    const { wish, world } = this
    if (wish.status !== "pending") {
      this.abandon()
      return true
    }
    const complete = this.lower(world.plan.slice)
    const before = wish.held.length
    for (let at = before; at < wish.roots.length; at++) {
      const root = wish.roots[at]
      if (!(root instanceof Given) && !world.isAlive(root)) break
      wish.held.push(this.heldOf(root))
    }
    if (complete || wish.held.length > before) this.want(before)
    this.tell(!complete ? "more" : this.slices === 0 ? "whole" : "last")
    this.slices++
    return complete
  }

  /** Adds to a slice what the wish wants, from place `from` on. */
  private want(from: number): void {
    const { columns, wish, world } = this
    if (wish.task < 0) {
      wish.task = world.taskIds.take()
      world.items[wish.task] = wish
    }
    columns.tasks.push(wish.task)
    columns.classes.push(wish.exits ? WISH_EXIT : WISH)
    for (const held of wish.held.slice(from)) columns.chunks.push(held.chunk)
    columns.starts.push(columns.chunks.length)
  }

  private abandon(): void {
    this.tell(this.slices === 0 && this.columns.tasks.length === 0 ? "whole" : "last")
    for (const made of this.made) {
      if (this.world.items[made.task] !== made) {
        this.world.broken(`task ${made.task} of an open submission was released`)
      }
    }
    this.world.apply({ _tag: "dropped", tasks: this.made.map((made) => made.task).reverse() })
  }

  private tell(part: "whole" | "more" | "last"): void {
    const { columns } = this
    this.columns = noColumns()
    this.world.apply({ _tag: "submitted", ...columns, part, submission: this.serial })
  }

  /** Lowers up to `limit` nodes; true when nothing is left. */
  private lower(limit: number): boolean {
    const { stack, world } = this
    let left = limit
    while (stack.length > 0 || this.pushDead(this.wish.roots)) {
      const output = stack[stack.length - 1]
      if (world.isAlive(output)) stack.pop()
      else if (!this.pushDead(output.node.inputs)) {
        stack.pop()
        this.emit(output.node)
        if (--left === 0) return false
      }
    }
    return true
  }

  /** Puts what is not there (any more) on the stack, the first on top; false if everything is. */
  private pushDead(inputs: ReadonlyArray<Output | Given>): boolean {
    let some = false
    for (let i = inputs.length - 1; i >= 0; i--) {
      const input = inputs[i]
      if (input instanceof Given || this.world.isAlive(input)) continue
      this.stack.push(input)
      some = true
    }
    return some
  }

  private emit(node: Node): void {
    const { columns, world } = this
    const instance = new Instance(node, world.taskIds.take())
    node.instance = instance
    world.items[instance.task] = instance
    this.made.push(instance)
    if (!node.fn.told) {
      node.fn.told = true
      columns.defined.push(node.fn.taskClass)
    }
    columns.tasks.push(instance.task)
    columns.classes.push(node.fn.taskClass.id)
    for (let i = 0; i < node.fn.taskClass.outputs; i++) {
      const held = world.hold(instance)
      instance.outputs.push(held)
      columns.outputs.push(held.chunk)
    }
    for (const input of node.inputs) {
      const held = this.heldOf(input)
      instance.inputs.push(held)
      columns.chunks.push(held.chunk)
    }
    columns.starts.push(columns.chunks.length)
  }

  private heldOf(input: Output | Given): Held {
    if (!(input instanceof Given)) return input.node.instance!.outputs[input.index]
    if (input.held === undefined || input.held.released) {
      const held = this.world.hold(undefined)
      held.bytes = input.bytes
      held.memory = input.bytes > this.world.plan.bytes / 4 ? SHARED : INLINE
      this.columns.stored.push(held.chunk, held.bytes, held.memory)
      input.held = held
    }
    return input.held
  }
}
