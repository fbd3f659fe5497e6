// The arena by its promises: whose bytes are whose, how far it grows, how little it wastes under churn, and that check
// finds whoever writes to freed memory. The free list below it is compared with a model in FreeList.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { Worker } from "node:worker_threads"
import { Arena } from "../../src/chunk/Arena.ts"
import { generator } from "./generator.ts"

const KiB = 1024
const MiB = 1024 * 1024

/**
 * Slabs of log-uniform sizes from 1 KiB to `largest` come, and random ones go: as many as keep live data under `live`
 * (of 1) of the budget, and then as many as it takes for the next one to fit.
 */
const churn = (budget: number, largest: number, live: number, seed: number, steps: number) => {
  const random = generator(seed)
  const arena = Arena.make({ maxBytes: budget })
  const slabs: Array<number> = []
  const drop = () => {
    const at = Math.floor(random() * slabs.length)
    const last = slabs.pop()!
    arena.release(at < slabs.length ? slabs[at] : last)
    if (at < slabs.length) slabs[at] = last
  }
  const unusable: Array<number> = []
  for (let step = 0; step < steps; step++) {
    const bytes = Math.floor(KiB * Math.exp(random() * Math.log(largest / KiB)))
    while (arena.used + bytes > live * budget) drop()
    let offset = arena.alloc(bytes, budget)
    const free = budget - arena.used - bytes
    if (offset < 0 && free > 0) unusable.push(free / budget)
    while (offset < 0) {
      drop()
      offset = arena.alloc(bytes, budget)
    }
    slabs.push(offset)
  }
  while (slabs.length > 0) drop()
  const failed = unusable.filter((part) => part >= 0.15).length / steps
  return { arena, failed, unusable: unusable.reduce((sum, part) => sum + part, 0) / Math.max(1, unusable.length) }
}

describe("Arena", () => {
  it("hands out multiples of 64 bytes and counts what it has grown, free bytes included", () => {
    const arena = Arena.make({ maxBytes: MiB })
    assert.strictEqual(arena.buffer.byteLength, 0)
    assert.strictEqual(arena.fragmentation, 0)
    const a = arena.alloc(1, MiB)
    const b = arena.alloc(65, MiB)
    const c = arena.alloc(0, MiB)
    assert.deepStrictEqual([a, b, c], [0, 64, 192])
    assert.deepStrictEqual([a, b, c].map((slab) => arena.bytesOf(slab)), [64, 128, 64])
    assert.strictEqual(arena.used, 256)
    assert.strictEqual(arena.length, 64 * KiB)
    assert.strictEqual(arena.buffer.byteLength, arena.length)
    assert.strictEqual(arena.largestFree, arena.length - 256)
  })

  it("grows no further than growTo and never beyond maxBytes", () => {
    const arena = Arena.make({ maxBytes: MiB })
    assert.strictEqual(arena.alloc(512 * KiB, 512 * KiB - 1), -1)
    assert.strictEqual(arena.length, 0)
    assert.strictEqual(arena.alloc(512 * KiB, 512 * KiB), 0)
    assert.strictEqual(arena.alloc(512 * KiB + 1, Infinity), -1)
    assert.strictEqual(arena.alloc(512 * KiB, Infinity), 512 * KiB)
    assert.strictEqual(arena.buffer.byteLength, MiB)
  })

  it("prefers a hole at a low address to growth", () => {
    const arena = Arena.make({ maxBytes: 4 * MiB })
    const slabs = [1, 2, 3, 4].map(() => arena.alloc(MiB / 2, 4 * MiB))
    const length = arena.length
    arena.release(slabs[1])
    arena.release(slabs[3])
    assert.strictEqual(arena.alloc(MiB / 2, 4 * MiB), slabs[1])
    assert.strictEqual(arena.alloc(MiB / 4, 4 * MiB), slabs[3])
    assert.strictEqual(arena.length, length)
  })

  it("frees a slab with its last reference and joins it with its neighbours", () => {
    const arena = Arena.make({ maxBytes: MiB })
    const [a, b, c] = [1, 2, 3].map(() => arena.alloc(100 * KiB, MiB))
    arena.retain(b)
    assert.isTrue(arena.release(a))
    assert.isFalse(arena.release(b))
    assert.isTrue(arena.release(c))
    assert.deepStrictEqual([...arena.slabs()], [{ offset: b, bytes: 100 * KiB, references: 1 }])
    assert.isTrue(arena.release(b))
    assert.deepStrictEqual([...arena.slabs()], [])
    assert.strictEqual(arena.used, 0)
    assert.strictEqual(arena.largestFree, arena.length)
  })

  it("splits a worker's room, large or small, into pieces that are released one by one", () => {
    for (const room of [8 * KiB, 2 * MiB]) {
      const arena = Arena.make({ maxBytes: 4 * MiB })
      const pieces = [arena.alloc(room, 4 * MiB)]
      const used = arena.used
      for (const bytes of [100, 1000, 64, 3000]) {
        const rest = arena.split(pieces[pieces.length - 1], bytes)
        assert.strictEqual(rest, pieces[pieces.length - 1] + Math.ceil(bytes / 64) * 64)
        pieces.push(rest)
      }
      assert.strictEqual(arena.used, used)
      assert.strictEqual(arena.split(pieces[0], 128), -1)
      assert.strictEqual(arena.split(pieces[0], 65), -1)
      for (const piece of [2, 0, 4, 1, 3]) assert.isTrue(arena.release(pieces[piece]))
      assert.strictEqual(arena.largestFree, arena.length)
    }
  })

  it("serves 98 % of requests up to 1/16 of the budget with 80 % live, and all up to 1/256", () => {
    for (const budget of [24 * MiB, 256 * MiB]) {
      for (const seed of [1, 2, 3]) {
        const where = `budget ${budget}, seed ${seed}`
        assert.isBelow(churn(budget, budget / 16, 0.8, seed, 20_000).failed, 0.02, where)
        assert.isBelow(churn(budget, budget / 64, 0.8, seed, 20_000).failed, 0.001, where)
        assert.strictEqual(churn(budget, budget / 256, 0.8, seed, 20_000).failed, 0, where)
      }
    }
  })

  it("can use all but 15 % of a full budget: so much is free, on average, when a request fails", () => {
    for (const budget of [24 * MiB, 256 * MiB]) {
      for (const part of [16, 64, 256]) {
        const { unusable } = churn(budget, budget / part, 1, 5, 20_000)
        assert.isBelow(unusable, 0.15, `budget ${budget}, requests up to 1/${part}`)
      }
    }
  })

  it("is as good after a million replacements as after thousands, and whole when all are released", () => {
    const { arena, failed, unusable } = churn(64 * MiB, 512 * KiB, 1, 7, 1_000_000)
    assert.isBelow(failed, 0.02)
    assert.isBelow(unusable, 0.15)
    assert.isAtMost(arena.length, 64 * MiB)
    assert.deepStrictEqual([...arena.slabs()], [])
    assert.strictEqual(arena.largestFree, arena.length)
    assert.strictEqual(arena.fragmentation, 0)
  })

  it("shows a running worker what was grown after its start, without a message", async () => {
    const arena = Arena.make({ maxBytes: 16 * MiB })
    const bell = arena.alloc(64, 16 * MiB)
    const code = `
      const { workerData: { buffer, bell } } = require("node:worker_threads")
      const words = new Int32Array(buffer, bell, 4)
      Atomics.store(words, 3, 1)
      Atomics.notify(words, 3)
      Atomics.wait(words, 0, 0)
      const view = new Uint8Array(buffer, words[1], words[2])
      view.fill(7)
    `
    const worker = new Worker(code, { eval: true, workerData: { buffer: arena.buffer, bell } })
    const words = new Int32Array(arena.buffer, bell, 4)
    const started = Atomics.waitAsync(words, 3, 0)
    if (started.async) await started.value
    const slab = arena.alloc(8 * MiB, 16 * MiB)
    words[1] = slab
    words[2] = 8 * MiB
    Atomics.store(words, 0, 1)
    Atomics.notify(words, 0)
    await new Promise((exited) => worker.once("exit", exited))
    const view = new Uint8Array(arena.buffer, slab, 8 * MiB)
    assert.isTrue(view.every((byte) => byte === 7))
  })

  it("refuses sizes that it cannot reserve", () => {
    for (const maxBytes of [0, -1, NaN, Arena.limit + 1]) {
      assert.throws(() => Arena.make({ maxBytes }), /maxBytes must be between/)
    }
  })
})

