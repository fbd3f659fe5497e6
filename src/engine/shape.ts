// The service of an engine of this process, over its wishes. What is handed out is the caller's; what is taken in is
// submitted in the loop's next turn.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { DelayedNode } from "../graph/Delayed.ts"
import type { Shape } from "../graph/EngineService.ts"
import type { Handle } from "../graph/Handle.ts"
import { explainAll } from "../scheduler/explain.ts"
import { data } from "./data.ts"
import { snapshotOf } from "./EngineSnapshot.ts"
import { explainHandle } from "./explainHandle.ts"
import { causeOf } from "./Failure.ts"
import { files } from "./files.ts"
import { ChunkHandle, SpawnedHandle } from "./handles.ts"
import { giveUp, type ShapeParts, using, withHandle } from "./ShapeParts.ts"
import type { Wish } from "./Wish.ts"

const inScope = <A>(acquire: () => A, release: (a: A) => void): Effect.Effect<A, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.sync(acquire), (a) => Effect.sync(() => release(a)))

/** Handles of chunks that a settled wish wants, each with a wish of its own. */
const hold = (parts: ShapeParts, wish: Wish): Array<ChunkHandle> =>
  Array.from(wish.chunks, (chunk) => {
    const handle = new ChunkHandle(parts.core.id, chunk, parts.core.state.chunks.bytes[chunk])
    handle.wish = parts.wishes.make([handle], false, Context.empty())
    return handle
  })

const running = (parts: ShapeParts): Pick<Shape, "collect" | "collectExit" | "compute" | "spawn"> => {
  const { core, wishes } = parts
  return {
    collect: (handle) => core.open(using(parts, handle, false, (made) => wishes.read(made))),
    collectExit: (handle) => core.open(using(parts, handle, true, (made) => wishes.readExits(made))),
    compute: (handle) =>
      core.open(
        Effect.flatMap(Effect.scope, (scope) =>
          using(parts, handle, false, (made) =>
            made.failure !== undefined ?
              Effect.failCause(causeOf(made.failure)) :
              Effect.uninterruptible(Effect.suspend(() => {
                const handles = hold(parts, made)
                return Effect.as(
                  Scope.addFinalizer(
                    scope,
                    Effect.sync(() => handles.forEach((handle) => giveUp(parts, handle)))
                  ),
                  handles as ReadonlyArray<Handle>
                )
              }))))
      ),
    spawn: (node: DelayedNode, detached) =>
      core.open(Effect.contextWith((context: Context.Context<never>) => {
        const make = (): SpawnedHandle =>
          new SpawnedHandle(core.id, node, (handle) =>
            wishes.make([handle], false, Context.omit(Scope.Scope)(context as never)))
        return detached ? Effect.sync(make) : inScope(make, (spawned) =>
          giveUp(parts, spawned))
      }))
  }
}

const handles = (parts: ShapeParts): Pick<Shape, "wait" | "fetch" | "isReady" | "cancel" | "release"> => {
  const { core, later, wishes } = parts
  const wishOf = (handle: Handle): Wish => (handle as SpawnedHandle).wish
  return {
    wait: (handle) => Effect.orDie(withHandle(parts, handle, "Spawned.wait", () => wishes.wait(wishOf(handle)))),
    fetch: (handle) => {
      const read = withHandle(
        parts,
        handle,
        "Spawned.fetch",
        () => Effect.map(wishes.read(wishOf(handle)), ([value]) => value)
      )
      return withHandle(parts, handle, "Spawned.fetch", () => Effect.andThen(wishes.wait(wishOf(handle)), read))
    },
    isReady: (handle) =>
      Effect.orDie(
        withHandle(parts, handle, "Spawned.isReady", () => Effect.succeed(wishOf(handle).status !== "pending"))
      ),
    cancel: (handle) =>
      Effect.orDie(withHandle(parts, handle, "Spawned.cancel", () =>
        Effect.sync(() => {
          const { node, wish } = handle as SpawnedHandle
          later(() =>
            core.afterSubmissions(wish.serial, () => {
              if (core.isAlive(node)) core.tell({ _tag: "cancelled", tasks: [node.task] })
            })
          )
        }))),
    release: (handle) => core.open(Effect.sync(() => release(parts, handle as ChunkHandle | SpawnedHandle)))
  }
}

/** Gives a handle up, and what it keeps by the option `persist`. */
const release = ({ core, wishes }: ShapeParts, handle: ChunkHandle | SpawnedHandle): void => {
  if (handle.engine !== core.id || handle.wish === undefined) return
  handle.released = true
  const { wish } = handle
  wishes.drop(wish, () => {
    // A chunk's number may be another chunk's by now; a node is always itself.
    if (handle instanceof ChunkHandle && wish.status !== "dropped") {
      core.tell({ _tag: "unpersisted", chunks: [handle.chunk] })
    }
    if (handle instanceof SpawnedHandle && core.isAlive(handle.node)) {
      core.tell({ _tag: "unpersisted", chunks: [core.chunkOf(handle.node.task, 0)] })
    }
  })
}

/** Looks at the state when everything that was asked for before has been taken in. */
const settled = <A>({ core, later }: ShapeParts, look: () => A): Effect.Effect<A> =>
  core.open(Effect.callback((resume) => later(() => core.afterTurn.push(() => resume(Effect.sync(look))))))

/** The service. */
export const shapeOf = (parts: ShapeParts): Shape => {
  const { core, mover, rooms } = parts
  const values = data(parts)
  return {
    "~poniard/Engine": "poniard/Engine",
    id: core.id,
    ...running(parts),
    ...handles(parts),
    ...values,
    ...files(parts, values.use),
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
          ? explainAll(core.state, (task) => core.nameOf(task), 50)
          : explainHandle(core, handle))
  }
}
