// Values that outlive the process: a file for each, named by its key, written under another name and then renamed, so that
// a file that is there is whole. No list of them is kept anywhere: the folder is the list. It knows nothing of tasks or of
// how keys come about; spill files, which are deleted with their engine, are SpillStore.ts.
import * as Effect from "effect/Effect"
import { statSync } from "node:fs"
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { isGone, ownerPattern, ownName } from "./owner.ts"

/** A value as it is kept: its kind (as an Entry's code), what the codec wrote, and the bytes of its parts. */
export interface Kept {
  readonly code: number
  readonly head: Uint8Array | undefined
  readonly parts: ReadonlyArray<Uint8Array>
}

/** What a file says of its value, before the bytes. The task that made it is for people only. */
export interface KeptHeader {
  readonly task: string
  readonly code: number
  readonly head: number
  readonly parts: ReadonlyArray<number>
  readonly checksum: number
}

/** A folder of checkpoints. Nothing here is called twice for one key at a time. */
export interface CheckpointDirectory {
  readonly path: string
  /** Length of a key's file in bytes, or -1 if there is none. */
  readonly size: (key: string) => number
  /** Writes a value that a task made; when it is done, the file is there, and whole. */
  readonly save: (key: string, task: string, value: Kept) => Effect.Effect<void, Error>
  /** Reads a value into memory that `room` gives for its parts. Fails if the file is not as it was written. */
  readonly load: <R>(
    key: string,
    room: (parts: ReadonlyArray<number>) => Effect.Effect<ReadonlyArray<Uint8Array>, Error, R>
  ) => Effect.Effect<{ readonly code: number; readonly head: Uint8Array | undefined }, Error, R>
  /** Deletes a file, if it is there. */
  readonly remove: (key: string) => Effect.Effect<void>
  /** Every key with the bytes of its file, the one written first before the others. */
  readonly list: Effect.Effect<ReadonlyArray<{ readonly key: string; readonly bytes: number }>>
}

// The last byte is raised when the codes of arrays or the codec's heads change their meaning: old files are none then.
const Magic = Buffer.from("PONIARD\u0001", "latin1")
/** Bytes of a file that are read first; no header is longer, and what is written at once is no longer. */
const Front = 16_384
/** Magic and the length of the header in JSON. */
const Prefix = Magic.byteLength + 4
const keyPattern = /^[0-9a-f]{64}$/
const temporary = new RegExp(`^\\.[0-9a-f]{64}-${ownerPattern}-\\d+\\.tmp$`)

const asError = (cause: unknown): Error => cause instanceof Error ? cause : new Error(String(cause))

const attempt = <A>(evaluate: () => Promise<A>): Effect.Effect<A, Error> =>
  Effect.tryPromise({ try: evaluate, catch: asError })

const contentOf = ({ head, parts }: Kept): ReadonlyArray<Uint8Array> => head === undefined ? parts : [head, ...parts]

/** Fills a view; fails at the end of the file. */
const fill = Effect.fnUntraced(function*(file: FileHandle, view: Uint8Array, position: number) {
  for (let at = 0; at < view.byteLength;) {
    const { bytesRead } = yield* attempt(() => file.read(view, at, view.byteLength - at, position + at))
    if (bytesRead === 0) return yield* Effect.fail(new Error("the file ends too early"))
    at += bytesRead
  }
})

const write = Effect.fnUntraced(function*(file: FileHandle, bytes: Uint8Array) {
  for (let at = 0; at < bytes.byteLength;) {
    const { bytesWritten } = yield* attempt(() => file.write(bytes, at, bytes.byteLength - at))
    at += bytesWritten
  }
})

