// Says to people what stopped the job: a full disk is about --out, a full store about --memory, the rest as it is.
import type { Settings } from "./Settings.ts"

// what writing fails with when there is no more room: the disk, the user's quota, or a limit on the size of files
const NO_ROOM = new Set(["ENOSPC", "EDQUOT", "EFBIG"])

const field = (error: unknown, name: string): unknown =>
  typeof error === "object" && error !== null ? (error as Record<string, unknown>)[name] : undefined

/** The system's error code (such as ENOSPC) of an error or of what caused it. */
const codeOf = (error: unknown): string | undefined => {
  for (let one = error, depth = 0; one !== undefined && depth < 8; one = field(one, "cause"), depth++) {
    const code = field(one, "code")
    if (typeof code === "string") return code
  }
  return undefined
}

/** What went wrong and what to do, in a sentence or two. */
export const explain = (error: unknown, settings: Settings): string => {
  const message = error instanceof Error ? error.message : String(error)
  const code = codeOf(error)
  if (settings.out._tag === "Some" && code !== undefined && NO_ROOM.has(code)) {
    return `There is no room for the index in "${settings.out.value}" (${code}). Nothing was kept; `
      + "make room, or name another folder with --out DIR."
  }
  if (field(error, "_tag") === "StoreFull") return `${message}. Here that is --memory, now ${settings.memory}.`
  return message
}
