// A hole where there are only smaller ones: what is in its way is copied elsewhere and is what it was; what is pinned stays
// where it is, and nothing is copied for a hole that cannot be had.
import { assert, describe, it } from "vitest"
import { Crossing } from "../../src/chunk/codec.ts"
import type { Entry } from "../../src/chunk/Entry.ts"
import { MemoryStore } from "../../src/chunk/MemoryStore.ts"
import { compact } from "../../src/engine/compact.ts"
import type { Core } from "../../src/engine/Core.ts"

const MiB = 2 ** 20
const TILE = MiB / 2

/** A store full of tiles, of which every `nth` is gone; the numbers in each are its own. */
const scene = (budget: number, nth: number) => {
  const store = new MemoryStore({ budget, crossing: new Crossing() })
  const pins: Array<number> = []
  const evictable = new Set<number>()
  for (let chunk = 0; store.arena.used + TILE <= store.limitFor(TILE); chunk++) {
    store.set(chunk, store.pack(new Float64Array(TILE / 8).fill(chunk), false, "tile"))
    pins.push(0)
    evictable.add(chunk)
  }
  for (let chunk = 0; chunk < pins.length; chunk += nth) {
    store.evict(store.delete(chunk) as Entry)
    evictable.delete(chunk)
  }
  const isWhole = (chunk: number): boolean => {
    const tile = store.copy(chunk) as Float64Array
    return tile.length === TILE / 8 && tile.every((n) => n === chunk)
  }
  const core = { store, state: { chunks: { pins }, evictable } } as unknown as Core
  return { core, store, pins, evictable, isWhole }
}

describe("a hole among values that lie everywhere", () => {
  it("is had although nearly as much must be copied as it is long", () => {
    const { core, evictable, isWhole, store } = scene(192 * MiB, 8)
    assert.strictEqual(store.tryAlloc(16 * MiB), -1)
    assert.isTrue(compact(core, 16 * MiB, []))
    assert.isAtLeast(store.tryAlloc(16 * MiB), 0)
    assert.isTrue([...evictable].every(isWhole))
  })

  it("is not had where something that is pinned lies in each stretch", () => {
    const { core, evictable, isWhole, pins, store } = scene(192 * MiB, 8)
    for (let chunk = 1; chunk < pins.length; chunk += 24) pins[chunk] = 1
    const before = pins.map((_, chunk) => (store.get(chunk) as Entry | undefined)?.parts[0])
    assert.isFalse(compact(core, 16 * MiB, []))
    assert.deepStrictEqual(pins.map((_, chunk) => (store.get(chunk) as Entry | undefined)?.parts[0]), before)
    assert.isTrue([...evictable].every(isWhole))
  })

  it("is not had where more is missing than is free", () => {
    const { core, store } = scene(192 * MiB, 8)
    assert.isFalse(compact(core, 32 * MiB, []))
    assert.strictEqual(store.tryAlloc(32 * MiB), -1)
  })
})
