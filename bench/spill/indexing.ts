// The main job, examples/index-folder, as a workload: the same graph of tasks over the text files below node_modules, taken
// several times over until there is so much text. How the text is cut depends on the budget, here always a quarter of it,
// so that the job with memory for everything is the same. Nothing is kept of the index, as with a plain `npm start`.
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { collect } from "poniard"
import { describe } from "../../examples/index-folder/describe.ts"
import { listFolder, type Listing } from "../../examples/index-folder/list.ts"
import { type Cut, cutFor, cutIntoSpans } from "../../examples/index-folder/plan.ts"
import { sample } from "../../examples/index-folder/sample.ts"
import type { Finding, Job } from "../../examples/out-of-core/Job.ts"

const folder = fileURLToPath(new URL("../../node_modules", import.meta.url))
const TOP = 20

/** The files of packages: others, such as caches that a test runs fills, come and go. */
const settled = (listing: Listing): Listing => {
  const chosen = listing.paths.flatMap((path, file) => path.startsWith(".") ? [] : [file])
  return {
    ...listing,
    paths: chosen.map((file) => listing.paths[file]),
    sizes: chosen.map((file) => listing.sizes[file])
  }
}

/** The files one after the other, from the first again after the last, until they have so many bytes. */
const repeated = (listing: Listing, bytes: number): Listing => {
  const paths: Array<string> = []
  const sizes: Array<number> = []
  let sum = 0
  for (let file = 0; sum < bytes; file = (file + 1) % listing.paths.length) {
    paths.push(listing.paths[file])
    sizes.push(listing.sizes[file])
    sum += listing.sizes[file]
  }
  return { ...listing, paths, sizes, bytes: sum }
}

/** How often each word occurs, by a regular expression over every file. */
const countWords = ({ paths, root }: Listing): Map<string, number> => {
  const times = new Map<string, number>()
  for (const path of paths) times.set(path, (times.get(path) ?? 0) + 1)
  const counts = new Map<string, number>()
  for (const [path, often] of times) {
    const text = readFileSync(join(root, Buffer.from(path, "latin1").toString()), "latin1")
    for (const [found] of text.matchAll(/[A-Za-z]+/g)) {
      const word = found.toLowerCase()
      counts.set(word, (counts.get(word) ?? 0) + often)
    }
  }
  return counts
}

interface Told {
  readonly words: number
  readonly distinct: number
  readonly top: ReadonlyArray<readonly [word: string, count: number]>
}

const faultOf = (told: Told, listing: Listing): string | undefined => {
  const counts = countWords(listing)
  let words = 0
  for (const count of counts.values()) words += count
  if (told.words !== words) return `it was ${words} words`
  if (told.distinct !== counts.size) return `it was ${counts.size} distinct words`
  const top = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, TOP)
  const other = told.top.findIndex(([word, count], i) => word !== top[i][0] || count !== top[i][1])
  return other < 0 ? undefined : `of the most frequent words number ${other} is ${top[other].join(", ")} times`
}

const find = (listing: Listing, cut: Cut) =>
  Effect.map(
    collect(describe(cutIntoSpans(listing.paths, listing.sizes, cut.blockBytes), {
      root: listing.root,
      groups: cut.groups,
      partitions: cut.partitions,
      top: TOP,
      query: undefined,
      onRead: () => undefined,
      into: undefined
    })),
    ({ reading, top }): Finding => ({
      says: `${top.words} words, ${top.distinct} distinct`,
      wrong: () => reading.skipped.length > 0 ? `${reading.skipped.length} files were left out` : faultOf(top, listing)
    })
  )

/** The job over so many bytes of text on so many threads. */
export const indexing = async (bytes: number, threads: number): Promise<Job> => {
  const listing = repeated(settled(await Effect.runPromise(listFolder(folder))), bytes)
  const cut = cutFor({ bytes: listing.bytes, threads, budget: bytes / 4, ...sample(listing) })
  return {
    says: `Indexed ${listing.paths.length} files by ${cut.groups} groups of blocks and ${cut.partitions} partitions`,
    dataBytes: listing.bytes,
    blockBytes: cut.blockBytes,
    run: find(listing, cut)
  }
}
