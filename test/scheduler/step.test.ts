// The scheduler as a pure machine (DESIGN section 5): the same events give the same commands, and both survive NDJSON.
import { assert, describe, it } from "vitest"
import type { Event } from "../../src/scheduler/Event.ts"
import { makeState } from "../../src/scheduler/State.ts"
import { step } from "../../src/scheduler/step.ts"
import { Lab } from "./Lab.ts"

const history = (): Lab => {
  const lab = new Lab({ budget: 100_000 })
  lab.up(0)
  lab.up(1)
  lab.submit({ a: [], b: [], c: ["a", "b"], d: ["c"], e: [] }, {
    of: { c: { outputs: 2 }, e: { timeout: 5, priority: 3 } }
  })
  lab.finish("a", { bytes: 40_000, place: 2 })
  lab.finish("b", { bytes: 50_000, place: 2 })
  lab.fail("e", 20)
  lab.finish("c", { bytes: [10, 20] })
  lab.tell({ _tag: "processor lost", worker: 1, claimed: [], stranded: [] })
  lab.drop("wish")
  return lab
}

describe("step", () => {
  it("gives the same commands for the same events, written out and read back", () => {
    const { journal } = history()
    const state = makeState({ budget: 100_000 })
    for (const { commands, events } of journal) {
      const read = JSON.parse(JSON.stringify(events)) as Array<Event>
      assert.deepStrictEqual(step(state, read, 0), commands)
    }
  })

  it("orders plain data only", () => {
    for (const { commands } of history().journal) {
      assert.deepStrictEqual(JSON.parse(JSON.stringify(commands)), commands)
    }
  })

  it("gives the same orders for events one by one as for all in one step, where they do not depend on time", () => {
    const lab = new Lab()
    lab.up(0, { ahead: 0, capacity: [2] })
    lab.submit({ a: [], b: [], c: ["a", "b"] })
    const together = new Lab()
    together.up(0, { ahead: 0, capacity: [2] })
    together.submit({ a: [], b: [], c: ["a", "b"] })
    lab.finish("a")
    lab.finish("b")
    together.tell(together.finished(["a"]), together.finished(["b"]))
    assert.deepStrictEqual(lab.ran(), ["c@0"])
    assert.deepStrictEqual(together.ran(), ["c@0"])
  })

  it("knows nothing of what it has never heard of", () => {
    const lab = new Lab()
    lab.up(0)
    lab.tell(
      { _tag: "retracted", worker: 7, tasks: [3], attempts: [3] },
      { _tag: "kept", worker: 7, tasks: [3], attempts: [3] },
      { _tag: "failed", worker: 0, task: 99, attempt: 5, reason: "error", retryAfter: -1 },
      { _tag: "yielded", worker: 0, task: 99, attempt: 5 },
      { _tag: "resumed", worker: 0, task: 99, attempt: 5 },
      { _tag: "claimed", worker: 0, tasks: [99], attempts: [5] },
      { _tag: "finished", worker: 0, tasks: [9], attempts: [9], outputs: [1], bytes: [0], places: [0], durations: [1] },
      { _tag: "elapsed", token: 12, retryAfter: -1 },
      { _tag: "processor lost", worker: 7, claimed: [], stranded: [] },
      { _tag: "processor leaving", worker: 7 },
      { _tag: "chunk lost", chunk: 12 },
      { _tag: "chunk kept", chunk: 12, retry: true },
      { _tag: "chunk moved", chunk: 12, place: 2, bytes: 1 },
      { _tag: "stray", task: 1, text: "" }
    )
    assert.deepStrictEqual(lab.commands, [])
  })
})
