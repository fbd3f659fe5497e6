// The service of an engine of this process, over its wishes. What is handed out is the caller's; what is taken in is
// submitted in the loop's next turn.
import { Context, Effect, Scope, Stream } from "effect"
import { Queue } from "effect"
import { Entry } from "../chunk/Entry.ts"
import { ArenaFull } from "../chunk/MemoryStore.ts"
import { Refused } from "../chunk/codec.ts"
import type { DelayedNode } from "../graph/Delayed.ts"
import { NotTransferable, StoreFull } from "../graph/errors.ts"
import type { Handle } from "../graph/Handle.ts"
import { explain, explainAll } from "../scheduler/explain.ts"
import type { Core } from "./Core.ts"
import type { Shape } from "../graph/EngineService.ts"
import { ChunkHandle, SpawnedHandle } from "./handles.ts"
import type { Mover } from "./Mover.ts"
import type { Rooms } from "./Rooms.ts"
import { snapshotOf } from "./EngineSnapshot.ts"
import { placeOf } from "./submission.ts"
import type { Wish } from "./Wish.ts"
import type { Wishes } from "./wishes.ts"

/** What a shape is made of. */
export interface ShapeParts {
  readonly core: Core
  readonly mover: Mover
  readonly rooms: Rooms
  readonly wishes: Wishes
  readonly later: (f: () => void) => void
  readonly strays: ReadonlyArray<string>
}

const inScope = <A>(acquire: () => A, release: (a: A) => void): Effect.Effect<A, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.sync(acquire), (a) => Effect.sync(() => release(a)))

/** Handles of chunks that a settled wish wants, each with a wish of its own. */
const hold = (parts: ShapeParts, wish: Wish): Array<ChunkHandle> =>
  wish.chunks.map((chunk) => {
    const handle = new ChunkHandle(parts.core.id, chunk, parts.core.state.chunks.bytes[chunk])
    handle.wish = parts.wishes.make([handle], false, Context.empty())
    return handle
  })

const giveUp = (parts: ShapeParts, handle: ChunkHandle): void => {
  handle.released = true
  if (handle.wish !== undefined) parts.wishes.drop(handle.wish)
}

