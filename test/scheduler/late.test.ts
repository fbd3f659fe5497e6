// What comes late or is left behind: a timer whose task is another by now, work near a processor that goes.
// Attempts and their news are in attempts.test.ts, what fails in failure.test.ts.
import { assert, describe, it } from "vitest"
import { Lab } from "./Lab.ts"

describe("a retry that is due", () => {
  it("is nothing to whatever has the id of its task by now, though that waits too", () => {
    const lab = new Lab()
    lab.up(0, { ahead: 0 })
    lab.submit({ x: [] }, { wish: "other" })
    lab.submit({ a: [] })
    assert.deepStrictEqual(lab.ran(), [])
    lab.finish("x")
    const freed = [lab.task("a"), lab.task("wish")]
    lab.fail("a", 50)
    const { token } = lab.timers()[0]
    lab.submit({ gate: [] }, { wish: "open" })
    lab.drop("wish")
    lab.submit({ b: ["gate"] }, { wish: "third" })
    assert.sameMembers([lab.task("b"), lab.task("third")], freed)
    lab.tell({ _tag: "elapsed", token, retryAfter: -1 })
    assert.deepStrictEqual([lab.commands, lab.is("b"), lab.is("third")], [[], "waiting", "waiting"])
    lab.finish("gate")
    assert.deepStrictEqual(lab.ran(), ["b@0"])
  })
})

describe("a processor that leaves", () => {
  it("leaves what was near it to the others by priority, not after all that is near them", () => {
    const lab = new Lab()
    lab.up(0, { ahead: 0 })
    lab.up(1, { ahead: 0 })
    lab.submit({ a: [], b: [], t: ["a"], u: ["b"] }, { of: { t: { priority: 5 } } })
    assert.deepStrictEqual(lab.ran(), ["a@0", "b@1"])
    const busy = lab.submitted({ c: [], d: [] }, { wish: "busy", all: { priority: 9 } })
    lab.tell(busy, lab.finished(["a"]), lab.finished(["b"]))
    assert.deepStrictEqual([lab.ran().length, lab.is("t"), lab.is("u")], [2, "ready", "ready"])
    lab.tell({ _tag: "processor leaving", worker: 0 })
    lab.finish(lab.at("c").worker === 1 ? "c" : "d")
    assert.deepStrictEqual(lab.ran(), ["t@1"])
  })
})
