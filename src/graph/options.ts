// The options of a task function: what may be given, how it is checked at the call, and the fixed shape that the engine
// reads. Only the options that do something are accepted; an unknown name is refused rather than ignored.
import type * as Duration from "effect/Duration"
import type * as Schedule from "effect/Schedule"
import { parseBytes } from "./bytes.ts"
import { readMillis } from "./duration.ts"
import { refuse } from "./refuse.ts"
import { describe, nearest } from "./wording.ts"

/**
 * The options of one function's tasks, as a user gives them to `delayed` or `spawnWith`.
 *
 * @example
 * const careful = delayed(parseJson, { name: "read", timeout: "2 seconds", retry: Schedule.recurs(3), bytes: "1 MiB" })
 *
 * yield* collect(careful("[1, 2]")) // => [1, 2]
 */
export interface TaskOptions {
  /** What events, errors and the dashboard call the task. Default: the function's name. */
  readonly name?: string
  /** Higher runs first, among tasks that are ready; then older submissions, then deeper tasks. Default: 0. */
  readonly priority?: number
  /**
   * The result is kept until `Chunk.release` or the engine's end, though nobody waits for it. It may spill. Default:
   * false.
   */
  readonly persist?: boolean
  /**
   * The result is kept while there is memory for it, and whoever asks this engine for the same again has it without a run:
   * the same function with the same inputs, which are handles by identity, plain values up to 1 KiB by content, and larger
   * ones by identity. When memory is short it is dropped, not spilled, and computed anew when it is asked for; what was
   * made from a Chunk, which may be released, is spilled. Until `Chunk.release`, `Spawned.release` or the engine's end.
   * Default: false.
   */
  readonly cache?: boolean
  /**
   * The result travels back inside the worker's message and stays with the engine, decoded: no chunk is written to
   * shared memory and nothing of it spills. For results that the caller wants at once and no other task needs; its bytes
   * count against the budget until the task is released. Default: false.
   */
  readonly getResult?: boolean
  /** How long each attempt may take, from the moment a worker claims it. A number is milliseconds. Default: for ever. */
  readonly timeout?: Duration.Input
  /** When to try again after the function's own errors, throws and timeouts. Default: never. */
  readonly retry?: Schedule.Schedule<unknown, unknown>
  /**
   * The size of the output, reserved in the budget before the task is sent: bytes, or text such as "64 MiB". Default: the
   * largest that the function has made so far, at first the sum of its inputs.
   */
  readonly bytes?: number | string
  /**
   * The result is written to the engine's checkpoint directory, and whoever asks for the same later, in this process or
   * another, has it from there: the task does not run again, nor does what only it needs. The same is: the same function,
   * with the same sources (or `version`), and the same inputs, which may be values and tasks but no closures. What cannot
   * be written or read is logged, and the task runs as if there was nothing. Default: false.
   */
  readonly checkpoint?: boolean
  /** Instead of its sources, what a checkpoint's function is known by: change it when results change. */
  readonly version?: string
  /** With `checkpoint`: whether what is there is used; false runs the task and replaces it. Default: true. */
  readonly restore?: boolean
  /** The function is given the Chunks themselves, not their values. Default: false. */
  readonly meta?: boolean
  /** The function returns that many items, in an array; each is a chunk and a Delayed of its own. Not for `spawnWith`. */
  readonly outputs?: number | undefined
}

/** Options after checking: every field is there, in one shape. */
export interface ResolvedOptions {
  readonly name: string | undefined
  readonly priority: number
  /** Milliseconds, or -1 for no limit. */
  readonly timeout: number
  readonly retry: Schedule.Schedule<unknown, unknown> | undefined
  /** Declared size of all outputs together in bytes, or -1. */
  readonly bytes: number
  readonly persist: boolean
  /** With `persist`: evicted without being written, and known by its inputs; without: only the first. */
  readonly cache: boolean
  readonly getResult: boolean
  readonly checkpoint: boolean
  readonly version: string | undefined
  readonly restore: boolean
  readonly meta: boolean
  /** 0: not given, one value; otherwise how many items the function returns. */
  readonly outputs: number
  /** Whether a lost attempt may be repeated. Always true until the option of that name is accepted. */
  readonly rerun: boolean
}

