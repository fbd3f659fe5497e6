// A hole in the arena where there are only smaller ones: of all stretches that are long enough, that with the least in
// it, whose slabs are copied elsewhere. Only what nobody looks at is moved: values that no attempt and no user pins, and
// that are neither written nor read just now. Cheaper than to write them out and read them back; it frees no byte.
import { Entry, FAR_VALUE, QUEUED } from "../chunk/Entry.ts"
import type { Stretch } from "../chunk/FreeList.ts"
import type { Core } from "./Core.ts"

/**
 * The most bytes that are copied at a time, on the main thread, for holes that are no longer than this: 1 to 3 ms. For a
 * longer one, as many as it is long: where values lie in no order at all, there is no stretch with much less in it, and
 * what is sent without a hole for its result stays in the way of all others.
 */
const MOST_COPIED = 8 * 2 ** 20
/** The most values among which those that can be moved are sought. */
const MOST_VALUES = 32_768

/** Marks all parts of an entry that are in memory. */
const markParts = (core: Core, { parts }: Entry, mark: number): void => {
  for (let i = 0; i < parts.length; i += 2) if (parts[i] >= 0) core.store.arena.mark(parts[i], mark)
}

/** Marks what can be moved: chunks by their number from 1, and those of `pinned` by theirs below 0. */
const markMovable = (core: Core, pinned: ReadonlyArray<Entry>): void => {
  const { chunks, evictable } = core.state
  for (const chunk of evictable) {
    if (chunks.pins[chunk] > 0) continue
    const entry = core.store.get(chunk)
    if (!(entry instanceof Entry) || entry.released || entry.code === FAR_VALUE) continue
    if (entry.moving !== undefined && entry.moving !== QUEUED) continue
    markParts(core, entry, 1 + chunk)
  }
  pinned.forEach((entry, i) => markParts(core, entry, -1 - i))
}

/** Copies what lies in a stretch to other places; false if there are not enough of these. */
const clear = (core: Core, stretch: Stretch, pinned: ReadonlyArray<Entry>, until: number, limit: number): boolean => {
  const { from, marks, offsets } = stretch
  const { arena } = core.store
  const inTheWay: Array<number> = []
  let done = true
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i]
    const bytes = arena.bytesOf(offset)
    let to = arena.alloc(bytes, limit)
    while (to >= from && to < until) {
      inTheWay.push(to)
      to = arena.alloc(bytes, limit)
    }
    if (to < 0) {
      done = false
      break
    }
    new Uint8Array(arena.buffer, to, bytes).set(new Uint8Array(arena.buffer, offset, bytes))
    const { parts } = marks[i] > 0 ? core.store.get(marks[i] - 1) as Entry : pinned[-1 - marks[i]]
    for (let part = 0; part < parts.length; part += 2) if (parts[part] === offset) parts[part] = to
    arena.release(offset)
  }
  for (const offset of inTheWay) arena.release(offset)
  return done
}

/**
 * Makes a hole of `bytes` by moving others' values together, and `pinned`, of which the caller knows that nobody looks at
 * them; false if that is too much, or something is in the way.
 */
export const compact = (core: Core, bytes: number, pinned: ReadonlyArray<Entry>): boolean => {
  const { arena } = core.store
  const limit = core.store.limitFor(bytes)
  if (arena.used + bytes > limit || core.state.evictable.size > MOST_VALUES) return false
  markMovable(core, pinned)
  const stretch = arena.stretch(bytes, limit, Math.max(MOST_COPIED, bytes))
  return stretch !== undefined && clear(core, stretch, pinned, stretch.from + bytes, limit)
}
