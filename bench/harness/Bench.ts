// What a benchmark is, and what the command line gives it. A new benchmark is a file that exports one of these and a
// line in main.ts. Not the measuring itself: that is interleave.ts.
import type { Row } from "./Row.ts"

/** One benchmark: its name on the command line, what it can be narrowed by, and how it runs. */
export interface Bench {
  readonly name: string
  readonly about: string
  /** Parameters that can be given as `--name value,value`: the values allowed, or "number". */
  readonly parameters: Readonly<Record<string, ReadonlyArray<string> | "number">>
  /** Samples that it takes unless the command line says otherwise. Default: 7. */
  readonly samples?: number
  readonly run: (given: Given) => Promise<void>
}

/** What a run was asked for, and where its rows and remarks go. */
export interface Given {
  /** Smaller sizes and five samples: to see that it works, not to quote. */
  readonly quick: boolean
  /** Samples of each contestant, at least 5. */
  readonly samples: number
  /** Worker threads of every system. */
  readonly threads: number
  /** Whether to print where the main thread's time went, by function, for each case of ours. */
  readonly profile: boolean
  /** The texts given for a parameter on the command line, or else the usual ones. */
  readonly texts: (parameter: string, usual: ReadonlyArray<string>) => ReadonlyArray<string>
  /** The numbers given for a parameter on the command line, or else the usual ones. */
  readonly numbers: (parameter: string, usual: ReadonlyArray<number>) => ReadonlyArray<number>
  /** Prints a row of results. */
  readonly row: (row: Row) => void
  /** Prints a remark: a rival that is missing, a setting that lost. */
  readonly note: (text: string) => void
}
