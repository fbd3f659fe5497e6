// The Engine that a task on a worker sees: every verb is a request to the real one. Waiting gives the slot back. Handles
// are numbers that this worker gives out; graphs are lowered here, node by node, into spawns.
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Crossing, decode, encode } from "../chunk/codec.ts"
import { ownCopy } from "../chunk/written.ts"
import { AllNode } from "../graph/all.ts"
import type { DelayedNode } from "../graph/Delayed.ts"
import type { Shape } from "../graph/EngineService.ts"
import { Handle, HandleKind, setKind } from "../graph/Handle.ts"
import { argumentsOf, Lowering } from "../graph/lower.ts"
import { refuse } from "../graph/refuse.ts"
import type { Answer, Encoded, Request } from "../transport/Message.ts"
import type { Attempt } from "./Attempt.ts"
import type { Far } from "./Far.ts"
import { FarChunk } from "./handle.ts"

/** A task or value of the engine that this worker has a number for. */
class FarHandle extends Handle {
  declare readonly kind: HandleKind
  declare readonly number: number
  constructor(number: number) {
    super()
    this.number = number
  }
}

class FarSpawned extends FarHandle {}
setKind(FarSpawned, HandleKind.spawned)

/** A value in the engine's store, or of a task of its. */
export class FarStored extends FarHandle {
  declare readonly bytes: number
}
setKind(FarStored, HandleKind.chunk)

/** Where a handle was among the arguments of a spawn. */
export interface FarReference {
  readonly "~poniard/far": number
}

const numberOf = (handle: Handle): number => {
  if (handle instanceof FarHandle) return handle.number
  if (handle instanceof FarChunk) return -1 - handle.chunk
  throw refuse("GraphInvalid", { path: "input", reason: "this handle cannot be used inside a task on a worker" })
}

let numbers = 0
let requests = 0

const notHere = (path: string, instead: string): Effect.Effect<never, unknown> =>
  Effect.fail(refuse("GraphInvalid", { path, reason: `not inside a task on a worker: ${instead}` }))

/** The engine as one attempt sees it. */
class Client {
  private readonly far: Far
  private readonly attempt: Attempt

  constructor(far: Far, attempt: Attempt) {
    this.far = far
    this.attempt = attempt
  }

  private post(ask: Request["ask"], handles: ReadonlyArray<number>, more: Partial<Request>): number {
    const request = ++requests
    const { attempt, task } = this.attempt
    this.far.report.asked({
      request,
      task,
      attempt,
      ask,
      handles,
      fn: undefined,
      options: undefined,
      value: undefined,
      ...more
    })
    return request
  }

  tell(ask: Request["ask"], handles: ReadonlyArray<number>, more: Partial<Request> = {}): void {
    this.post(ask, handles, more)
    this.far.flush()
  }

  ask(ask: Request["ask"], handles: ReadonlyArray<number>): Effect.Effect<unknown, unknown> {
    return Effect.callback((resume) => {
      const request = this.post(ask, handles, {})
      this.attempt.wait()
      this.far.waiting.set(request, (answer) => {
        this.attempt.goOn()
        resume(this.opened(answer))
      })
      this.far.flush()
      return Effect.sync(() => {
        if (this.far.waiting.delete(request)) this.attempt.goOn()
      })
    })
  }

  private opened({ ok, value }: Answer): Effect.Effect<unknown, unknown> {
    const told = decode(value.head, value.buffers, this.far.crossing)
    if (ok) return Effect.succeed(told)
    return Effect.failCause(Cause.isCause(told) ? told as Cause.Cause<unknown> : Cause.die(told))
  }

  /** Spawns a node whose inputs are lowered; its values get these numbers. */
  spawn(node: DelayedNode, handles: ReadonlyArray<number>, numberFor: (handle: Handle) => number): void {
    const { fn, options } = node.template
    if (fn.kind === "closure") {
      const reason = "a closure cannot leave its thread; inside a task, spawn functions of a task module or Task.inline"
      throw refuse("NotTransferable", { path: `spawn(${fn.name || "a closure"})`, reason })
    }
    if (options.retry !== undefined) {
      const reason = "a Schedule cannot leave its thread; inside a task, use Effect.retry around the spawn"
      throw refuse("NotTransferable", { path: "options.retry", reason })
    }
    const { id, kind, name, source, url } = fn
    const args = argumentsOf(node).map((input) => referring(input, numberFor))
    this.post("spawn", handles, {
      fn: { id, kind, url, name, source },
      options: { ...options, retry: undefined },
      value: write(args, this.far.crossing)
    })
  }

