// The free list against a slow model of itself, and at its limits: lines of many gigabytes, a million slabs, misuse.
// How well it places is measured where it matters, in Arena.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { FreeList } from "../../src/chunk/FreeList.ts"
import { generator } from "./generator.ts"

const make = (grow?: (length: number) => boolean) =>
  new FreeList({ name: "List", granule: 64, step: 4096, ...(grow === undefined ? {} : { grow }) })

/** What a free list must do, done slowly: slabs in an array by address, holes are what lies between them. */
class Model {
  slabs: Array<{ offset: number; bytes: number; references: number }> = []
  find(offset: number) {
    const slab = this.slabs.find((slab) => slab.offset === offset)
    assert.isDefined(slab)
    return slab
  }
  add(offset: number, bytes: number) {
    const overlap = this.slabs.find((slab) => offset < slab.offset + slab.bytes && offset + bytes > slab.offset)
    assert.isUndefined(overlap)
    this.slabs.push({ offset, bytes, references: 1 })
    this.slabs.sort((a, b) => a.offset - b.offset)
  }
  holes(length: number) {
    const holes: Array<{ offset: number; bytes: number }> = []
    let end = 0
    for (const slab of [...this.slabs, { offset: length, bytes: 0 }]) {
      if (slab.offset > end) holes.push({ offset: end, bytes: slab.offset - end })
      end = slab.offset + slab.bytes
    }
    return holes
  }
}

const rounded = (bytes: number) => Math.max(64, Math.ceil(bytes / 64) * 64)

