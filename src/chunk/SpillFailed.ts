// Why a value could not be written to disk or read back, for people and for the engine, which decides by `reason`:
// a failed write keeps the value in memory, a failed read falls back on lineage. It recovers nothing by itself.

import * as Data from "effect/Data"

/**
 * What stood in the way: no space left (`full`), a file shorter or other than it was written (`damaged`), a folder or
 * file that is no longer there, or a store that is closed (`gone`), no permission, a read-only disk or a folder that
 * is in RAM (`denied`), anything else that the system reports (`io`).
 */
export type SpillReason = "full" | "damaged" | "gone" | "denied" | "io"

/** A spill or restore that did not happen. After a failed write the bytes are still the caller's, unchanged. */
export class SpillFailed extends Data.TaggedError("SpillFailed")<{
  readonly operation: "write" | "read"
  /** The file or folder. */
  readonly path: string
  readonly reason: SpillReason
  readonly message: string
  readonly cause?: unknown
}> {}

const reasons: Readonly<Record<string, SpillReason>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EFBIG: "full",
  ENOENT: "gone",
  ENOTDIR: "gone",
  ESTALE: "gone",
  ENXIO: "gone",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied"
}

const advice: Readonly<Record<SpillReason, string>> = {
  full: "Free space there, or set PONIARD_SPILL_DIR to a folder on a larger disk.",
  damaged: "Something other than this process wrote to it, or the disk is failing.",
  gone: "Make the folder again, or set PONIARD_SPILL_DIR to one that stays.",
  denied: "Set PONIARD_SPILL_DIR to a folder on a disk in which this user may write.",
  io: "If it persists, the disk or its driver is failing."
}

/** The failure that an error of the file system means. */
export function spillFailed(operation: "write" | "read", path: string, cause: unknown): SpillFailed {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  return spillFailedFor(
    operation,
    path,
    reasons[code] ?? "io",
    cause instanceof Error ? cause.message : String(cause),
    cause
  )
}

/** A failure that this store found by itself; `what` says it in a sentence without its end. */
export function spillFailedFor(
  operation: "write" | "read",
  path: string,
  reason: SpillReason,
  what: string,
  cause?: unknown
): SpillFailed {
  const did = operation === "write" ? "A value could not be spilled to" : "A spilled value could not be read from"
  return new SpillFailed({ operation, path, reason, message: `${did} ${path}: ${what}. ${advice[reason]}`, cause })
}

/** The failure of what is asked of a store whose Scope has ended. */
export function spillClosed(operation: "write" | "read", path: string): SpillFailed {
  const message = `The spill store in ${path} is closed: its Scope has ended, and with it all that was spilled.`
  return new SpillFailed({ operation, path, reason: "gone", message })
}
