// What was sent to a worker: in order, whatever is reported first.
import { assert, describe, it } from "vitest"
import { SentList } from "../../src/scheduler/SentList.ts"
import { NONE } from "../../src/scheduler/TaskTable.ts"
import { Random } from "../sim/Random.ts"

describe("the list of what was sent", () => {
  it("holds what a plain array would, through thousands of sendings and reports in any order", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed)
      const list = new SentList()
      let plain: Array<{ readonly task: number; readonly attempt: number }> = []
      let next = 1
      for (let turn = 0; turn < 2000; turn++) {
        if (random.int(100) < 52) {
          const sent = { task: random.int(50), attempt: next++ }
          list.push(sent.task, sent.attempt)
          plain.push(sent)
        } else if (plain.length > 0) {
          const which = random.int(3)
          const at = which < 1 ? 0 : which < 2 ? plain.length - 1 : random.int(plain.length)
          const { attempt } = plain[at]
          assert.isTrue(list.remove(attempt))
          assert.isFalse(list.remove(attempt), "twice")
          plain = plain.filter((one) => one.attempt !== attempt)
        }
        assert.strictEqual(list.oldest, plain[0]?.attempt ?? 0)
        assert.strictEqual(list.first, plain[0]?.task ?? NONE)
        assert.strictEqual(list.last, plain.at(-1)?.task ?? NONE)
      }
      assert.deepStrictEqual(list.all(), plain.map(({ task }) => task))
    }
  })

  it("says no to attempts that it does not have", () => {
    const list = new SentList()
    assert.isFalse(list.remove(1))
    list.push(7, 5)
    list.push(8, 9)
    for (const attempt of [1, 6, 10]) assert.isFalse(list.remove(attempt))
    assert.deepStrictEqual(list.all(), [7, 8])
  })
})
