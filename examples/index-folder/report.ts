// What the job prints in the end: lines for people, or one JSON object for programs. Nothing here computes.
import { join } from "node:path"
import type { Skip } from "./Block.ts"
import { showPath } from "./list.ts"

const SKIPS_SHOWN = 50

/** A place of the word that was asked for. */
export interface Hit {
  /** The file's path below the folder, a character a byte. */
  readonly path: string
  readonly line: number
  readonly text: string
}

/** Everything there is to say about a finished job. */
export interface Result {
  readonly folder: string
  readonly out: string | undefined
  readonly skipped: ReadonlyArray<Skip>
  /** Why the last chunk that should have gone to disk, or come back, did not, if one did not. */
  readonly trouble: string | undefined
  readonly query: { readonly word: string; readonly count: number; readonly hits: ReadonlyArray<Hit> } | undefined
  readonly numbers: Numbers
}

/** The numbers of a job, as `--json` prints them. */
export interface Numbers {
  readonly files: number
  readonly bytes: number
  readonly words: number
  readonly distinct: number
  readonly top: ReadonlyArray<readonly [word: string, count: number]>
  readonly seconds: number
  readonly threads: number
  readonly budgetBytes: number
  readonly peakStoreBytes: number
  readonly spilledBytes: number
  readonly peakRssBytes: number
  readonly tasks: number
}

/** Bytes for people: "24.0 MiB". */
export const showBytes = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} B`
  const power = Math.min(4, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** power).toFixed(1)} ${["", "KiB", "MiB", "GiB", "TiB"][power]}`
}

const showCount = (n: number): string => n.toLocaleString("en")

// a word may be megabytes long
const showWord = (word: string): string =>
  word.length <= 60 ? word : `${word.slice(0, 40)}… (${showCount(word.length)} letters)`

/** The result as lines for people. */
export const showResult = ({ folder, numbers, out, query }: Result): string => {
  const lines = [
    `Indexed ${showCount(numbers.files)} files, ${showBytes(numbers.bytes)}, below ${folder} in ` +
    `${numbers.seconds.toFixed(2)} s on ${numbers.threads} thread${numbers.threads === 1 ? "" : "s"}: ` +
    `${showCount(numbers.words)} words, ${showCount(numbers.distinct)} distinct.`,
    `In memory at most ${showBytes(numbers.peakStoreBytes)} of ${showBytes(numbers.budgetBytes)}, ` +
    `${showBytes(numbers.spilledBytes)} spilled to disk; the process at most ${showBytes(numbers.peakRssBytes)}; ` +
    `${showCount(numbers.tasks)} tasks.`
  ]
  if (out !== undefined) lines.push(`The index is in ${out}: files.txt, words.txt and postings.bin.`)
  if (numbers.top.length > 0) lines.push("", "The most frequent words:")
  const width = showCount(numbers.top[0]?.[1] ?? 0).length
  for (const [word, count] of numbers.top) lines.push(`  ${showCount(count).padStart(width)}  ${showWord(word)}`)
  if (query !== undefined) {
    lines.push(
      "",
      `"${showWord(query.word)}" occurs ${showCount(query.count)} time${query.count === 1 ? "" : "s"}` +
        `${query.count > query.hits.length ? `; first` : ""}${query.hits.length > 0 ? ":" : "."}`
    )
    for (const hit of query.hits) lines.push(`${join(folder, showPath(hit.path))}:${hit.line}: ${hit.text}`)
  }
  return lines.join("\n")
}

/** The result as one JSON object on one line: the numbers in their order, and what was asked for if anything was. */
export const showJson = ({ numbers, query }: Result): string => {
  const { files, bytes, words, distinct, top, seconds, threads, ...rest } = numbers
  const { budgetBytes, peakStoreBytes, spilledBytes, peakRssBytes, tasks } = rest
  const amounts = { budgetBytes, peakStoreBytes, spilledBytes, peakRssBytes, tasks }
  const hits = query?.hits.map((hit) => ({ ...hit, path: showPath(hit.path) }))
  const answer = query === undefined ? {} : { query: { ...query, hits } }
  return JSON.stringify({ files, bytes, words, distinct, top, seconds, threads, ...amounts, ...answer })
}

/** What it means that chunks could not be moved to disk: the job is done, but its budget did not hold. */
export const showTrouble = (trouble: string, { budgetBytes, peakStoreBytes }: Numbers): string =>
  `warning: not everything could be moved to disk, so that data took up to ${
    showBytes(peakStoreBytes)
  } of memory, where `
  + `${showBytes(budgetBytes)} were allowed: ${trouble.split("\n", 1)[0]}`

/** The files that were left out, each with the reason; the first fifty of them. */
export const showSkips = (skipped: ReadonlyArray<Skip>): string =>
  skipped.slice(0, SKIPS_SHOWN).map((skip) => `skipped ${showPath(skip.path)}: ${skip.reason}`)
    .concat(skipped.length > SKIPS_SHOWN ? [`and ${showCount(skipped.length - SKIPS_SHOWN)} more`] : []).join("\n")
