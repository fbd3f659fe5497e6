// Users' own files as values: what a file was when it was first looked at, its bytes as long as it is still that, and the
// bytes of a value as a file that appears whole. Spilled values are SpillStore.ts, checkpoints CheckpointDirectory.ts.
import * as Effect from "effect/Effect"
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises"
import { resolve } from "node:path"
import * as process from "node:process"
import { fileURLToPath } from "node:url"
import { InputChanged } from "../graph/errors.ts"

/** A file as it was seen. */
export interface SeenFile {
  /** absolute */
  readonly path: string
  /** bytes */
  readonly size: number
  /** milliseconds since 1970 */
  readonly modified: number
}

const asError = (cause: unknown): Error => cause instanceof Error ? cause : new Error(String(cause))

const attempt = <A>(evaluate: () => Promise<A>): Effect.Effect<A, Error> =>
  Effect.tryPromise({ try: evaluate, catch: asError })

/** Looks at a file; fails if there is none. */
export const seeFile = (given: string | URL): Effect.Effect<SeenFile, Error> =>
  Effect.suspend(() => {
    const path = given instanceof URL ? fileURLToPath(given) : resolve(given)
    return Effect.flatMap(attempt(() => stat(path)), (is) =>
      is.isFile()
        ? Effect.succeed({ path, size: is.size, modified: is.mtimeMs })
        : Effect.fail(new Error(`${path} is no file`)))
  })

const changed = ({ modified, path, size }: SeenFile, is: InputChanged["is"]): InputChanged =>
  new InputChanged({ path, was: { bytes: size, modified }, is })

const unchanged = Effect.fnUntraced(function*(file: FileHandle, seen: SeenFile) {
  const { mtimeMs, size } = yield* attempt(() => file.stat())
  if (size === seen.size && mtimeMs === seen.modified) return
  return yield* Effect.fail(changed(seen, { bytes: size, modified: mtimeMs }))
})

const using = <A, E>(path: string, flags: "r" | "wx", use: (file: FileHandle) => Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(attempt(() => open(path, flags)), use, (file) => Effect.ignore(attempt(() => file.close())))

const isGone = (error: Error): boolean => "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")

/**
 * Fills a view with a file's bytes. Fails with InputChanged if the file is not as it was seen, before or after, or gone.
 */
export const readSeen = (seen: SeenFile, into: Uint8Array): Effect.Effect<void, Error> =>
  using(seen.path, "r", (file) =>
    Effect.gen(function*() {
      yield* unchanged(file, seen)
      for (let at = 0; at < seen.size;) {
        const { bytesRead } = yield* attempt(() => file.read(into, at, seen.size - at, at))
        if (bytesRead === 0) break
        at += bytesRead
      }
      yield* unchanged(file, seen)
    })).pipe(Effect.mapError((error) => isGone(error) ? changed(seen, null) : error))

let files = 0

/** Writes bytes to a file, which is replaced when all of them are there, or stays as it was. Returns its absolute path. */
export const writeWhole = (given: string | URL, bytes: Uint8Array): Effect.Effect<string, Error> =>
  Effect.suspend(() => {
    const path = given instanceof URL ? fileURLToPath(given) : resolve(given)
    const name = `${path}.${process.pid}-${++files}.tmp`
    const written = using(name, "wx", (file) =>
      Effect.gen(function*() {
        for (let at = 0; at < bytes.byteLength;) {
          const { bytesWritten } = yield* attempt(() => file.write(bytes, at, bytes.byteLength - at))
          at += bytesWritten
        }
      }))
    return Effect.andThen(written, attempt(() => rename(name, path))).pipe(
      Effect.onError(() => Effect.ignore(attempt(() => rm(name, { force: true })))),
      Effect.as(path)
    )
  })
