// Requests of tasks on workers: nested spawns, waiting for them, values put into the store. Each is answered through
// the processor that it came from; handles are numbers of that worker, and go when it does.
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { decode, type Encoded } from "../chunk/codec.ts"
import { AllNode } from "../graph/all.ts"
import { DelayedNode, OutputNode } from "../graph/Delayed.ts"
import type { Handle } from "../graph/Handle.ts"
import type { ResolvedOptions } from "../graph/options.ts"
import { entryOf, processWide, type TaskFunctionEntry } from "../graph/TaskFunction.ts"
import { registeredModule } from "../graph/TaskModule.ts"
import { Template } from "../graph/Template.ts"
import type { Answerer } from "../processor/Processor.ts"
import type { FunctionMessage, Request } from "../transport/Message.ts"
import { ChunkHandle } from "./handles.ts"
import type { Shell } from "./host.ts"
import type { Wish } from "./Wish.ts"

interface Held {
  readonly handle: Handle
  readonly wish: Wish | undefined
}

/** What the tasks of one engine's workers have asked for. */
export class Nested {
  private readonly shell: Shell
  private readonly workers = new Map<number, Map<number, Held>>()
  private readonly functions = new Map<string, TaskFunctionEntry>()
  private readonly context: Context.Context<never>

  constructor(shell: Shell) {
    this.shell = shell
    this.context = shell.context
  }

  /** Answers a request. */
  request(worker: number, request: Request, answerer: Answerer): void {
    try {
      this.perform(worker, request, answerer)
    } catch (error) {
      answerer.failure(request.request, Cause.fail(error))
    }
  }

  /** The worker is gone: what its tasks held is dropped. */
  forget(worker: number): void {
    for (const { wish } of this.workers.get(worker)?.values() ?? []) {
      if (wish !== undefined) this.shell.wishes.drop(wish)
    }
    this.workers.delete(worker)
  }

  private perform(worker: number, request: Request, answerer: Answerer): void {
    const held = this.heldBy(worker)
    switch (request.ask) {
      case "spawn":
        return this.spawn(held, request)
      case "put":
        return this.put(held, request)
      case "await":
      case "exit":
        return this.wait(worker, held, request, answerer)
      case "ready":
        return answerer.value(request.request, request.handles.every((n) => held.get(n)?.wish?.status !== "pending"))
      case "cancel":
        for (const number of request.handles) this.cancel(held.get(number)?.handle)
        return
      case "drop":
      case "release":
        for (const number of request.handles) this.drop(held, number, request.ask === "release")
    }
  }

  private heldBy(worker: number): Map<number, Held> {
    const known = this.workers.get(worker)
    if (known !== undefined) return known
    const held = new Map<number, Held>()
    this.workers.set(worker, held)
    return held
  }

  private handleOf(held: Map<number, Held>, number: number): Handle {
    if (number < 0) return new ChunkHandle(this.shell.core.id, -1 - number, 0)
    const found = held.get(number)
    if (found === undefined) throw new Error("a task used a handle that it has released")
    return found.handle
  }

  /** The entry of a function that a worker named: this thread's own, where it has one. */
  private entry(message: FunctionMessage): TaskFunctionEntry {
    const own = registeredModule(message.url)?.functions.get(message.name)
    if (own !== undefined) return entryOf(own)
    const key = message.source ?? `${message.url}#${message.name}`
    const known = this.functions.get(key)
    if (known !== undefined) return known
    const { kind, name, source, url } = message
    const entry = { id: processWide.nextId++, kind, url, name, call: undefined, source, parts: undefined }
    this.functions.set(key, entry)
    return entry
  }

  private spawn(held: Map<number, Held>, request: Request): void {
    const template = new Template(this.entry(request.fn!), request.options as ResolvedOptions)
    const args = (this.open(request.value!) as Array<unknown>).map((arg) => this.resolve(held, arg))
    const node = new DelayedNode(template, args, -1)
    const wish = this.shell.wishes.make([node], false, this.context)
    request.handles.forEach((number, i) => {
      const handle = template.outputs === 0 ? node : new OutputNode(node, i)
      held.set(number, { handle, wish: i === 0 ? wish : this.shell.wishes.make([handle], false, this.context) })
    })
  }

  private put(held: Map<number, Held>, request: Request): void {
    const handle = this.shell.put(this.open(request.value!))
    held.set(request.handles[0], { handle, wish: handle.wish })
  }

  private open({ buffers, head }: Encoded): unknown {
    return decode(head, buffers, this.shell.core.store.crossing)
  }

  /** An argument with handles in the places of references. */
  private resolve(held: Map<number, Held>, arg: unknown): unknown {
    if (typeof arg !== "object" || arg === null) return arg
    if ("~poniard/far" in arg) return this.handleOf(held, arg["~poniard/far"] as number)
    if ("~poniard/all" in arg) {
      const shape = arg["~poniard/all"] as ReadonlyArray<unknown> | Record<string, unknown>
      return new AllNode(
        Array.isArray(shape)
          ? shape.map((member) => this.resolve(held, member))
          : Object.fromEntries(Object.entries(shape).map(([key, member]) => [key, this.resolve(held, member)])),
        false
      )
    }
    return Array.isArray(arg)
      ? arg.map((item: unknown) => this.isReference(item) ? this.resolve(held, item) : item)
      : arg
  }

  private isReference(item: unknown): boolean {
    return typeof item === "object" && item !== null && ("~poniard/far" in item || "~poniard/all" in item)
  }

  /** Waits for handles on behalf of a task, whose slot is free meanwhile. */
  private wait(worker: number, held: Map<number, Held>, request: Request, answerer: Answerer): void {
    const { core, later, wishes } = this.shell
    const exits = request.ask === "exit"
    const { attempt, task } = request
    const wish = wishes.make(request.handles.map((number) => this.handleOf(held, number)), exits, this.context)
    core.tell({ _tag: "yielded", worker, task, attempt })
    wish.watch(() => {
      const read: Effect.Effect<unknown, unknown> = exits ? wishes.readExits(wish) : wishes.read(wish)
      Effect.runForkWith(this.context)(read).addObserver((exit) => {
        later(() => core.tell({ _tag: "resumed", worker, task, attempt }))
        wishes.drop(wish)
        if (Exit.isSuccess(exit)) answerer.value(request.request, exit.value)
        else answerer.failure(request.request, exit.cause)
      })
    })
  }

  private cancel(handle: Handle | undefined): void {
    const { core } = this.shell
    const node = handle instanceof OutputNode ? handle.node : handle
    if (node instanceof DelayedNode && core.isAlive(node)) core.tell({ _tag: "cancelled", tasks: [node.task] })
  }

  private drop(held: Map<number, Held>, number: number, release: boolean): void {
    const found = held.get(number)
    held.delete(number)
    if (found?.wish === undefined) return
    if (release && found.wish.chunks.length > 0) {
      this.shell.core.tell({ _tag: "unpersisted", chunks: [...found.wish.chunks] })
    }
    this.shell.wishes.drop(found.wish)
  }
}
