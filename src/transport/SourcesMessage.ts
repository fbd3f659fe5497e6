// What is asked of a thread that finds out what a task module consists of (worker/sources.ts), and what it answers.

/** A module; whether its sources are wanted, or only its place in its package. */
export interface SourcesRequest {
  readonly url: string
  readonly isLoaded: boolean
}

/** Where a module lies in its package, and a digest of what it loads; empty if that was not asked for. */
export interface Sources {
  readonly package: string
  readonly path: string
  readonly digest: string
}

/** What the thread says. */
export type SourcesAnswer = Sources | { readonly problem: string }