describe("FreeList", () => {
  it("agrees with a model after every one of thousands of random operations", () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = generator(seed)
      const list = make()
      const model = new Model()
      const limit = 256 * 1024
      for (let step = 0; step < 1500; step++) {
        const where = `seed ${seed}, step ${step}`
        const slab = model.slabs[Math.floor(random() * model.slabs.length)]
        const choice = random()
        if (slab === undefined || choice < 0.45) {
          const bytes = Math.floor(Math.exp(random() * Math.log(24 * 1024)))
          const offset = list.alloc(bytes, limit)
          const largest = Math.max(0, ...model.holes(limit).map((hole) => hole.bytes))
          assert.strictEqual(offset < 0, largest < rounded(bytes), `${where}: alloc ${bytes} of ${largest}`)
          if (offset >= 0) model.add(offset, rounded(bytes))
        } else if (choice < 0.55) {
          const keep = Math.floor(random() * slab.bytes * 1.2)
          const rest = list.split(slab.offset, keep)
          assert.strictEqual(rest, rounded(keep) >= slab.bytes ? -1 : slab.offset + rounded(keep), where)
          if (rest >= 0) {
            const left = slab.bytes - rounded(keep)
            slab.bytes = rounded(keep)
            model.add(rest, left)
          }
        } else if (choice < 0.65) {
          list.retain(slab.offset)
          slab.references++
        } else {
          assert.strictEqual(list.release(slab.offset), --slab.references === 0, where)
          if (slab.references === 0) model.slabs.splice(model.slabs.indexOf(slab), 1)
        }
        const holes = model.holes(list.length)
        assert.strictEqual(JSON.stringify([...list.slabs()]), JSON.stringify(model.slabs), where)
        assert.strictEqual(JSON.stringify([...list.holes()]), JSON.stringify(holes), where)
        assert.strictEqual(list.used, model.slabs.reduce((sum, slab) => sum + slab.bytes, 0), where)
        assert.strictEqual(list.largestFree, Math.max(0, ...holes.map((hole) => hole.bytes)), where)
      }
    }
  })

  it("gives small slabs the lowest hole and large ones the tightest", () => {
    const list = make()
    const limit = 1024 * 1024
    const offsets = [64, 32, 64, 16, 64].map((k) => list.alloc(k * 1024, limit))
    list.release(offsets[1])
    list.release(offsets[3])
    assert.strictEqual(list.alloc(1024, limit), offsets[1])
    assert.strictEqual(list.alloc(16 * 1024, limit), offsets[3])
  })

  it("grows only if no hole fits, by no more than it may, and takes a hole at the end into account", () => {
    const grown: Array<number> = []
    const list = make((length) => {
      grown.push(length)
      return length <= 64 * 1024
    })
    const first = list.alloc(5000, 1 << 20)
    assert.deepStrictEqual(grown, [8192])
    assert.strictEqual(list.alloc(3000, 1 << 20), 5056)
    assert.deepStrictEqual(grown, [8192])
    assert.strictEqual(list.alloc(4096, 12159), -1)
    assert.strictEqual(list.alloc(4096, 12160), 8064)
    assert.deepStrictEqual(grown, [8192, 12160])
    list.release(first)
    assert.strictEqual(list.alloc(5000, 0), first)
    assert.strictEqual(list.alloc(100_000, 1 << 20), -1)
    assert.deepStrictEqual(grown, [8192, 12160, 114688])
    assert.strictEqual(list.length, 12160)
  })

  it("cuts a hole at the end off and grows again over it", () => {
    const list = make()
    const kept = list.alloc(4096, 1 << 20)
    const lost = list.alloc(8192, 1 << 20)
    list.trim()
    assert.strictEqual(list.length, 12288)
    list.release(lost)
    list.trim()
    assert.strictEqual(list.length, 4096)
    assert.strictEqual(list.largestFree, 0)
    assert.strictEqual(list.alloc(100, 1 << 20), 4096)
    list.release(kept)
    list.release(4096)
    list.trim()
    assert.strictEqual(list.length, 0)
    assert.strictEqual(list.alloc(64, 4096), 0)
  })

  it("keeps addresses apart on a line of 200 GiB", () => {
    const list = make()
    const GiB = 2 ** 30
    const offsets = [100, 60, 30, 9].map((g) => list.alloc(g * GiB, 200 * GiB))
    assert.deepStrictEqual(offsets, [0, 100 * GiB, 160 * GiB, 190 * GiB])
    assert.strictEqual(list.alloc(GiB + 1, 200 * GiB), -1)
    assert.isTrue(list.release(160 * GiB))
    assert.isTrue(list.release(100 * GiB))
    assert.strictEqual(list.largestFree, 90 * GiB)
    assert.strictEqual(list.bytesOf(190 * GiB), 9 * GiB)
    assert.strictEqual(list.alloc(90 * GiB, 0), 100 * GiB)
  })

  it("holds a million slabs, and one hole when they are gone", () => {
    const list = make()
    const slabs = 1 << 20
    let packed = true
    for (let slab = 0; slab < slabs; slab++) packed &&= list.alloc(1000, 2 ** 31) === slab * 1024
    assert.isTrue(packed)
    for (let slab = 0; slab < slabs; slab += 2) list.release(slab * 1024)
    assert.strictEqual(list.largestFree, 1024)
    assert.strictEqual(list.alloc(1025, slabs * 1024), -1)
    for (let slab = 1; slab < slabs; slab += 2) list.release(slab * 1024)
    assert.deepStrictEqual([...list.holes()], [{ offset: 0, bytes: slabs * 1024 }])
  })

  it("throws on offsets that are no slab and on sizes that are no number of bytes", () => {
    const list = make()
    const slab = list.alloc(256, 4096)
    for (const offset of [64, -64, 1, 0.5, NaN, Infinity, 4096, 2 ** 40]) {
      assert.throws(() => list.release(offset), /no slab starts at offset/)
      assert.throws(() => list.retain(offset), /no slab starts at offset/)
      assert.throws(() => list.split(offset, 64), /no slab starts at offset/)
      assert.throws(() => list.bytesOf(offset), /no slab starts at offset/)
    }
    for (const bytes of [-1, NaN, Infinity]) assert.throws(() => list.alloc(bytes, 4096), /no number of bytes/)
    assert.isTrue(list.release(slab))
    assert.throws(() => list.release(slab), /released before/)
  })
})
