// The inputs of a task that is about to be sent, side by side: from then until its end nobody may move them, and where
// they lie among what others need, what is free between them is too little for anything. Only where data are on disk:
// with memory enough nobody looks for a hole.
import type { Arena } from "../chunk/Arena.ts"
import { Entry, QUEUED } from "../chunk/Entry.ts"
import type { Command } from "../scheduler/Command.ts"
import { NONE } from "../scheduler/TaskTable.ts"
import type { Core } from "./Core.ts"
import type { Rooms } from "./Rooms.ts"

/** What lies in a stretch of at most so many times its bytes is together already. */
const LOOSE = 1.5

/** Inputs that nobody else reads, writes or holds, in their order. */
const own = (core: Core, task: number): ReadonlyArray<Entry> => {
  const { chunks, edges, tasks } = core.state
  const { arena } = core.store
  const found: Array<Entry> = []
  for (let edge = tasks.firstInput[task]; edge !== NONE; edge = edges.nextInput[edge]) {
    const chunk = edges.chunk[edge]
    if (chunks.pins[chunk] !== 1) continue
    const entry = core.store.get(chunk)
    if (!(entry instanceof Entry) || entry.released || entry.parts.length === 0) continue
    if (entry.moving !== undefined && entry.moving !== QUEUED) continue
    let shared = false
    for (let i = 0; i < entry.parts.length; i += 2) shared ||= arena.referencesOf(entry.parts[i]) > 1
    if (!shared) found.push(entry)
  }
  return found
}

/** Bytes of the slabs of values, and of the stretch of addresses in which they lie. */
const extentOf = (
  arena: Arena,
  entries: ReadonlyArray<Entry>
): { readonly bytes: number; readonly stretch: number } => {
  let bytes = 0
  let from = Infinity
  let to = 0
  for (const { parts } of entries) {
    for (let i = 0; i < parts.length; i += 2) {
      const length = arena.bytesOf(parts[i])
      bytes += length
      from = Math.min(from, parts[i])
      to = Math.max(to, parts[i] + length)
    }
  }
  return { bytes, stretch: to - from }
}

/**
 * Moves the inputs of the tasks that are sent in this turn together, task by task; they stay where they are if there is
 * no room. Until they have been sent, those of the others are moved out of the way as well.
 */
export const gather = (core: Core, rooms: Rooms, commands: ReadonlyArray<Command>): void => {
  const { arena } = core.store
  const inputs: Array<ReadonlyArray<Entry>> = []
  for (const command of commands) {
    if (command._tag !== "run") continue
    for (const task of command.tasks) {
      const entries = own(core, task)
      if (entries.length > 0) inputs.push(entries)
    }
  }
  const movable = inputs.flat()
  for (const entries of inputs) {
    const { bytes, stretch } = extentOf(arena, entries)
    if (stretch <= bytes * LOOSE) continue
    let rest = rooms.lend(bytes, movable)
    if (rest < 0) continue
    for (const { parts } of entries) {
      for (let i = 0; i < parts.length; i += 2) {
        const slab = rest
        const length = arena.bytesOf(parts[i])
        rest = arena.split(slab, length)
        new Uint8Array(arena.buffer, slab, length).set(new Uint8Array(arena.buffer, parts[i], length))
        arena.release(parts[i])
        parts[i] = slab
      }
    }
  }
}
