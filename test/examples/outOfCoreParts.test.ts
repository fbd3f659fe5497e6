// The parts of the examples sort, groupby and transpose, called directly: what their checks rest on holds where it is easy
// to get wrong. The whole programs are run by outOfCore.test.ts.
import { assert, describe, it } from "@effect/vitest"
import * as Groupby from "../../examples/groupby/tasks.ts"
import { bitsAt, fractionAt, smallAt } from "../../examples/out-of-core/numbers.ts"
import { addDigests, digestOf } from "../../examples/sort/digest.ts"
import * as Sort from "../../examples/sort/tasks.ts"
import * as Transpose from "../../examples/transpose/tasks.ts"

const numbers = Float64Array.from({ length: 1000 }, (_, i) => fractionAt(3, i))

describe("numbers by place", () => {
  it("are spread evenly, and differ by seed", () => {
    const counts = new Int32Array(16)
    for (let i = 0; i < 16_000; i++) counts[smallAt(1, i) >> 16]++
    for (const count of counts) assert.closeTo(count, 1000, 150)
    assert.isTrue(numbers.every((number) => number >= 0 && number < 1))
    assert.strictEqual(new Set(numbers).size, 1000)
    assert.notStrictEqual(bitsAt(1, 5), bitsAt(2, 5))
  })
})

describe("the digest of numbers", () => {
  it("is the same in any order and in any parts", () => {
    const digest = digestOf(numbers)
    assert.deepStrictEqual(digestOf(numbers.toReversed()), digest)
    assert.deepStrictEqual(digestOf(numbers.toSorted()), digest)
    assert.deepStrictEqual(addDigests(digestOf(numbers.slice(0, 300)), digestOf(numbers.slice(300))), digest)
  })

  it("is another when one number is changed in its last bit, left out, or there twice for another", () => {
    const digest = digestOf(numbers)
    const changed = numbers.slice()
    new Uint32Array(changed.buffer)[500] ^= 1
    assert.notDeepEqual(digestOf(changed), digest)
    assert.notDeepEqual(digestOf(numbers.slice(1)), digest)
    const twice = numbers.slice()
    twice[7] = twice[8]
    assert.notDeepEqual(digestOf(twice), digest)
  })
})

describe("the parts of sort", () => {
  it("a number that equals a splitter goes to the part above it, whatever the splitters are", () => {
    const pieces = Sort.split(Float64Array.of(5, 1, 2, 2, 9, 3, -Infinity), Float64Array.of(2, 2, 5))
    assert.deepStrictEqual(pieces.map((piece) => [...piece]), [[1, -Infinity], [], [2, 2, 3], [5, 9]])
  })

  it("say when a part is not in order", () => {
    assert.isTrue(Sort.look(Sort.sort([numbers, numbers])).ordered)
    assert.isFalse(Sort.look(numbers).ordered)
    assert.isFalse(Sort.look(Float64Array.of(1, NaN)).ordered)
  })
})

describe("the parts of groupby", () => {
  it("give what a Map gives, for any keys and more groups than the table begins with", () => {
    const keys = Int32Array.from({ length: 20_000 }, (_, i) => bitsAt(9, i) % 3000)
    const values = Float64Array.from(keys, (_, i) => smallAt(4, i))
    const groups = Groupby.split({ keys, values }, 8).map((piece) => Groupby.aggregate([piece]))
    const wanted = new Map<number, [number, number]>()
    for (const [i, key] of keys.entries()) {
      const [count, sum] = wanted.get(key) ?? [0, 0]
      wanted.set(key, [count + 1, sum + values[i]])
    }
    const given = groups.flatMap((some) =>
      Array.from(some.keys, (key, i): [number, [number, number]] => [key, [some.counts[i], some.sums[i]]])
    )
    assert.strictEqual(given.length, wanted.size)
    for (const [key, group] of given) assert.deepStrictEqual(group, wanted.get(key))
  })
})

describe("the parts of transpose", () => {
  const grid = { blocks: 3, rows: 4, columns: 5, seed: 11 }

  it("bring every number to its place, and find one that is not there", () => {
    const tiles = [0, 1, 2].map((block) => Transpose.cut(Transpose.make(block, grid), grid))
    const joined = Transpose.join(tiles.map((row) => row[1]), grid)
    assert.deepStrictEqual(Transpose.compare(joined, 1, grid), { numbers: 60, wrongAt: -1 })
    assert.strictEqual(Transpose.compare(joined, 2, grid).wrongAt, 0)
    joined[17]++
    assert.deepStrictEqual(Transpose.compare(joined, 1, grid), { numbers: 17, wrongAt: 17 })
  })
})
