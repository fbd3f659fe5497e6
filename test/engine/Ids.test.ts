// Ids: the lowest that is free, whatever was given back when.
import { assert, describe, it } from "vitest"
import { Ids } from "../../src/engine/Ids.ts"
import { Random } from "../sim/Random.ts"

describe("a supply of ids", () => {
  it("gives the lowest that nothing refers to, as a plain search would", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = new Random(seed)
      const ids = new Ids()
      const used = new Set<number>()
      for (let turn = 0; turn < 4000; turn++) {
        if (random.int(100) < (turn % 1000 < 600 ? 70 : 20) || used.size === 0) {
          let lowest = 0
          while (used.has(lowest)) lowest++
          assert.strictEqual(ids.take(), lowest)
          used.add(lowest)
        } else {
          const id = [...used][random.int(used.size)]
          used.delete(id)
          ids.release(id)
        }
        assert.strictEqual(ids.used, used.size)
      }
    }
  })

  it("gives a million in order again after they were given back in any", () => {
    const ids = new Ids()
    const n = 1_000_000
    for (let i = 0; i < n; i++) ids.take()
    for (let i = 0; i < n; i++) ids.release((i * 7919) % n)
    for (let i = 0; i < n; i++) if (ids.take() !== i) assert.fail(`not ${i}`)
    assert.strictEqual(ids.take(), n)
  })
})
