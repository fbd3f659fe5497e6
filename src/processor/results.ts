// Reads what a worker's finished attempts gave, into the form in which the store holds values.
import { ARRAY_AT, arrayHead, decode } from "../chunk/codec.ts"
import { Entry, PACKED } from "../chunk/Entry.ts"
import { ArenaFull, type MemoryStore } from "../chunk/MemoryStore.ts"
import { StoreFull } from "../graph/errors.ts"
import { type Board, Kind } from "../transport/Board.ts"
import { Code, type Records } from "../transport/Message.ts"
import { type Reader, readerOf } from "../transport/Words.ts"
import type { FarValues } from "./FarValues.ts"
import type { Failed, Finished, Host } from "./Processor.ts"
import type { SlotTable } from "./SlotTable.ts"
import type { WorkerRooms } from "./WorkerRooms.ts"

const entryOf = (
  store: MemoryStore,
  rooms: WorkerRooms,
  code: number,
  head: Uint8Array | undefined,
  parts: Array<number>
): Entry => {
  let bytes = head === undefined ? 0 : head.byteLength
  for (let i = 0; i < parts.length; i += 2) {
    rooms.trim(parts[i], parts[i + 1])
    bytes += store.arena.bytesOf(parts[i])
  }
  return new Entry(code, head, parts, undefined, parts.length === 0 ? bytes + 64 : bytes)
}

/** What the codec writes of a slot's value. */
const headIn = (board: Board, slot: number): Uint8Array => {
  if (board.kind(slot) !== Kind.array) return board.packed(slot)
  const head = arrayHead(board.arrayCode(slot), board.arrayLength(slot))
  board.copyArray(slot, head, ARRAY_AT)
  return head
}

/** Who reads them. */
export interface Receiver {
  readonly host: Host
  readonly rooms: WorkerRooms
  readonly table: SlotTable
  readonly far: FarValues
}

const placeIn = (from: Reader): Array<number> => {
  const place: Array<number> = []
  from.place(place)
  return place
}

/** A value that stays on its worker; where nobody wants it, the worker is told. */
const farEntry = ({ far, host }: Receiver, from: Reader, isWanted: boolean): Entry | undefined => {
  const [bytes, slot, tag] = [from.int(), from.int(), from.int()]
  const value = far.hold(slot, tag)
  if (isWanted) return host.store.far(value, bytes)
  value.release()
  return undefined
}

const readOne = (receiver: Receiver, from: Reader, task: number, attempt: number): unknown => {
  const { host, rooms, table } = receiver
  const { store } = host
  switch (from.int()) {
    case Code.literal:
      return from.next()
    case Code.int:
      return from.int()
    case Code.raw: {
      const code = from.int()
      return entryOf(store, rooms, code, undefined, placeIn(from))
    }
    case Code.alias: {
      const code = from.int()
      const place = placeIn(from)
      // Nobody wants it: its inputs may be gone, and their bytes somebody else's.
      if (!host.isCurrent(task, attempt)) return undefined
      store.arena.retain(place[0])
      return new Entry(code, undefined, place, undefined, store.arena.bytesOf(place[0]))
    }
    case Code.packed: {
      const head = from.next() as Uint8Array | undefined
      const parts: Array<number> = []
      for (let n = from.int(); n > 0; n--) from.place(parts)
      return entryOf(store, rooms, PACKED, head, parts)
    }
    case Code.rawBytes: {
      const code = from.int()
      const bytes = from.next() as Uint8Array
      return host.isCurrent(task, attempt) ? store.adopt(code, undefined, [bytes]) : undefined
    }
    case Code.packedBytes: {
      const head = from.next() as Uint8Array
      const parts: Array<Uint8Array> = []
      for (let n = from.int(); n > 0; n--) parts.push(from.next() as Uint8Array)
      if (!host.isCurrent(task, attempt)) return undefined
      return host.source.options(task).getResult
        ? store.keep(decode(head, parts.map((part) => part.slice()), store.crossing))
        : store.packed(head.slice(), parts)
    }
    case Code.handle: {
      const chunk = from.int()
      return host.isCurrent(task, attempt) ? store.share(chunk) : undefined
    }
    case Code.slot: {
      const [slot] = [from.int(), from.int()]
      return store.packed(headIn(table.board, slot), [])
    }
    case Code.heap:
      return farEntry(receiver, from, host.isCurrent(task, attempt))
    default:
      throw new Error("a report could not be read: unknown code")
  }
}

/** Takes in values that a worker had kept on its heap. */
export const readRecalled = (receiver: Receiver, records: Records): void => {
  const from = readerOf(records)
  for (let i = 0; i < records.heads.length; i += 2) {
    const held = readOne(receiver, from, -1, -1)
    receiver.far.came(records.heads[i], held instanceof Entry ? held : undefined)
  }
}

/** What a report says of attempts that have finished: those whose values are held now, and those that found no room. */
export interface Results {
  readonly finished: Finished
  readonly failed: ReadonlyArray<Failed>
}

/** Bytes for which there was no memory. Any other error is thrown again. */
const neededBy = (error: unknown): number => {
  if (error instanceof ArenaFull) return error.needed
  throw error
}

/** The finished attempts of a report. Whatever comes of one, all of its values are read. */
export const readResults = (receiver: Receiver, records: Records): Results => {
  const { host } = receiver
  const { store } = host
  const { heads } = records
  const from = readerOf(records)
  const finished = {
    tasks: [] as Array<number>,
    attempts: [] as Array<number>,
    durations: [] as Array<number>,
    outputs: [] as Array<number>
  }
  const held: Array<unknown> = []
  const failed: Array<Failed> = []
  for (let i = 0; i < heads.length; i += 3) {
    const task = heads[i]
    const attempt = heads[i + 1]
    const count = from.int()
    const before = held.length
    let needed = 0
    for (let n = 0; n < count; n++) {
      try {
        held.push(readOne(receiver, from, task, attempt))
      } catch (error) {
        needed += neededBy(error)
      }
    }
    if (needed > 0) {
      for (const value of held.splice(before)) if (value instanceof Entry) store.evict(value)
      const error = new StoreFull({ task: host.nameOf(task), needed, budget: store.budget })
      failed.push({ task, attempt, cause: undefined, error, typed: true, retryable: false, stack: "" })
      continue
    }
    finished.tasks.push(task)
    finished.attempts.push(attempt)
    finished.durations.push(heads[i + 2])
    finished.outputs.push(count)
  }
  return { finished: { ...finished, values: held, held: true }, failed }
}