const running = (parts: ShapeParts): Pick<Shape, "collect" | "collectExit" | "compute" | "spawn"> => {
  const { core, wishes } = parts
  const using = <A, E>(handle: Handle, exits: boolean, read: (wish: Wish) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.contextWith((context: Context.Context<never>) =>
      Effect.acquireUseRelease(
        Effect.sync(() => wishes.make([handle], exits, context)),
        (made) => Effect.andThen(wishes.wait(made), Effect.suspend(() => read(made))),
        (made) => Effect.sync(() => wishes.drop(made))
      )
    )
  return {
    collect: (handle) => core.open(using(handle, false, (made) => wishes.read(made))),
    collectExit: (handle) => core.open(using(handle, true, (made) => wishes.readExits(made))),
    compute: (handle) =>
      core.open(Effect.flatMap(Effect.scope, (scope) =>
        using(handle, false, (made) =>
          made.failure !== undefined ? Effect.asVoid(wishes.read(made)).pipe(Effect.as([])) : Effect.suspend(() => {
            const handles = hold(parts, made)
            return Effect.as(
              Scope.addFinalizer(scope, Effect.sync(() => handles.forEach((handle) => giveUp(parts, handle)))),
              handles as ReadonlyArray<Handle>
            )
          })))),
    spawn: (node: DelayedNode, detached) =>
      core.open(Effect.contextWith((context: Context.Context<never>) => {
        const make = (): SpawnedHandle =>
          new SpawnedHandle(core.id, node, (handle) => wishes.make([handle], false, Context.omit(Scope.Scope)(context as never)))
        return detached ? Effect.sync(make) : inScope(make, (spawned) => wishes.drop(spawned.wish))
      }))
  }
}

const handles = (parts: ShapeParts): Pick<Shape, "wait" | "fetch" | "isReady" | "cancel" | "release"> => {
  const { core, later, wishes } = parts
  return {
    wait: (handle) => core.open(wishes.wait((handle as SpawnedHandle).wish)),
    fetch: (handle) => {
      const { wish } = handle as SpawnedHandle
      return core.open(Effect.andThen(wishes.wait(wish), Effect.map(wishes.read(wish), ([value]) => value)))
    },
    isReady: (handle) => Effect.sync(() => (handle as SpawnedHandle).wish.status !== "pending"),
    cancel: (handle) =>
      core.open(Effect.sync(() => {
        const { node } = handle as SpawnedHandle
        later(() => {
          if (core.isAlive(node)) core.tell({ _tag: "cancelled", tasks: [node.task] })
        })
      })),
    release: (handle) =>
      core.open(Effect.sync(() =>
        later(() => {
          const spawned = handle instanceof SpawnedHandle
          const { wish } = handle as ChunkHandle | SpawnedHandle
          const chunks = spawned ? handle.wish.chunks : [(handle as ChunkHandle).chunk]
          if (chunks.length > 0 && wish?.status !== "dropped") core.tell({ _tag: "unpersisted", chunks })
          if (spawned) wishes.drop(handle.wish)
          else giveUp(parts, handle as ChunkHandle)
        })
      ))
  }
}

/** Stores a value: a chunk that no task makes. Throws Refused or ArenaFull. */
export const storeValue = (parts: ShapeParts, value: unknown): ChunkHandle => {
  const { core, later, wishes } = parts
  const held = core.store.pack(value, false, "value")
  const chunk = core.chunkIds.take()
  const bytes = core.store.set(chunk, held)
  const handle = new ChunkHandle(core.id, chunk, bytes)
  later(() =>
    core.tell({
      _tag: "submitted",
      defined: [],
      tasks: [],
      classes: [],
      starts: [0],
      chunks: [],
      outputs: [],
      stored: [chunk, bytes, placeOf(held)],
      part: "whole",
      submission: 0
    })
  )
  handle.wish = wishes.make([handle], false, Context.empty())
  return handle
}

const refusal = (parts: ShapeParts, error: unknown): unknown => {
  if (error instanceof Refused) return new NotTransferable({ path: error.path, reason: error.reason })
  if (error instanceof ArenaFull) return new StoreFull({ needed: error.needed, budget: parts.core.store.budget })
  return error
}

const data = (parts: ShapeParts): Pick<Shape, "put" | "get" | "use"> => {
  const { core, later, wishes } = parts
  return {
    put: (value) =>
      core.open(Effect.acquireRelease(
        Effect.try({ try: () => storeValue(parts, value) as Handle, catch: (error) => refusal(parts, error) }),
        (handle) => Effect.sync(() => giveUp(parts, handle as ChunkHandle))
      )),
    get: (handle) => core.open(reading(parts, handle as ChunkHandle, (chunk) => Effect.map(wishes.values([chunk]), ([value]) => value))),
    use: (handle, f) =>
      core.open(reading(parts, handle as ChunkHandle, (chunk) => {
        const held = core.store.get(chunk)
        if (held instanceof Entry && held.parts.length > 0 && held.parts[0] < 0) {
          return Effect.flatMap(wishes.values([chunk]), ([value]) => f(value))
        }
        return Effect.acquireUseRelease(
          Effect.sync(() => core.tell({ _tag: "pinned", chunk, by: 1 })),
          () => f(core.store.view(chunk)),
          () => Effect.sync(() => later(() => core.tell({ _tag: "pinned", chunk, by: -1 })))
        )
      }))
  }
}

const reading = <A, E, R>(
  parts: ShapeParts,
  handle: ChunkHandle,
  f: (chunk: number) => Effect.Effect<A, E, R>
): Effect.Effect<A, unknown, R> => {
  const { core, wishes } = parts
  if (handle.engine !== core.id) {
    return Effect.die(new Error("this chunk belongs to another engine"))
  }
  return handle.wish === undefined || handle.released
    ? Effect.die(new Error("this chunk was released, or its Scope is closed"))
    : Effect.andThen(wishes.wait(handle.wish), Effect.suspend(() => f(handle.chunk)))
}

/** Looks at the state when everything that was asked for before has been taken in. */
const settled = <A>({ core, later }: ShapeParts, look: () => A): Effect.Effect<A> =>
  core.open(Effect.callback((resume) => later(() => core.afterTurn.push(() => resume(Effect.sync(look))))))

/** The service. */
export const shapeOf = (parts: ShapeParts): Shape => {
  const { core, mover, rooms } = parts
  const nameOf = (task: number): string => core.nameOf(task)
  return {
    "~poniard/Engine": "poniard/Engine",
    id: core.id,
    ...running(parts),
    ...handles(parts),
    ...data(parts),
    events: Stream.callback<unknown>((queue) =>
      Effect.acquireRelease(
        Effect.sync(() => core.journal.subscribe((turn) => Queue.offerUnsafe(queue, turn))),
        (unsubscribe) => Effect.sync(unsubscribe)
      )
    ),
    snapshot: settled(parts, () => snapshotOf(core, mover, rooms)),
    explain: (handle) =>
      settled(parts, () =>
        handle === undefined
          ? explainAll(core.state, nameOf, 50)
          : explain(core.state, taskOf(handle), nameOf)
      )
  }
}

const taskOf = (handle: Handle): number =>
  handle instanceof SpawnedHandle ? handle.node.task : "task" in handle ? handle.task as number : -1
