// The one reader of byte sizes: the option `bytes`, the engine's budget and every command line flag go through it.
// Light on purpose; Effect's ByteSize would bring Effect to a worker's start.
import { refuse } from "./refuse.ts"
import { describe } from "./wording.ts"

const units: { readonly [unit: string]: number } = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40
}

const size = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i

/** A size in bytes from a number or from text such as "24MiB", "512 MiB", "1.5 GB" or "4096"; undefined if it is none. */
export const readBytes = (input: unknown): number | undefined => {
  if (typeof input === "number") return Number.isSafeInteger(input) && input >= 0 ? input : undefined
  if (typeof input !== "string") return undefined
  const match = size.exec(input)
  const unit = match === null ? undefined : units[match[2].toLowerCase()]
  if (match === null || unit === undefined) return undefined
  const bytes = Number(match[1]) * unit
  // Half a byte is a mistake; half a MiB, or a tenth of a GiB, is not.
  if (unit === 1 && !Number.isInteger(bytes)) return undefined
  return Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : undefined
}

/** Why a value is no size, and what is one. */
export const noBytes = (input: unknown): string =>
  `${describe(input)} is no size in bytes: give a whole number, or text such as "24MiB", "512 MiB", `
  + "\"1.5 GB\" or \"4096\" (units: B, kB, MB, GB, TB and KiB, MiB, GiB, TiB)"

/** Like `readBytes`, but refuses what is no size with an error that names the place and shows what is understood. */
export const parseBytes = (input: unknown, place: string): number => {
  const bytes = readBytes(input)
  if (bytes !== undefined) return bytes
  throw refuse("GraphInvalid", { path: place, reason: noBytes(input) })
}