  /** Spawns everything that a handle needs and does not have yet; gives the numbers of its leaves. */
  lower(handle: Handle): { readonly leaves: Array<number>; readonly made: Array<number> } {
    const nodes: Array<DelayedNode> = []
    const outputs: Array<Array<number>> = []
    const known = new Map<DelayedNode, number>()
    const lowering = new Lowering({
      engine: -1,
      isAlive: (node) => known.has(node),
      open: (node) => {
        const task = nodes.length
        nodes.push(node)
        outputs.push([])
        known.set(node, task)
        return task
      },
      output: (task) => {
        outputs[task].push(++numbers)
        return numbers
      },
      chunkOf: (task, index) => outputs[task][index],
      classOf: () => 0,
      heldChunk: numberOf,
      pendingNode: () => undefined,
      value: (value) => value,
      hasOutput: () => true,
      unstore: () => {},
      prepare: () => {}
    }, [handle])
    lowering.run(Infinity)
    const leaves = lowering.take().wanted
    nodes.forEach((node, task) => this.spawn(node, outputs[task], (inner) => numberIn(inner, outputs)))
    for (const node of nodes) node.engine = 0
    this.far.flush()
    return { leaves, made: outputs.flat() }
  }
}

const numberIn = (handle: Handle, outputs: ReadonlyArray<ReadonlyArray<number>>): number => {
  if (handle.kind === HandleKind.delayed) return outputs[(handle as DelayedNode).task][0]
  if (handle.kind === HandleKind.output) {
    const { index, node } = handle as unknown as { readonly index: number; readonly node: DelayedNode }
    return outputs[node.task][index]
  }
  return numberOf(handle)
}

/** An argument with references in the places of handles. */
const referring = (input: unknown, numberFor: (handle: Handle) => number): unknown => {
  if (input instanceof AllNode) {
    const { shape } = input
    const members = Array.isArray(shape)
      ? shape.map((member) => referring(member, numberFor))
      : Object.fromEntries(Object.entries(shape).map(([key, member]) => [key, referring(member, numberFor)]))
    return { "~poniard/all": members }
  }
  if (input instanceof Handle) return { "~poniard/far": numberFor(input) } satisfies FarReference
  if (!Array.isArray(input) || !input.some((item) => item instanceof Handle)) return input
  return input.map((item) => referring(item, numberFor))
}

const write = (value: unknown, crossing: Crossing): Encoded => ownCopy(encode(value, crossing, { root: "input" }))

const away = (what: string): Effect.Effect<never> =>
  Effect.die(new Error(`${what} is not to be had inside a task on a worker: ask the engine where it was made`))

/** The service for one attempt. */
export const clientOf = (far: Far, attempt: Attempt): Shape => {
  const client = new Client(far, attempt)
  const running = <A>(handle: Handle, ask: "await" | "exit"): Effect.Effect<A, unknown> =>
    Effect.suspend(() => {
      const { leaves, made } = client.lower(handle)
      return Effect.ensuring(client.ask(ask, leaves), Effect.sync(() => client.tell("drop", made))) as Effect.Effect<
        A,
        unknown
      >
    })
  const held = (number: number, detached: boolean): Effect.Effect<void, never, Scope.Scope> =>
    detached ? Effect.void : Effect.addFinalizer(() => Effect.sync(() => client.tell("drop", [number])))
  return {
    "~poniard/Engine": "poniard/Engine",
    id: -1,
    collect: (handle) => running(handle, "await"),
    collectExit: (handle) => Effect.orDie(running<ReadonlyArray<Exit.Exit<unknown, unknown>>>(handle, "exit")),
    compute: (handle) =>
      Effect.suspend(() => {
        const { leaves, made } = client.lower(handle)
        return Effect.addFinalizer(() => Effect.sync(() => client.tell("drop", made))).pipe(
          Effect.as(leaves.map((number) => new FarStored(number)))
        )
      }),
    spawn: (node, detached) =>
      Effect.suspend(() => {
        const { leaves } = client.lower(node)
        return Effect.as(held(leaves[0], detached), new FarSpawned(leaves[0]))
      }),
    wait: (handle) => Effect.asVoid(Effect.orDie(client.ask("exit", [numberOf(handle)]))),
    fetch: (handle) => Effect.map(client.ask("await", [numberOf(handle)]), (values) => (values as Array<unknown>)[0]),
    isReady: (handle) => Effect.map(Effect.orDie(client.ask("ready", [numberOf(handle)])), (ready) => ready === true),
    cancel: (handle) => Effect.sync(() => client.tell("cancel", [numberOf(handle)])),
    release: (handle) => Effect.sync(() => client.tell("release", [numberOf(handle)])),
    file: () => notHere("Chunk.file", "read the file itself"),
    toFile: () => notHere("Chunk.toFile", "write the file itself"),
    put: (value) =>
      Effect.suspend(() => {
        const number = ++numbers
        client.tell("put", [number], { value: write(value, far.crossing) })
        return Effect.as(held(number, false), new FarStored(number))
      }),
    get: (chunk) => Effect.map(client.ask("await", [numberOf(chunk)]), (values) => (values as Array<unknown>)[0]),
    use: (chunk, f) =>
      Effect.flatMap(client.ask("await", [numberOf(chunk)]), (values) => f((values as Array<unknown>)[0])),
    events: Stream.fromEffect(away("Engine.events")),
    snapshot: away("Engine.snapshot"),
    explain: () => away("Engine.explain")
  }
}
