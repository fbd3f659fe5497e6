// The engine's side of a worker's room: stretches that are lent with tasks are counted, bounded, cut as they are used, and
// free again when the worker gives them back or is gone.
import { assert, describe, it } from "@effect/vitest"
import { Crossing } from "../../src/chunk/codec.ts"
import { MemoryStore } from "../../src/chunk/MemoryStore.ts"
import { WorkerRooms } from "../../src/processor/WorkerRooms.ts"

const make = () => {
  const store = new MemoryStore({ budget: 2 ** 24, crossing: new Crossing() })
  const rooms = new WorkerRooms(store, new Int32Array(new SharedArrayBuffer(256)))
  const lend = (bytes: number) => rooms.lend(store.tryAlloc(bytes))
  return { store, rooms, lend }
}

describe("the rooms of a worker", () => {
  it("lends two stretches, and another when one of them is begun", () => {
    const { lend, rooms, store } = make()
    const [page, bytes] = lend(1000)
    assert.strictEqual(bytes, 1024)
    assert.isTrue(rooms.mayLend)
    lend(2048)
    assert.isFalse(rooms.mayLend)
    assert.strictEqual(store.roomBytes, 1024 + 2048)
    rooms.settle([page, 64, 0, 1])
    assert.isTrue(rooms.mayLend)
    assert.strictEqual(store.roomBytes, 1024 - 64 + 2048)
    assert.strictEqual(store.arena.bytesOf(page * 64), 64, "the piece is a slab of its own")
  })

  it("frees what comes back unused, and all of it when the worker is gone", () => {
    const { lend, rooms, store } = make()
    const [page, bytes] = lend(4096)
    lend(4096)
    rooms.settle([page, bytes, 0, 0])
    assert.strictEqual(store.arena.used, 4096)
    assert.strictEqual(store.roomBytes, 4096)
    rooms.free()
    assert.strictEqual(store.arena.used, 0)
    assert.strictEqual(store.roomBytes, 0)
  })

  it("lends nothing where memory is not shared", () => {
    const { store } = make()
    assert.isFalse(new WorkerRooms(store, undefined).mayLend)
  })
})
