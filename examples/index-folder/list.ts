// Lists the files that count, below a folder, on the main thread: what there is to do must be known before any of it is
// cut into blocks. Names are handled as bytes (latin1 strings, a character a byte), as a name need not be valid UTF-8.
// It opens nothing but folders; links are not followed, so a loop of links is no danger.
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Dirent } from "node:fs"
import { accessSync, constants, lstatSync, readdirSync, statSync } from "node:fs"
import { resolve } from "node:path"
import type { Skip } from "./Block.ts"

const COUNTS = /\.(?:js|mjs|cjs|ts|mts|cts|json|md|txt|map)$/
const LARGEST = 2 ** 32
// a file that all may read need not be asked about; where that misleads, opening it says so
const FOR_ALL = constants.S_IRUSR | constants.S_IRGRP | constants.S_IROTH
// the walk gives way after so many entries, a few milliseconds: Ctrl-C and the progress line must get through
const ENTRIES_A_TURN = 256

/** The folder cannot be indexed: it is missing, not a folder, not readable, or holds no file that counts. */
export class FolderUnusable extends Data.TaggedError("FolderUnusable")<{ readonly message: string }> {}

/** The files that count, in byte order of their paths: a file's number is its index. */
export interface Listing {
  /** The folder, absolute. */
  readonly root: string
  /** Relative paths, a character a byte. */
  readonly paths: ReadonlyArray<string>
  /** Sizes in bytes. */
  readonly sizes: ReadonlyArray<number>
  /** Bytes of all files. */
  readonly bytes: number
  /** Files and folders that were left out, and why. */
  readonly skipped: ReadonlyArray<Skip>
}

/** A path of the listing as text to show: its bytes as UTF-8, whatever is not valid replaced. */
export const showPath = (path: string): string => Buffer.from(path, "latin1").toString("utf8")

/**
 * A path of the listing as a line of files.txt, without its end. A name with a line feed in it, or beginning with a
 * backslash, is written as GNU's checksum tools do it: a backslash first, then the name with \n and \\ for the two.
 */
export const pathLine = (path: string): string =>
  path.includes("\n") || path.startsWith("\\")
    ? `\\${path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`
    : path

interface Found {
  readonly path: string
  readonly size: number
}

const reasonOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** Looks at one entry of a folder: a folder goes to `folders`, a file that counts to `found`. */
const look = (
  root: Buffer,
  path: string,
  entry: Dirent,
  folders: Array<string>,
  found: Array<Found>,
  skipped: Array<Skip>
): void => {
  if (entry.isDirectory()) folders.push(path)
  else if (entry.isFile() && COUNTS.test(path)) {
    const full = Buffer.concat([root, Buffer.from(`/${path}`, "latin1")])
    try {
      const { mode, size } = lstatSync(full)
      if ((mode & FOR_ALL) !== FOR_ALL) accessSync(full, constants.R_OK)
      if (size > LARGEST) skipped.push({ path, reason: "it is larger than 4 GiB" })
      else found.push({ path, size })
    } catch (error) {
      skipped.push({ path, reason: reasonOf(error) })
    }
  }
}

/** Walks the folder depth first; stops after every few entries, so that whoever drives it can see to other things. */
function* walk(root: string, found: Array<Found>, skipped: Array<Skip>): Generator<void, void> {
  const rootBytes = Buffer.from(root)
  const folders = [""]
  for (let seen = 0, folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let entries: Array<Dirent>
    try {
      const full = Buffer.concat([rootBytes, Buffer.from(`/${folder}`, "latin1")])
      entries = readdirSync(full, { encoding: "latin1", withFileTypes: true })
    } catch (error) {
      skipped.push({ path: folder === "" ? "." : folder, reason: reasonOf(error) })
      continue
    }
    for (const entry of entries) {
      look(rootBytes, folder === "" ? entry.name : `${folder}/${entry.name}`, entry, folders, found, skipped)
      if (++seen % ENTRIES_A_TURN === 0) yield
    }
  }
}

const openRoot = (folder: string): Effect.Effect<string, FolderUnusable> =>
  Effect.try({
    try: () => {
      if (!statSync(folder).isDirectory()) throw new Error("it is not a folder")
      accessSync(folder, constants.R_OK | constants.X_OK)
      return resolve(folder)
    },
    catch: (error) =>
      new FolderUnusable({ message: `Cannot index "${folder}": ${reasonOf(error)}. Name a folder with --folder DIR.` })
  })

/** Lists a folder; fails if it cannot be read or if nothing in it counts. */
export const listFolder = Effect.fnUntraced(function*(folder: string): Effect.fn.Return<Listing, FolderUnusable> {
  const root = yield* openRoot(folder)
  const found: Array<Found> = []
  const skipped: Array<Skip> = []
  const steps = walk(root, found, skipped)
  while (steps.next().done !== true) yield* Effect.yieldNow
  if (found.length === 0) {
    const left = skipped.slice(0, 3).map((skip) => `${showPath(skip.path)} (${skip.reason})`).join(", ")
    return yield* new FolderUnusable({
      message:
        `Nothing to index below "${folder}": no regular file ends in .js .mjs .cjs .ts .mts .cts .json .md .txt ` +
        `or .map${skipped.length === 0 ? "" : `, or those that do cannot be read: ${left}`}.`
    })
  }
  // strings of a character a byte compare as their bytes do
  found.sort((a, b) => a.path < b.path ? -1 : 1)
  return {
    root,
    paths: found.map((file) => file.path),
    sizes: found.map((file) => file.size),
    bytes: found.reduce((sum, file) => sum + file.size, 0),
    skipped
  }
})
