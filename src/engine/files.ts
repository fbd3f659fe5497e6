// Files as chunks and chunks as files. A file's chunk has no bytes at first: like one that was evicted it is computed when it
// is needed, by a task that reads the file, and is dropped again without being written.
import * as Effect from "effect/Effect"
import { cut } from "../chunk/cut.ts"
import { Entry, rawCode } from "../chunk/Entry.ts"
import { bytesOf, slabBytes } from "../chunk/MemoryStore.ts"
import { readSeen, seeFile, type SeenFile, writeWhole } from "../chunk/ValueFile.ts"
import { DelayedNode, makeNode } from "../graph/Delayed.ts"
import type { Shape } from "../graph/EngineService.ts"
import { GraphInvalid, InputChanged, NotTransferable, StoreFull } from "../graph/errors.ts"
import { defaultOptions } from "../graph/options.ts"
import { closureEntry } from "../graph/TaskFunction.ts"
import { Template, templateOf } from "../graph/Template.ts"
import { DISK } from "../scheduler/Event.ts"
import { storedChunk } from "./data.ts"
import { NOBODY } from "./Rooms.ts"
import { giveUp, type ShapeParts } from "./ShapeParts.ts"

/** The bytes of a file in the store's memory, as soon as there is room for them. */
const read = ({ core, later, rooms }: ShapeParts, seen: SeenFile): Effect.Effect<Entry, unknown> => {
  const { arena, budget } = core.store
  const slab = Effect.callback<number, unknown>((resume) => {
    let wanted = true
    later(() =>
      rooms.ask(NOBODY, slabBytes(seen.size), slabBytes(seen.size), (offset) => {
        if (offset < 0) resume(Effect.fail(new StoreFull({ needed: seen.size, budget })))
        else if (wanted) resume(Effect.succeed(cut(arena, offset, [seen.size])[0]))
        else arena.release(offset)
      })
    )
    return Effect.sync(() => {
      wanted = false
    })
  })
  return Effect.flatMap(slab, (offset) =>
    readSeen(seen, new Uint8Array(arena.buffer, offset, seen.size)).pipe(
      Effect.onError(() => Effect.sync(() => arena.release(offset))),
      // What the system says is no error of the function's: it is the cause of TaskFailed.
      Effect.catch((error) => error instanceof InputChanged ? Effect.fail(error) : Effect.die(error)),
      Effect.as(fileEntry(seen, offset))
    ))
}

const byteCode = rawCode(new Uint8Array())

const fileEntry = ({ size }: SeenFile, offset: number): Entry =>
  new Entry(byteCode, undefined, [offset, size], undefined, slabBytes(size))

/** The task that reads a file. */
const reader = (parts: ShapeParts, seen: SeenFile): DelayedNode => {
  const name = `read ${seen.path.slice(seen.path.lastIndexOf("/") + 1)}`
  const call = () => read(parts, seen)
  const fn = closureEntry(name, call)
  const options = { ...defaultOptions, name, bytes: slabBytes(seen.size), cache: true }
  return new DelayedNode(new Template(fn, options), [], -1)
}

const open = Effect.fnUntraced(function*(parts: ShapeParts, path: string | URL, decode: unknown) {
  const { core } = parts
  if (!(path instanceof URL) && (typeof path !== "string" || path === "")) {
    return yield* Effect.fail(new GraphInvalid({ path: "Chunk.file", reason: "expected the path of a file" }))
  }
  const decoding = decode === undefined ? undefined : templateOf(decode, undefined, "Chunk.file: decode")
  const seen = yield* Effect.mapError(
    seeFile(path),
    (error) => new GraphInvalid({ path: "Chunk.file", reason: error.message })
  )
  if (slabBytes(seen.size) > core.store.budget) {
    return yield* Effect.fail(new StoreFull({ needed: seen.size, budget: core.store.budget }))
  }
  const bytes = reader(parts, seen)
  const entry = fileEntry(seen, -1)
  entry.origin = decoding === undefined
    ? bytes
    : makeNode(new Template(decoding.fn, { ...defaultOptions, cache: true }), [bytes])
  return storedChunk(parts, entry, DISK)
})

const toUtf8 = new TextEncoder()

const contentOf = (value: unknown): Effect.Effect<Uint8Array, NotTransferable> => {
  if (typeof value === "string") return Effect.succeed(toUtf8.encode(value))
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return Effect.succeed(bytesOf(value))
  const reason = "only typed arrays, ArrayBuffers and texts have bytes of their own: encode it first, in a task"
  return Effect.fail(new NotTransferable({ path: "Chunk.toFile", reason }))
}

/** The verbs between chunks and files. */
export const files = (
  parts: ShapeParts,
  use: Shape["use"]
): Pick<Shape, "file" | "toFile"> => ({
  file: (path, decode) =>
    parts.core.open(
      Effect.acquireRelease(open(parts, path, decode), (handle) => Effect.sync(() => giveUp(parts, handle)), {
        interruptible: true
      })
    ),
  toFile: (handle, path) =>
    use(handle, (value) =>
      Effect.flatMap(contentOf(value), (bytes) =>
        Effect.mapError(
          Effect.asVoid(writeWhole(path, bytes)),
          (error) => new GraphInvalid({ path: "Chunk.toFile", reason: error.message })
        )))
})
