// The flags of the command line, checked: what is wrong is said with the flag's name and what would be right. What the
// settings lead to is decided in `plan` and `describe`.
import * as Flag from "effect/cli/Flag"
import type * as Option from "effect/Option"
import { availableParallelism } from "node:os"

/** What the user wants, as `flags` gives it. */
export interface Settings {
  readonly folder: string
  /** What chunks may occupy in memory, as the engine reads it: "24MiB". */
  readonly memory: string
  readonly threads: number
  /** How many of the most frequent words to print. */
  readonly top: number
  readonly out: Option.Option<string>
  /** A word to look up, lower-case. */
  readonly query: Option.Option<string>
  readonly json: boolean
}

const SIZE = /^\d+(\.\d+)? ?([kmgt]i?b|b)?$/i

const wholeNumber = (name: string, least: number, most: number) =>
  Flag.Int(name).pipe(
    Flag.filter((n) => n >= least && n <= most, (n) => `a whole number from ${least} to ${most}, not ${n}`)
  )

/** The flags, for `Command.make`. */
export const flags = {
  folder: Flag.String("folder").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("the folder to index"),
    Flag.withDefault("node_modules")
  ),
  memory: Flag.String("memory").pipe(
    Flag.withMetavar("BYTES"),
    Flag.withDescription("what the data may occupy in memory; the rest goes to disk"),
    Flag.withDefault("24MiB"),
    Flag.filter((text) => SIZE.test(text), (text) => `a size such as 24MiB, "1.5 GB" or 4194304, not "${text}"`)
  ),
  threads: wholeNumber("threads", 1, 256).pipe(
    Flag.withMetavar("N"),
    Flag.withDescription("worker threads; one a core if not given"),
    Flag.withDefault(availableParallelism())
  ),
  top: wholeNumber("top", 0, 1_000_000).pipe(
    Flag.withMetavar("N"),
    Flag.withDescription("how many of the most frequent words to print"),
    Flag.withDefault(20)
  ),
  out: Flag.String("out").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("keep the index there: files.txt, words.txt, postings.bin"),
    Flag.filter((folder) => folder !== "", () => "the name of a folder, not nothing"),
    Flag.optional
  ),
  query: Flag.String("query").pipe(
    Flag.withMetavar("WORD"),
    Flag.withDescription("print how often the word occurs, and where first"),
    Flag.filter((word) => /^[A-Za-z]+$/.test(word), (word) => `a word of the letters A-Z and a-z, not "${word}"`),
    Flag.map((word) => word.toLowerCase()),
    Flag.optional
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("print nothing but one JSON object at the end"),
    Flag.withoutNegation,
    Flag.withDefault(false)
  )
}
