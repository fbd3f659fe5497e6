// Reads what a worker's finished attempts gave, into the form in which the store holds values.
import { Entry, PACKED } from "../chunk/Entry.ts"
import type { MemoryStore } from "../chunk/MemoryStore.ts"
import { Code, type FromWorker } from "../transport/Message.ts"
import { Reader } from "../transport/Words.ts"
import type { Finished } from "./Processor.ts"
import type { WorkerRooms } from "./WorkerRooms.ts"

const entryOf = (store: MemoryStore, rooms: WorkerRooms, code: number, head: Uint8Array | undefined, parts: Array<number>): Entry => {
  let bytes = head === undefined ? 0 : head.byteLength
  for (let i = 0; i < parts.length; i += 2) {
    rooms.trim(parts[i], parts[i + 1])
    bytes += store.arena.bytesOf(parts[i])
  }
  return new Entry(code, head, parts, undefined, parts.length === 0 ? bytes + 64 : bytes)
}

const readOne = (store: MemoryStore, rooms: WorkerRooms, from: Reader): unknown => {
  switch (from.int()) {
    case Code.literal:
      return from.next()
    case Code.int:
      return from.int()
    case Code.raw: {
      const code = from.int()
      const place: Array<number> = []
      from.place(place)
      return entryOf(store, rooms, code, undefined, place)
    }
    case Code.alias: {
      const code = from.int()
      const place: Array<number> = []
      from.place(place)
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
      return store.adopt(code, undefined, [from.next() as Uint8Array])
    }
    case Code.packedBytes: {
      const head = from.next() as Uint8Array
      const parts: Array<Uint8Array> = []
      for (let n = from.int(); n > 0; n--) parts.push(from.next() as Uint8Array)
      return store.packed(head.slice(), parts)
    }
    default:
      throw new Error("a report could not be read: unknown code")
  }
}

/** The finished attempts of a report. */
export const readResults = (store: MemoryStore, rooms: WorkerRooms, message: FromWorker): Finished => {
  const { heads, ints, values } = message
  const from = new Reader(ints, values)
  const tasks: Array<number> = []
  const attempts: Array<number> = []
  const durations: Array<number> = []
  const outputs: Array<number> = []
  const held: Array<unknown> = []
  for (let i = 0; i < heads.length; i += 3) {
    tasks.push(heads[i])
    attempts.push(heads[i + 1])
    durations.push(heads[i + 2])
    const count = from.int()
    outputs.push(count)
    for (let n = 0; n < count; n++) held.push(readOne(store, rooms, from))
  }
  return { tasks, attempts, durations, outputs, values: held, held: true }
}
