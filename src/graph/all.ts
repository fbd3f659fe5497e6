// Joining handles without a task of its own: `all({ a, b })`, `all([a, b])`. An engine gathers the values at the
// consumer or at `collect`; this file only checks and remembers the shape.
import { countMember } from "./Delayed.ts"
import { Handle, HandleKind, isForeignHandle, setKind } from "./Handle.ts"
import { refuse } from "./refuse.ts"
import type { All } from "./types.ts"
import { describe } from "./wording.ts"

/** Handles joined into one: its value is a record or array of theirs, in the same places. */
export class AllNode extends Handle {
  declare readonly kind: typeof HandleKind.all
  /** Members are handles, other `all`s included; the object is this node's own copy. */
  declare readonly shape: ReadonlyArray<unknown> | Readonly<Record<string, unknown>>
  /** Known to be an array of which no member is an `all`. */
  declare readonly isFlat: boolean

  constructor(shape: ReadonlyArray<unknown> | Readonly<Record<string, unknown>>, isFlat: boolean) {
    super()
    this.shape = shape
    this.isFlat = isFlat
  }
}
setKind(AllNode, HandleKind.all)

/**
 * A handle as it is, or an `AllNode` of a record or array of handles; anything else is refused. For messages: `verb`, and
 * `from`, the place of the first of an array in what it is a piece of.
 */
export const gather = (what: unknown, verb: string, from = 0): Handle => {
  if (what instanceof Handle) return what
  if (typeof what !== "object" || what === null || isForeignHandle(what)) throw notHandles(verb, what)
  if (Array.isArray(what)) {
    const items: ReadonlyArray<unknown> = what.slice()
    let isFlat = true
    for (let i = 0; i < items.length; i++) {
      const item = items[i]
      if (!(item instanceof Handle)) checkMember(item, verb, `[${from + i}]`)
      else if (item.kind === HandleKind.all) isFlat = false
      countMember(item)
    }
    return new AllNode(items, isFlat)
  }
  const shape = { ...what } as Readonly<Record<string, unknown>>
  for (const key of Object.keys(shape)) {
    checkMember(shape[key], verb, `.${key}`)
    countMember(shape[key])
  }
  return new AllNode(shape, false)
}

/** How many handles other than `all`s a handle consists of. */
export const countLeaves = (handle: Handle): number => {
  if (!(handle instanceof AllNode)) return 1
  let count = 0
  for (const member of Object.values(handle.shape)) count += countLeaves(member as Handle)
  return count
}

const checkMember = (member: unknown, verb: string, place: string): void => {
  if (member instanceof Handle) return
  const path = `${verb}: ${place}`
  const isObject = typeof member === "object" && member !== null
  if (isObject && isForeignHandle(member)) {
    const reason = "this handle was made by another copy of Poniard: the package is installed or loaded twice"
    throw refuse("GraphInvalid", { path, reason })
  }
  const hint = isObject ? ". If it has handles inside, join them with an all of their own" : ""
  const reason = `expected a handle (a Delayed, Spawned or Chunk), got ${describe(member)}${hint}`
  throw refuse("GraphInvalid", { path, reason })
}

const notHandles = (verb: string, what: unknown): Error => {
  const reason = `expected a handle, or a record or array of handles, got ${describe(what)}`
  return refuse("GraphInvalid", { path: verb, reason })
}

/**
 * Joins a record, tuple or array of handles into one handle of the record, tuple or array of their values. It costs no
 * task; it is how handles get into an input deeper than one array. A member that is no handle is refused with
 * GraphInvalid and its place.
 *
 * @example
 * const [p, q] = delayed(square).map([2, 3])
 * const describe = (of: { readonly title: number; readonly rows: ReadonlyArray<number> }) => `${of.title}: ${of.rows}`
 *
 * yield* collect(delayed(describe)(all({ title: p, rows: all([p, q]) }))) // => "4: 4,9"
 */
export const all = ((what: unknown): unknown => {
  if (what instanceof Handle) throw notHandles("all", what)
  return gather(what, "all")
}) as All