/** What a function without options gets. */
export const defaultOptions: ResolvedOptions = Object.freeze({
  name: undefined,
  priority: 0,
  timeout: -1,
  retry: undefined,
  bytes: -1,
  persist: false,
  cache: false,
  getResult: false,
  checkpoint: false,
  version: undefined,
  restore: true,
  meta: false,
  outputs: 0,
  rerun: true
})

type Reader = (value: unknown, place: string) => unknown

const readers: { readonly [Name in keyof TaskOptions]-?: Reader } = {
  name: (value, place) => typeof value === "string" && value !== "" ? value : wrong(place, value, "a text"),
  priority: (value, place) => Number.isFinite(value) ? value : wrong(place, value, "a finite number"),
  timeout: (value, place) => {
    const millis = readMillis(value)
    if (millis === undefined || !(millis > 0)) {
      return wrong(
        place,
        value,
        "a duration above zero such as 500 (milliseconds), \"2 seconds\" or Duration.minutes(1)"
      )
    }
    return millis === Infinity ? -1 : millis
  },
  retry: (value, place) =>
    typeof value === "object" && value !== null && "~effect/Schedule" in value
      ? value
      : wrong(place, value, "a Schedule such as Schedule.recurs(3)"),
  bytes: (value, place) => parseBytes(value, place),
  persist: (value, place) => flag(place, value),
  cache: (value, place) => flag(place, value),
  getResult: (value, place) => flag(place, value),
  checkpoint: (value, place) => flag(place, value),
  version: (value, place) => typeof value === "string" && value !== "" ? value : wrong(place, value, "a text"),
  restore: (value, place) => flag(place, value),
  meta: (value, place) => flag(place, value),
  outputs: (value, place) =>
    Number.isSafeInteger(value) && (value as number) >= 1 ? value : wrong(place, value, "a whole number, 1 or more")
}

const known = Object.keys(readers)

/**
 * Checks options and gives them their fixed shape; refuses a wrong value or an unknown name with its place.
 * `verb` is what the user called, for the message.
 */
export const resolveOptions = (options: unknown, verb: string): ResolvedOptions => {
  if (options === undefined) return defaultOptions
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    return wrong(`${verb}: options`, options, "an object of options")
  }
  const resolved: Record<string, unknown> = { ...defaultOptions }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(readers, name)) return unknownOption(verb, name)
    const value = (options as Record<string, unknown>)[name]
    if (value !== undefined) resolved[name] = readers[name as keyof TaskOptions](value, `${verb}: options.${name}`)
  }
  const result = resolved as unknown as ResolvedOptions
  if (result.cache) {
    if (result.getResult || result.persist) {
      const reason = "a cached result is held and dropped by the engine as it sees fit: leave persist and getResult out"
      throw refuse("GraphInvalid", { path: `${verb}: options.cache`, reason })
    }
    resolved["persist"] = true
  }
  if (result.getResult && result.outputs > 1) {
    const reason = "getResult is for one value; a function with outputs makes chunks of its own"
    throw refuse("GraphInvalid", { path: `${verb}: options.getResult`, reason })
  }
  return result
}

const flag = (place: string, value: unknown): boolean =>
  typeof value === "boolean" ? value : wrong(place, value, "true or false")

const wrong = (path: string, value: unknown, expected: string): never => {
  throw refuse("GraphInvalid", { path, reason: `expected ${expected}, got ${describe(value)}` })
}

const unknownOption = (verb: string, name: string): never => {
  const guess = nearest(name, known)
  const reason = `there is no option of that name${guess === undefined ? "" : `, did you mean ${guess}?`} `
    + `Options are ${known.join(", ")}`
  throw refuse("GraphInvalid", { path: `${verb}: options.${name}`, reason })
}
