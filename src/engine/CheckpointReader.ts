// Reads checkpoints into the store's memory, as soon as there is room for them, and runs a task whose checkpoint turned out
// to be of no use. When that is done is Checkpoints.ts's to say.
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { CheckpointDirectory } from "../chunk/CheckpointDirectory.ts"
import { decode, isPlain } from "../chunk/codec.ts"
import { bytesFor, cut } from "../chunk/cut.ts"
import { Entry } from "../chunk/Entry.ts"
import { DelayedNode, OutputNode } from "../graph/Delayed.ts"
import type { Core } from "./Core.ts"
import { causeOf } from "./Failure.ts"
import { templateAgain } from "./Lineage.ts"
import type { Mover } from "./Mover.ts"
import { NOBODY, type Rooms } from "./Rooms.ts"
import type { Wishes } from "./wishes.ts"

/** What checkpoints need of their engine. */
export interface CheckpointParts {
  readonly core: Core
  readonly mover: Mover
  readonly rooms: Rooms
  readonly wishes: Wishes
  readonly later: (f: () => void) => void
  readonly context: Context.Context<never>
}

/** What was thrown, as an Error. */
export const asError = (thrown: unknown): Error => thrown instanceof Error ? thrown : new Error(String(thrown))

/** Reads the checkpoints of one engine. */
export class CheckpointReader {
  private readonly parts: CheckpointParts
  private readonly directory: CheckpointDirectory

  constructor(parts: CheckpointParts, directory: CheckpointDirectory) {
    this.parts = parts
    this.directory = directory
  }

  /** The values of a task that runs although it has a checkpoint, in the form in which the store holds them. */
  runAfterAll(node: DelayedNode): Effect.Effect<ReadonlyArray<unknown>, unknown> {
    const { context, core, mover, wishes } = this.parts
    const { outputs } = node.template
    const again = new DelayedNode(templateAgain(node.template), node.inputs, node.item)
    const handles = outputs === 0
      ? [again]
      : Array.from({ length: outputs }, (_, index) => new OutputNode(again, index))
    const take = (chunk: number): Effect.Effect<unknown, unknown> => {
      const held = core.store.get(chunk)
      if (held instanceof Entry && held.parts.length > 0 && held.parts[0] < 0) return mover.ownValue(chunk)
      return Effect.sync(() => core.store.share(chunk))
    }
    return Effect.acquireUseRelease(
      Effect.sync(() => wishes.make(handles, false, context, true)),
      (wish) =>
        Effect.andThen(
          wishes.wait(wish),
          Effect.suspend(() =>
            wish.failure === undefined ? Effect.forEach(wish.chunks, take) : Effect.failCause(causeOf(wish.failure))
          )
        ),
      (wish) => Effect.sync(() => wishes.drop(wish))
    )
  }

  /** A value from its file: in the form in which the store holds it. */
  load(file: string): Effect.Effect<unknown, Error> {
    const { arena, crossing } = this.parts.core.store
    let offsets: ReadonlyArray<number> = []
    let lengths: ReadonlyArray<number> = []
    const room = (parts: ReadonlyArray<number>): Effect.Effect<ReadonlyArray<Uint8Array>, Error> =>
      Effect.map(this.room(parts), (found) => {
        offsets = found
        lengths = parts
        return found.map((offset, i) => new Uint8Array(arena.buffer, offset, parts[i]))
      })
    return this.directory.load(file, room).pipe(
      Effect.flatMap(({ code, head }) =>
        Effect.try({
          try: () => {
            if (offsets.length === 0 && head !== undefined) {
              const value = decode(head, [], crossing)
              return isPlain(value) ? value : new Entry(code, head, [], undefined, head.byteLength + 64)
            }
            const bytes = offsets.reduce((sum, offset) => sum + arena.bytesOf(offset), 0)
            return new Entry(code, head, offsets.flatMap((offset, i) => [offset, lengths[i]]), undefined, bytes)
          },
          catch: asError
        })
      ),
      Effect.onError(() => Effect.sync(() => offsets.forEach((offset) => void arena.release(offset))))
    )
  }

  /** Slabs for parts of a value, as soon as there is room. */
  private room(lengths: ReadonlyArray<number>): Effect.Effect<ReadonlyArray<number>, Error> {
    const needed = bytesFor(lengths)
    const { core: { store: { arena } }, later, rooms } = this.parts
    if (needed === 0) return Effect.succeed([])
    return Effect.callback((resume) => {
      let wanted = true
      later(() =>
        rooms.ask(NOBODY, needed, needed, (offset) => {
          if (offset < 0) resume(Effect.fail(new Error(`there is no room for its ${needed} bytes`)))
          else if (wanted) resume(Effect.succeed(cut(arena, offset, lengths)))
          else arena.release(offset)
        })
      )
      return Effect.sync(() => {
        wanted = false
      })
    })
  }
}