const withFile = <A, E, R>(
  path: string,
  flags: "r" | "wx",
  use: (file: FileHandle) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | Error, R> =>
  Effect.acquireUseRelease(
    attempt(() => open(path, flags, 0o600)),
    use,
    (file) => Effect.ignore(attempt(() => file.close()))
  )

/** The beginning of a file, as far as it is there; small values are in it as a whole. */
const readFront = Effect.fnUntraced(function*(file: FileHandle) {
  const front = new Uint8Array(Front)
  const { bytesRead } = yield* attempt(() => file.read(front, 0, Front, 0))
  return front.subarray(0, bytesRead)
})

const headerOf = (
  front: Uint8Array
): Effect.Effect<{ readonly header: KeptHeader; readonly position: number }, Error> => {
  if (front.byteLength < Prefix) return Effect.fail(new Error("the file ends too early"))
  if (!Magic.equals(front.subarray(0, Magic.byteLength))) return Effect.fail(new Error("it is no checkpoint"))
  const position = Prefix + new DataView(front.buffer, front.byteOffset).getUint32(Magic.byteLength, true)
  return Effect.try({
    try: () => {
      const header = JSON.parse(new TextDecoder().decode(front.subarray(Prefix, position))) as KeptHeader
      return { header, position }
    },
    catch: () => new Error(front.byteLength < position ? "the file ends too early" : "its header cannot be read")
  })
}

class Directory implements CheckpointDirectory {
  readonly path: string
  private readonly owner: string
  private readonly durable: boolean
  private writes = 0

  constructor(path: string, owner: string, durable: boolean) {
    this.path = path
    this.owner = owner
    this.durable = durable
  }

  private fileOf(key: string): string {
    return join(this.path, key)
  }

  readonly size = (key: string): number => statSync(this.fileOf(key), { throwIfNoEntry: false })?.size ?? -1

  readonly save = (key: string, task: string, value: Kept): Effect.Effect<void, Error> =>
    Effect.suspend(() => {
      const name = join(this.path, `.${key}-${this.owner}-${++this.writes}.tmp`)
      const written = withFile(name, "wx", (file) => this.writeAll(file, task, value))
      return Effect.andThen(written, attempt(() => rename(name, this.fileOf(key)))).pipe(
        Effect.andThen(this.durable ? this.syncFolder : Effect.void),
        Effect.onError(() => Effect.ignore(attempt(() => rm(name, { force: true }))))
      )
    })

  private writeAll(file: FileHandle, task: string, value: Kept): Effect.Effect<void, Error> {
    const content = contentOf(value)
    const header: KeptHeader = {
      task,
      code: value.code,
      head: value.head === undefined ? -1 : value.head.byteLength,
      parts: value.parts.map((part) => part.byteLength),
      checksum: content.reduce((sum, part) => crc32(part, sum), 0)
    }
    const text = Buffer.from(JSON.stringify(header))
    const length = Buffer.alloc(4)
    length.writeUInt32LE(text.byteLength)
    if (text.byteLength > Front / 2) {
      return Effect.fail(new Error(`a value of ${value.parts.length} parts has too long a list`))
    }
    const small = content.reduce((sum, part) => sum + part.byteLength, Prefix + text.byteLength) <= Front
    const front = [Magic, length, text]
    const pieces = small ? [Buffer.concat([...front, ...content])] : [Buffer.concat(front), ...content]
    return Effect.forEach(pieces, (part) => write(file, part), { discard: true }).pipe(
      Effect.andThen(this.durable ? attempt(() => file.sync()) : Effect.void)
    )
  }

  /** The name of a file is as safe as its folder. */
  private readonly syncFolder = Effect.suspend(() => withFile(this.path, "r", (folder) => attempt(() => folder.sync())))

  readonly load: CheckpointDirectory["load"] = (key, room) =>
    withFile(this.fileOf(key), "r", (file) =>
      Effect.gen(function*() {
        const front = yield* readFront(file)
        const { header, position } = yield* headerOf(front)
        const head = header.head < 0 ? undefined : new Uint8Array(header.head)
        const parts = yield* room(header.parts)
        let at = position
        let sum = 0
        for (const view of head === undefined ? parts : [head, ...parts]) {
          const end = at + view.byteLength
          if (end <= front.byteLength) view.set(front.subarray(at, end))
          else yield* fill(file, view, at)
          at = end
          sum = crc32(view, sum)
        }
        if (sum !== header.checksum) return yield* Effect.fail(new Error("its bytes are not those that were written"))
        return { code: header.code, head }
      }))

  readonly remove = (key: string): Effect.Effect<void> =>
    Effect.ignore(attempt(() => rm(this.fileOf(key), { force: true })))

  readonly list = Effect.suspend(() =>
    Effect.gen({ self: this }, function*() {
      const names = yield* Effect.orElseSucceed(attempt(() => readdir(this.path)), () => [])
      const found = yield* Effect.forEach(
        names.filter((name) => keyPattern.test(name)),
        (key) =>
          Effect.orElseSucceed(
            Effect.map(attempt(() => stat(this.fileOf(key))), (is) => ({ key, bytes: is.size, at: is.mtimeMs })),
            () => undefined
          ),
        { concurrency: 16 }
      )
      return found.filter((one) => one !== undefined).sort((a, b) => a.at - b.at)
    })
  )
}

/**
 * Opens a folder for checkpoints, which is made if need be, and removes what dead processes left half written. Fails if
 * nothing can be written there. `durable`: a checkpoint is on the disk itself before it counts.
 */
export const openCheckpointDirectory: (
  path: string,
  durable: boolean
) => Effect.Effect<CheckpointDirectory, Error> = Effect.fnUntraced(function*(path: string, durable: boolean) {
  yield* attempt(() => mkdir(path, { recursive: true, mode: 0o700 }))
  for (const name of yield* attempt(() => readdir(path))) {
    const owner = temporary.exec(name)
    if (owner !== null && (yield* isGone(owner[1], owner[2], owner[3]))) {
      yield* Effect.ignore(attempt(() => rm(join(path, name), { force: true })))
    }
  }
  return new Directory(path, yield* ownName, durable)
})
