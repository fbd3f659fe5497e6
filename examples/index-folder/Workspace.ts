// The folder under --out: everything is first written to a temporary folder in it and renamed when whole; whatever
// happens, the temporary folder goes with the Scope, and --out itself too if it was made for nothing.
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { pathLine } from "./list.ts"

/** The index cannot be written under --out. */
export class CannotWrite extends Data.TaggedError("CannotWrite")<{ readonly message: string }> {}

/** Where an index is written before it is whole. */
export interface Workspace {
  /** The temporary folder, absolute. */
  readonly folder: string
  /** Writes files.txt and an empty postings.bin for the tasks to fill. */
  readonly begin: (paths: ReadonlyArray<string>) => Effect.Effect<void, CannotWrite>
  /** Renames the three files to their names under --out; `words` is the file that has become words.txt. */
  readonly commit: (words: string) => Effect.Effect<void, CannotWrite>
}

/** What went wrong with writing below `out`, for people. */
export const cannotWrite = (out: string, error: unknown): CannotWrite =>
  new CannotWrite({
    message: `Cannot write the index to "${out}": ${error instanceof Error ? error.message : String(error)}. ` +
      `Nothing was kept; name a folder with room with --out DIR.`
  })

const tryWrite = <A>(out: string, write: () => A): Effect.Effect<A, CannotWrite> =>
  Effect.try({ try: write, catch: (error) => cannotWrite(out, error) })

interface Made {
  readonly folder: string
  /** The topmost folder that had to be made for --out, if any. */
  readonly topmost: string | undefined
}

const make = (out: string): Made => {
  const topmost = mkdirSync(out, { recursive: true })
  return { folder: mkdtempSync(join(out, ".index-folder-")), topmost }
}

/** Removes the temporary folder, and then the folders that were made, as far as nothing is in them. */
const remove = (out: string, { folder, topmost }: Made): void => {
  rmSync(folder, { recursive: true, force: true })
  if (topmost === undefined) return
  for (let dir = out; dir.length >= topmost.length; dir = dirname(dir)) {
    try {
      rmdirSync(dir)
    } catch {
      return
    }
  }
}

/** Makes a workspace in the folder `out`, and `out` itself if it is not there. */
export const workspace = (out: string): Effect.Effect<Workspace, CannotWrite, Scope.Scope> => {
  const path = resolve(out)
  return Effect.acquireRelease(
    tryWrite(out, () => make(path)),
    (made) => Effect.sync(() => remove(path, made))
  ).pipe(Effect.map(({ folder }) => ({
    folder,
    begin: (paths) =>
      tryWrite(out, () => {
        writeFileSync(join(folder, "files.txt"), `${paths.map(pathLine).join("\n")}\n`, "latin1")
        writeFileSync(join(folder, "postings.bin"), "")
      }),
    commit: (words) =>
      tryWrite(out, () => {
        renameSync(join(folder, "files.txt"), join(path, "files.txt"))
        renameSync(words, join(path, "words.txt"))
        renameSync(join(folder, "postings.bin"), join(path, "postings.bin"))
      })
  })))
}
