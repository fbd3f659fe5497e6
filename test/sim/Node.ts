// What the users of a simulated world describe: functions, nodes (tasks that do not run yet) and large inputs; and what
// becomes of them in its engine: instances of nodes, and held values.
import type { Reason, TaskClass } from "../../src/scheduler/Event.ts"

/** What a task function is like. */
export interface Fn {
  readonly taskClass: TaskClass
  /** whether the scheduler has been told of the class */
  told: boolean
}

/** What a task will do when it runs: `flaky` fails `times` times before it succeeds, `hangs` likewise never ends. */
export type Behaviour = "good" | "fails" | "flaky" | "hangs" | "nests"

/** A value, as the engine holds it: in memory, on disk, or both. */
export class Held {
  readonly chunk: number
  readonly owner: Instance | undefined
  bytes = 0
  /** its place in memory, 0 if it is not there */
  memory = 0
  disk = false
  lost = false
  released = false
  moving: "" | "spill" | "restore" = ""
  /** its order to be encoded, which comes to nothing if it is encoded for another */
  encoding: object | undefined = undefined
  /** the processor on whose heap it is, if it is; and what to do if that is gone, while it is asked for */
  home = -1
  recall: Array<() => void> | undefined = undefined
  /** it was sent to a worker, and encoded for that */
  sent = false

  constructor(chunk: number, owner: Instance | undefined) {
    this.chunk = chunk
    this.owner = owner
  }
}

/** A large input: a chunk when it is used, and again when that was released. */
export class Given {
  readonly bytes: number
  held: Held | undefined = undefined

  constructor(bytes: number) {
    this.bytes = bytes
  }
}

/** One output of a node. */
export interface Output {
  readonly node: Node
  readonly index: number
}

/** A task that is described: it may run any number of times, in one instance after the other. */
export class Node {
  readonly id: number
  readonly fn: Fn
  readonly inputs: ReadonlyArray<Output | Given>
  readonly behaviour: Behaviour
  readonly times: number
  /** ms */
  readonly duration: number
  /** bytes of each output */
  readonly bytes: ReadonlyArray<number>
  /** how deep in tasks that spawn tasks it is */
  readonly depth: number
  instance: Instance | undefined = undefined

  constructor(from: Omit<Node, "instance">) {
    this.id = from.id
    this.fn = from.fn
    this.inputs = from.inputs
    this.behaviour = from.behaviour
    this.times = from.times
    this.duration = from.duration
    this.bytes = from.bytes
    this.depth = from.depth
  }
}

/** A node as a task of the engine, under an id that is used again after it. */
export class Instance {
  readonly node: Node
  readonly task: number
  readonly outputs: Array<Held> = []
  readonly inputs: Array<Held> = []
  ended: "" | "stored" | "failed" = ""
  /** the attempt that counts, or 0 */
  attempt = 0
  /** attempts begun, and lost with their processors */
  tries = 0
  losses = 0
  /** why it may fail, as the world knows it */
  readonly reasons = new Set<Reason>()

  constructor(node: Node, task: number) {
    this.node = node
    this.task = task
  }
}

/** What somebody waits for. */
export class SimWish {
  readonly roots: ReadonlyArray<Output | Given>
  readonly exits: boolean
  status: "pending" | "settled" | "failed" | "dropped" = "pending"
  task = -1
  readonly held: Array<Held> = []
  /** whether somebody has wanted it stopped, so that it may fail for that */
  cancelled = false
  private watchers: Array<() => void> = []

  constructor(roots: ReadonlyArray<Output | Given>, exits: boolean) {
    this.roots = roots
    this.exits = exits
  }

  /** Calls `f` when it is pending no more. */
  watch(f: () => void): void {
    if (this.status === "pending") this.watchers.push(f)
    else f()
  }

  /** It is pending no more. */
  become(status: "settled" | "failed" | "dropped"): void {
    if (this.status === "dropped") return
    this.status = status
    for (const f of this.watchers.splice(0)) f()
  }
}
