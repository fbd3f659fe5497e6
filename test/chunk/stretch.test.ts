// Where a hole can be made at the least cost: against a slow search of every place, on random lines.
import { assert, describe, it } from "vitest"
import { FreeList } from "../../src/chunk/FreeList.ts"
import { generator } from "./generator.ts"

const LINE = 64 * 1024

/** A line of slabs and holes; some slabs are marked, some have two references. */
const scene = (seed: number) => {
  const random = generator(seed)
  const list = new FreeList({ name: "List", granule: 64, step: 64 })
  const made: Array<number> = []
  for (let at = 0; at >= 0;) {
    at = list.alloc(1 + Math.floor(random() * random() * 6000), LINE)
    if (at >= 0) made.push(at)
  }
  for (const offset of made) if (random() < 0.4) list.release(offset)
  const marks = new Map<number, number>()
  const share = random()
  for (const { offset } of list.slabs()) {
    if (random() < 0.1) list.retain(offset)
    if (random() > share) continue
    marks.set(offset, random() < 0.5 ? offset + 1 : -1 - offset)
    list.mark(offset, marks.get(offset)!)
  }
  return { list, marks, random }
}

/** Bytes in the way of a hole of `bytes` at `from`; Infinity if something there must stay. */
const costAt = ({ list, marks }: ReturnType<typeof scene>, from: number, bytes: number): number => {
  let cost = 0
  for (const slab of list.slabs()) {
    if (slab.offset >= from + bytes || slab.offset + slab.bytes <= from) continue
    cost += slab.references > 1 || !marks.has(slab.offset) ? Infinity : slab.bytes
  }
  return cost
}

describe("the stretch in which a hole is made", () => {
  it("is the cheapest of all that there are, and none if there is none", () => {
    let found = 0
    for (let seed = 1; seed <= 300; seed++) {
      const line = scene(seed)
      const { list, marks, random } = line
      const bytes = 64 * (1 + Math.floor(random() * 200))
      const limit = LINE - 64 * Math.floor(random() * 50)
      const most = 64 * (1 + Math.floor(random() * 300))
      const places = [0, ...Array.from(list.slabs(), (slab) => slab.offset + slab.bytes)]
        .filter((from) => from + bytes <= limit)
      const least = Math.min(...places.map((from) => costAt(line, from, bytes)))
      const stretch = list.stretch(bytes, limit, most)
      if (least > most) assert.isUndefined(stretch, `seed ${seed}`)
      else {
        assert.strictEqual(costAt(line, stretch!.from, bytes), least, `seed ${seed}`)
        assert.isAtMost(stretch!.from + bytes, limit)
        assert.strictEqual(stretch!.offsets.reduce((sum, offset) => sum + list.bytesOf(offset), 0), least)
        assert.deepStrictEqual(stretch!.marks, stretch!.offsets.map((offset) => marks.get(offset)!))
        found++
      }
      if (list.used > 0) assert.isUndefined(list.stretch(LINE, LINE, LINE), "marks are forgotten")
    }
    assert.isAbove(found, 100)
  })
})
