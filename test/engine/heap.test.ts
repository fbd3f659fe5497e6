// Values of this thread's tasks stay on its heap as they are, counted by an estimate; when memory is short they are
// encoded, counted exactly and spilled, and come back equal. What cannot be encoded stays.
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Chunk, collect, compute, delayed, Engine } from "poniard"
import { sizeOf } from "../../src/chunk/size.ts"
import { r } from "./modules2/release.ts"

const MiB = 2 ** 20
const BUDGET = 4 * MiB

interface Row {
  readonly id: number
  readonly ratio: number
  readonly name: string
}

const table = (seed: number, length: number): ReadonlyMap<string, Row> => {
  const rows = new Map<string, Row>()
  for (let i = 0; i < length; i++) rows.set(`row ${i}`, { id: seed + i, ratio: i + 0.5, name: `${seed} and ${i}` })
  return rows
}
const total = (rows: ReadonlyMap<string, Row>): number => {
  let sum = 0
  for (const { id, ratio } of rows.values()) sum += id + ratio
  return sum
}

/** Of a function that never ran nothing is known: all would be sent at once. */
const bytes = sizeOf(table(0, 1000))
const memory = Effect.map(Engine.snapshot, (snapshot) => snapshot.memory)
const small = () => Engine.layer({ threads: 1, memory: BUDGET, check: false })

describe("values on this thread's heap", () => {
  layer(small())((test) => {
    test.effect("count by the published estimate, and are gone from the sum when they are released", () =>
      Effect.gen(function*() {
        yield* Effect.scoped(Effect.gen(function*() {
          const chunk = yield* compute(delayed((n: number) => table(1, n))(1000))
          assert.strictEqual((yield* memory).heapBytes, sizeOf(table(1, 1000)))
          assert.isAtLeast((yield* memory).residentBytes, sizeOf(table(1, 1000)))
          assert.deepStrictEqual(yield* Chunk.get(chunk), table(1, 1000))
        }))
        assert.strictEqual((yield* memory).heapBytes, 0)
        assert.strictEqual((yield* memory).encoded, 0)
      }))
  })

  layer(small())((test) => {
    test.effect("four times the budget of them finish within it, and all come back as they were", () =>
      Effect.gen(function*() {
        const rows = 1000
        const count = Math.ceil(4 * BUDGET / bytes)
        const before = yield* memory
        yield* Effect.scoped(Effect.gen(function*() {
          const chunks = yield* compute(delayed(table, { bytes }).map(Array.from({ length: count }, (_, i) => i), rows))
          const held = yield* memory
          assert.isAtMost(held.residentBytes, BUDGET)
          assert.isAbove(held.encoded, count / 2)
          // Encoded it is a fifth of what it takes on the heap.
          assert.isAbove(held.spilledBytes, BUDGET / 2)
          const sums = yield* collect(chunks.map((chunk) => delayed(total)(chunk)))
          assert.deepStrictEqual(sums, chunks.map((_, i) => total(table(i, rows))))
          assert.deepStrictEqual(yield* Chunk.get(chunks[0]), table(0, rows))
          assert.deepStrictEqual(yield* Chunk.get(chunks[count - 1]), table(count - 1, rows))
        }))
        const after = yield* memory
        assert.isAbove(after.restoredBytes, before.restoredBytes)
        assert.isAtMost(after.peakStoreBytes, BUDGET)
        assert.strictEqual(after.overdrafts, 0)
        assert.deepStrictEqual([after.chunks, after.residentBytes, after.heapBytes], [0, 0, 0])
        assert.isUndefined(after.trouble)
      }))
  })

  layer(small())((test) => {
    test.effect("are encoded for a worker that is given them, and spilled after that", () =>
      Effect.gen(function*() {
        const count = 120
        const made = delayed(table, { bytes }).map(Array.from({ length: count }, (_, i) => i), 1000)
        const sizes = made.map((rows) => delayed(r.entries)(rows))
        const held = yield* compute(made)
        assert.deepStrictEqual(yield* collect(sizes), Array.from({ length: count }, () => 1000))
        const back = yield* Chunk.get(held[3])
        assert.deepStrictEqual(back, table(3, 1000))
        assert.isAbove((yield* memory).spilledBytes, 0)
      }))
  })

  layer(small())((test) => {
    test.effect("that cannot be encoded stay as they are, and the rest goes on beside them", () =>
      Effect.gen(function*() {
        const answer = () => 42
        const odd = yield* compute(delayed((n: number) => ({ answer, rows: table(0, n) }))(4000))
        const before = (yield* memory).heapBytes
        assert.isAbove(before, 400_000)
        const chunks = yield* compute(delayed(table, { bytes }).map(Array.from({ length: 60 }, (_, i) => i), 1000))
        assert.isAtLeast((yield* memory).heapBytes, before)
        assert.isAbove((yield* memory).encoded, 0)
        assert.strictEqual(yield* collect(delayed((o: { answer: () => number }) => o.answer())(odd)), 42)
        assert.deepStrictEqual(yield* Chunk.get(chunks[9]), table(9, 1000))
        assert.isUndefined((yield* memory).trouble)
      }))
  })

  layer(small())((test) => {
    test.effect("of getResult stay, however short memory is", () =>
      Effect.gen(function*() {
        yield* compute(delayed(table, { getResult: true })(1, 4000))
        const before = (yield* memory).heapBytes
        yield* compute(delayed(table, { bytes }).map(Array.from({ length: 60 }, (_, i) => i), 1000))
        assert.isAtLeast((yield* memory).heapBytes, before)
        assert.isAbove((yield* memory).encoded, 0)
      }))
  })

  layer(small())((test) => {
    test.effect("of cached calls are dropped, not written, and computed anew", () =>
      Effect.gen(function*() {
        let runs = 0
        const make = (seed: number, n: number) => {
          runs++
          return table(seed, n)
        }
        const cached = () => delayed(make, { cache: true, bytes }).map(Array.from({ length: 60 }, (_, i) => i), 1000)
        const first = yield* collect(cached().map((rows) => delayed(total)(rows)))
        assert.strictEqual(runs, 60)
        const again = yield* collect(cached().map((rows) => delayed(total)(rows)))
        assert.deepStrictEqual(again, first)
        assert.isAbove(runs, 60)
        assert.strictEqual((yield* memory).spilledBytes, 0)
        assert.isAtMost((yield* memory).residentBytes, BUDGET)
      }))
  })
})
