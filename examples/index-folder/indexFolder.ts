// The job from the settings to the result: list the folder, choose how to cut the work, describe it, collect it. Whatever
// happens, what it holds (threads, spilled data, the temporary folder under --out) goes with its Scope.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { collect, delayed, Engine } from "poniard"
import type { GraphInvalid, TaskError } from "poniard"
import type { Reading } from "./Block.ts"
import { describe } from "./describe.ts"
import type { Places } from "./find.ts"
import { FolderUnusable, listFolder } from "./list.ts"
import type { Listing } from "./list.ts"
import { cutFor, cutIntoSpans } from "./plan.ts"
import { showProgress } from "./progress.ts"
import type { Hit, Numbers, Result } from "./report.ts"
import { sample } from "./sample.ts"
import type { Settings } from "./Settings.ts"
import * as Tasks from "./tasks.ts"
import { workspace } from "./Workspace.ts"
import type { CannotWrite, Workspace } from "./Workspace.ts"

const FIRST_PLACES = 10

/** The lines at the places that were found, each file read once. */
const hitsOf = (listing: Listing, { places }: Places): Effect.Effect<ReadonlyArray<Hit>, TaskError, Engine> => {
  const files = [...new Set(places.map(([file]) => file))]
  const cited = files.map((file) =>
    delayed(Tasks.cite)(
      listing.root,
      listing.paths[file],
      places.filter((place) => place[0] === file).map((place) => place[1])
    )
  )
  return Effect.map(
    collect(cited),
    (lines) =>
      lines.flatMap((some, k) => some.map((one) => ({ path: listing.paths[files[k]], line: one.line, text: one.text })))
  )
}

/** Runs the job on the engine; everything but the time and the names under --out. */
const onEngine = Effect.fnUntraced(function*(
  settings: Settings,
  kept: Workspace | undefined
): Effect.fn.Return<Outcome, FolderUnusable | CannotWrite | TaskError, Engine | Scope.Scope> {
  const listing = yield* listFolder(settings.folder)
  if (kept !== undefined) yield* kept.begin(listing.paths)
  const budget = (yield* Engine.snapshot).memory.budgetBytes
  const cut = cutFor({ bytes: listing.bytes, threads: settings.threads, budget, ...sample(listing) })
  const read = { bytes: 0 }
  yield* showProgress(read)
  const word = settings.query._tag === "Some" ? settings.query.value : undefined
  const done = yield* collect(describe(cutIntoSpans(listing.paths, listing.sizes, cut.blockBytes), {
    root: listing.root,
    groups: cut.groups,
    partitions: cut.partitions,
    top: settings.top,
    query: word === undefined ? undefined : { word, places: FIRST_PLACES },
    onRead: (reading: Reading) => {
      read.bytes += reading.bytes
    },
    into: kept?.folder
  }))
  if (done.reading.files === 0) {
    return yield* new FolderUnusable({
      message: `Nothing below "${settings.folder}" could be read: ${done.reading.skipped[0]?.reason}.`
    })
  }
  const hits = word === undefined ? [] : yield* hitsOf(listing, done.places)
  const { memory, tasks } = yield* Engine.snapshot
  return {
    words: done.index.words,
    trouble: memory.trouble,
    skipped: [...listing.skipped, ...done.reading.skipped],
    query: word === undefined ? undefined : { word, count: done.places.count, hits },
    numbers: {
      files: done.reading.files,
      bytes: done.reading.bytes,
      words: done.top.words,
      distinct: done.top.distinct,
      top: done.top.top,
      threads: settings.threads,
      budgetBytes: memory.budgetBytes,
      peakStoreBytes: memory.peakStoreBytes,
      spilledBytes: memory.spilledBytes,
      tasks: tasks.total
    }
  }
}, Effect.scoped)

interface Outcome extends Pick<Result, "skipped" | "trouble" | "query"> {
  /** The file that is to be words.txt. */
  readonly words: string
  readonly numbers: Omit<Numbers, "seconds" | "peakRssBytes">
}

/** Indexes a folder as the settings say and answers from the index; the result's time is that of all of it. */
export const indexFolder = Effect.fnUntraced(function*(settings: Settings) {
  const started = yield* Clock.currentTimeMillis
  const out = settings.out._tag === "Some" ? settings.out.value : undefined
  const kept = out === undefined ? undefined : yield* workspace(out)
  const engine = yield* Effect.try({
    try: () => Engine.layer({ threads: settings.threads, memory: settings.memory }),
    catch: (refused) => refused as GraphInvalid
  })
  const { numbers, words, ...rest } = yield* onEngine(settings, kept).pipe(Effect.provide(engine))
  if (kept !== undefined) yield* kept.commit(words)
  const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
  const peakRssBytes = process.resourceUsage().maxRSS * 1024
  const result: Result = { ...rest, folder: settings.folder, out, numbers: { ...numbers, seconds, peakRssBytes } }
  return result
}, Effect.scoped)
