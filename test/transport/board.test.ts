// Values in slots: what is written on one side is there on the other, bit for bit, and nothing of its neighbours is touched.
import { assert, describe, it } from "vitest"
import { LAST_ARRAY, rawCode, rawTypes } from "../../src/chunk/Entry.ts"
import { Board, Kind, Stage } from "../../src/transport/Board.ts"

const sides = () => {
  const memory = new SharedArrayBuffer(Board.bytes(8))
  return [new Board(memory), new Board(memory)] as const
}

describe("a slot", () => {
  it("holds a small array of each type, copied both ways", () => {
    const [here, there] = sides()
    for (let code = 1; code <= LAST_ARRAY; code++) {
      const type = rawTypes[code] as unknown as new(from: ArrayBuffer) => Uint8Array
      for (const bytes of [8, 16, 96]) {
        const source = Uint8Array.from({ length: bytes }, (_, i) => 7 * i + code).buffer
        const value = new type(source)
        assert.isTrue(here.writeArray(3, 5, rawCode(value), value), type.name)
        new Uint8Array(source).fill(0)
        assert.deepStrictEqual([there.kind(3), there.maker(3), there.arrayCode(3), there.arrayLength(3)], [
          Kind.array,
          5,
          code,
          bytes
        ])
        const read = there.array(3)
        assert.strictEqual(Object.getPrototypeOf(read), type.prototype)
        assert.isFalse(read.buffer instanceof SharedArrayBuffer)
        const expected = Array.from({ length: bytes }, (_, i) => (7 * i + code) & 255)
        assert.deepStrictEqual(Array.from(new Uint8Array(read.buffer, read.byteOffset, bytes)), expected, type.name)
        const copy = new Uint8Array(bytes + 3)
        there.copyArray(3, copy, 2)
        assert.deepStrictEqual(Array.from(copy), [0, 0, ...expected, 0])
      }
    }
  })

  it("holds no empty array, none that is too long, and nothing that is none", () => {
    const [here] = sides()
    for (
      const value of [new Uint8Array(0), new Uint8Array(105), new DataView(new ArrayBuffer(8)), new ArrayBuffer(8)]
    ) {
      assert.isFalse(here.writeArray(3, 0, rawCode(value), value))
    }
    assert.isTrue(here.writeArray(3, 0, rawCode(new Uint8Array(104)), new Uint8Array(104)))
  })

  it("does not touch its neighbours", () => {
    const [here, there] = sides()
    for (const slot of [2, 4]) {
      here.open(slot, 40 + slot)
      here.write(slot, 0, 1000 + slot)
    }
    here.open(3, 43)
    here.writeArray(3, 0, rawCode(new Float64Array(13)), new Float64Array(13).fill(Math.PI))
    for (const slot of [2, 4]) {
      assert.strictEqual(there.stage(slot, 40 + slot), Stage.free)
      assert.strictEqual(there.read(slot), 1000 + slot)
    }
    assert.deepStrictEqual(
      Array.from(there.array(3) as unknown as Float64Array),
      Array.from({ length: 13 }, () => Math.PI)
    )
  })
})

describe("bells", () => {
  it("ring for everybody who waits but for who knows", () => {
    const [here, there] = sides()
    here.open(1, 9)
    for (const worker of [0, 5, 31]) here.await(1, worker)
    assert.isTrue(there.wake(1, 5))
    assert.deepStrictEqual([0, 5, 31].map((worker) => here.bells.bell(worker)), [1, 0, 1])
    assert.isFalse(there.wake(1, 5))
  })
})