describe("Arena with check", () => {
  const make = () => {
    const strays: Array<{ offset: number; bytes: number }> = []
    const arena = Arena.make({
      maxBytes: MiB,
      check: true,
      onStray: (offset, bytes) => strays.push({ offset, bytes })
    })
    return { arena, strays, at: (offset: number, bytes: number) => new Uint8Array(arena.buffer, offset, bytes) }
  }

  it("poisons what is released and what is grown, and says nothing about bytes that stay poison", () => {
    const { arena, at, strays } = make()
    const slab = arena.alloc(4096, MiB)
    assert.isTrue(at(slab, 4096).every((byte) => byte === 0xDB))
    at(slab, 4096).fill(1)
    arena.retain(slab)
    arena.release(slab)
    assert.isTrue(at(slab, 4096).every((byte) => byte === 1))
    arena.release(slab)
    assert.isTrue(at(slab, 4096).every((byte) => byte === 0xDB))
    assert.deepStrictEqual(arena.verify(), [])
    for (let i = 0; i < 10; i++) arena.alloc(50 * KiB, MiB)
    assert.deepStrictEqual(strays, [])
  })

  it("finds every stretch of freed memory that was written to, to the byte", () => {
    const { arena, at } = make()
    const slabs = [1, 2, 3, 4].map(() => arena.alloc(1000, MiB))
    arena.release(slabs[0])
    arena.release(slabs[2])
    at(slabs[0] + 13, 1)[0] = 0
    at(slabs[2] + 2, 700).fill(9)
    assert.deepStrictEqual(arena.verify(), [
      { offset: slabs[0] + 13, bytes: 1 },
      { offset: slabs[2] + 2, bytes: 700 }
    ])
  })

  it("reports freed memory that was written to when it is given away again, once", () => {
    const { arena, at, strays } = make()
    const slab = arena.alloc(1000, MiB)
    const view = at(slab, 1000)
    arena.release(slab)
    view[999] = 1
    assert.strictEqual(arena.alloc(512, MiB), slab)
    assert.deepStrictEqual(strays, [])
    assert.strictEqual(arena.alloc(512, MiB), slab + 512)
    assert.deepStrictEqual(strays, [{ offset: slab + 999, bytes: 1 }])
    assert.deepStrictEqual(arena.verify(), [])
  })

  it("throws without onStray, and looks at nothing without check", () => {
    const strict = Arena.make({ maxBytes: MiB, check: true })
    strict.release(strict.alloc(64, MiB))
    new Uint8Array(strict.buffer, 3, 1)[0] = 1
    assert.throws(() => strict.alloc(64, MiB), /1 bytes at offset 3 were written to after they had been freed/)
    const loose = Arena.make({ maxBytes: MiB })
    loose.release(loose.alloc(64, MiB))
    new Uint8Array(loose.buffer, 3, 1)[0] = 1
    assert.deepStrictEqual(loose.verify(), [])
    assert.strictEqual(loose.alloc(64, MiB), 0)
  })
})
