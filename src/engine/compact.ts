// A hole in the arena where there are only smaller ones: of all stretches that are long enough, that with the least in
// it, whose slabs are copied elsewhere. Only what nobody looks at is moved: values that no attempt and no user pins, and
// that are neither written nor read just now. Cheaper than to write them out and read them back; it frees no byte.
import { Entry, FAR_VALUE, QUEUED } from "../chunk/Entry.ts"
import type { Slab } from "../chunk/FreeList.ts"
import type { Core } from "./Core.ts"

/**
 * The most bytes that are copied at a time, on the main thread, for holes that are no longer than this: 1 to 3 ms. For a
 * longer one, as many as it is long: where values lie in no order at all, there is no stretch with much less in it, and
 * what is sent without a hole for its result stays in the way of all others.
 */
const MOST_COPIED = 8 * 2 ** 20
/** The most values among which those that can be moved are sought. */
const MOST_VALUES = 32_768

interface Part {
  readonly entry: Entry
  readonly index: number
}

/** What can be moved, by its offset. */
const movable = (core: Core, pinned: ReadonlyArray<Entry>): Map<number, Part> => {
  const found = new Map<number, Part>()
  const add = (entry: Entry): void => {
    for (let i = 0; i < entry.parts.length; i += 2) found.set(entry.parts[i], { entry, index: i })
  }
  const { chunks, evictable } = core.state
  for (const chunk of evictable) {
    if (chunks.pins[chunk] > 0) continue
    const entry = core.store.get(chunk)
    if (!(entry instanceof Entry) || entry.released || entry.code === FAR_VALUE) continue
    if (entry.moving !== undefined && entry.moving !== QUEUED) continue
    add(entry)
  }
  pinned.forEach(add)
  return found
}

/** A stretch of addresses and the slabs that begin in it. */
interface Stretch {
  readonly from: number
  readonly slabs: ReadonlyArray<Slab>
}

/** The stretch of `bytes` below `limit` with the least to copy, or undefined if each has something that must stay. */
const cheapest = (slabs: ReadonlyArray<Slab>, parts: Map<number, Part>, bytes: number, limit: number) => {
  let best: Stretch | undefined
  let least = Math.max(MOST_COPIED, bytes) + 1
  let first = 0
  let from = 0
  let copied = 0
  for (let next = 0; next <= slabs.length; next++) {
    // Up to the slab `next`, which is not in it, there may be room enough from the end of one that was left out.
    const end = next < slabs.length ? slabs[next].offset : limit
    while (first < next && slabs[first].offset + slabs[first].bytes + bytes <= end) {
      copied -= slabs[first].bytes
      from = slabs[first].offset + slabs[first].bytes
      first++
    }
    if (end - from >= bytes && copied < least) {
      least = copied
      best = { from, slabs: slabs.slice(first, next) }
    }
    if (next === slabs.length) break
    const slab = slabs[next]
    copied += slab.bytes
    if (slab.references > 1 || !parts.has(slab.offset)) {
      first = next + 1
      from = slab.offset + slab.bytes
      copied = 0
    }
  }
  return best
}

/** Copies what lies in a stretch to other places; false if there are not enough of these. */
const clear = (
  core: Core,
  { from, slabs }: Stretch,
  parts: Map<number, Part>,
  until: number,
  limit: number
): boolean => {
  const { arena } = core.store
  const inTheWay: Array<number> = []
  let done = true
  for (const { bytes, offset } of slabs) {
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
    const { entry, index } = parts.get(offset)!
    entry.parts[index] = to
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
  const parts = movable(core, pinned)
  const stretch = cheapest([...arena.slabs()], parts, bytes, limit)
  return stretch !== undefined && clear(core, stretch, parts, stretch.from + bytes, limit)
}
