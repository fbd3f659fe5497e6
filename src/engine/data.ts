// Values that users put into the store, read and look at. Whoever puts one waits until there is room for it; what is
// handed out is a copy, and what is looked at stays where it is meanwhile.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Refused } from "../chunk/codec.ts"
import { Entry } from "../chunk/Entry.ts"
import { ArenaFull } from "../chunk/MemoryStore.ts"
import type { Shape } from "../graph/EngineService.ts"
import { NotTransferable, StoreFull } from "../graph/errors.ts"
import { causeOf } from "./Failure.ts"
import { ChunkHandle } from "./handles.ts"
import { NOBODY } from "./Rooms.ts"
import { giveUp, type ShapeParts, using, withHandle } from "./ShapeParts.ts"
import { placeOf } from "./submission.ts"

/** Stores a value: a chunk that no task makes. Throws Refused, or ArenaFull: `within` the budget only, or at all. */
export const storeValue = (parts: ShapeParts, value: unknown, within = false): ChunkHandle => {
  const { core } = parts
  const held = core.store.pack(value, false, "value", within)
  return storedChunk(parts, held, placeOf(held))
}

/** A chunk that no task makes, from how its value is held. */
export const storedChunk = ({ core, later, wishes }: ShapeParts, held: unknown, place: number): ChunkHandle => {
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
      stored: [chunk, bytes, place],
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

/** Stores a value as soon as there is room for it. */
const put = (parts: ShapeParts, value: unknown): Effect.Effect<ChunkHandle, unknown> => {
  const { core, later, rooms } = parts
  const attempt = (within: boolean): Effect.Effect<ChunkHandle, unknown> =>
    Effect.try({ try: () => storeValue(parts, value, within), catch: (error) => error })
  const waiting = (needed: number): Effect.Effect<ChunkHandle, unknown> =>
    Effect.callback((resume) => {
      let wanted = true
      later(() =>
        rooms.ask(NOBODY, needed, needed, (offset) => {
          if (offset >= 0) core.store.arena.release(offset)
          // The slab is free from here to the value's copy: nobody can have it in between.
          if (wanted) resume(Effect.runSyncExit(attempt(false)))
        })
      )
      return Effect.sync(() => {
        wanted = false
      })
    })
  return attempt(true).pipe(
    Effect.catchIf(
      (error) => error instanceof ArenaFull && error.needed <= core.store.budget,
      (error) => waiting((error as ArenaFull).needed)
    ),
    Effect.mapError((error) => refusal(parts, error))
  )
}

/** The verbs on values. */
export const data = (parts: ShapeParts): Pick<Shape, "put" | "get" | "use"> => {
  const { core, wishes } = parts
  return {
    put: (value) =>
      core.open(
        Effect.acquireRelease(put(parts, value), (handle) => Effect.sync(() => giveUp(parts, handle)), {
          interruptible: true
        })
      ),
    get: (handle) =>
      withHandle(parts, handle, "Chunk.get", () => {
        const { chunk, wish } = handle as ChunkHandle
        if (wish === undefined) return wishes.value(chunk)
        return Effect.andThen(wishes.wait(wish), Effect.map(wishes.read(wish), ([value]) => value))
      }),
    use: (handle, f) =>
      withHandle(
        parts,
        handle,
        "Chunk.use",
        () =>
          using(parts, handle, false, (wish) =>
            wish.failure !== undefined
              ? Effect.failCause(causeOf(wish.failure))
              : looking(parts, (handle as ChunkHandle).chunk, f))
      )
  }
}

/** Runs `f` on the value of a chunk: in memory it stays there meanwhile; what is on disk is read for `f` alone. */
const looking = <B, E, R>(
  parts: ShapeParts,
  chunk: number,
  f: (value: unknown) => Effect.Effect<B, E, R>
): Effect.Effect<B, unknown, R> => {
  const { core, later, wishes } = parts
  const held = core.store.get(chunk)
  if (held instanceof Entry && held.parts.length > 0 && held.parts[0] < 0) {
    return Effect.flatMap(wishes.value(chunk), f)
  }
  return Effect.acquireUseRelease(
    Effect.sync(() => core.tell({ _tag: "pinned", chunk, by: 1 })),
    () => f(core.store.view(chunk)),
    () => Effect.sync(() => later(() => core.tell({ _tag: "pinned", chunk, by: -1 })))
  )
}
