// Tasks that are sent behind inputs which are not there yet (DESIGN section 6, "send chains" and "worker to worker"):
// when they are, when not, and what becomes of them when things go otherwise.
import { assert, describe, it } from "vitest"
import { INLINE, SHARED } from "../../src/scheduler/Event.ts"
import { Lab } from "./Lab.ts"

/** Workers that hand values on, and a function that is known to take 0.01 ms. */
const scene = (follows: "none" | "own" | "shared", workers = 1, budget?: number): Lab => {
  const lab = new Lab(budget === undefined ? undefined : { budget })
  for (let worker = 0; worker < workers; worker++) lab.up(worker, { follows })
  lab.learn(0.01)
  return lab
}

const chain = { a: [], b: ["a"], c: ["b"], d: ["c"] } as const

describe("a chain of short tasks", () => {
  it("is sent at once where its worker hands values on, and task by task elsewhere", () => {
    const lab = scene("own")
    lab.submit(chain)
    assert.deepStrictEqual(lab.ran(), ["a@0", "b@0", "c@0", "d@0"])
    lab.finish(["a", "b", "c", "d"])
    assert.deepStrictEqual(lab.settled(), ["wish"])
    const other = scene("none")
    other.submit(chain)
    assert.deepStrictEqual(other.ran(), ["a@0"])
  })

  it("waits where nothing is known of its function yet, and where tasks take long", () => {
    const unknown = new Lab()
    unknown.up(0, { follows: "own" })
    unknown.submit(chain)
    assert.deepStrictEqual(unknown.ran(), ["a@0"])
    const long = new Lab()
    long.up(0, { follows: "own" })
    long.learn(20)
    long.submit(chain)
    assert.deepStrictEqual(long.ran(), ["a@0"])
  })

  it("waits for values that cannot be handed on, and where a task wants the chunk itself", () => {
    for (const options of [{ early: false }, { handsOver: false }]) {
      const lab = new Lab()
      lab.up(0, { follows: "own" })
      lab.learn(0.01, options)
      lab.submit(chain, { all: options })
      assert.deepStrictEqual(lab.ran(), ["a@0"])
    }
  })

  it("waits when memory is short", () => {
    const lab = scene("own", 1, 1000)
    lab.submit({}, { wish: "held", wants: ["x"], given: { x: [700, SHARED] } })
    lab.submit(chain)
    assert.deepStrictEqual(lab.ran(), ["a@0"])
  })

  it("goes on although it is submitted in parts", () => {
    const lab = scene("own")
    lab.submit({ a: [] }, { part: "more", submission: 9 })
    lab.submit({ b: ["a"], c: ["b"] }, { part: "last", submission: 9 })
    assert.deepStrictEqual(lab.ran(), ["b@0", "c@0"])
  })
})

describe("an input that another worker makes", () => {
  const both = { a: [], b: [], join: ["a", "b"] } as const

  it("can be awaited where memory is shared, not elsewhere", () => {
    for (const follows of ["shared", "own"] as const) {
      const lab = scene(follows, 2)
      lab.submit({ a: [] })
      lab.submit({ b: [] }, { wish: "second" })
      const workers = [lab.at("a").worker, lab.at("b").worker]
      assert.sameMembers(workers, [0, 1])
      lab.submit({ join: ["a", "b"] }, { wish: "third" })
      assert.lengthOf(lab.ran(), follows === "shared" ? 1 : 0)
    }
  })

  it("may be reported later than the task that used it", () => {
    const lab = scene("shared", 2)
    lab.submit({ a: [] })
    lab.submit({ b: [] }, { wish: "second" })
    lab.submit({ join: ["a", "b"] }, { wish: "third" })
    lab.finish("join")
    assert.deepStrictEqual(lab.settled(), ["third"])
    lab.finish("a")
    lab.finish("b")
    assert.deepStrictEqual(lab.settled(), ["second"])
  })

  it("which nobody needs any more is not interrupted: it has ended", () => {
    const lab = scene("shared", 2)
    lab.submit(both)
    const a = lab.at("a")
    const b = lab.at("b")
    lab.finish("join")
    assert.deepStrictEqual(lab.interrupted(), [])
    for (const { attempt, task, worker } of [a, b]) {
      const values = { outputs: [1], bytes: [0], places: [0], durations: [1] }
      lab.tell({ _tag: "finished", worker, tasks: [task], attempts: [attempt], ...values })
    }
    assert.deepStrictEqual(lab.state.alive.map((w) => [w.sent, w.ghosts.size, w.ending.size]), [[0, 0, 0], [0, 0, 0]])
  })
})

/** A stencil: each task takes all of the row before. 0.1 ms each. */
const stencil = (width: number, rows: number): Record<string, ReadonlyArray<string>> => {
  const row = (r: number) => Array.from({ length: width }, (_, column) => `t${r}.${column}`)
  return Object.fromEntries(
    Array.from({ length: rows }, (_, r) => row(r).map((name) => [name, r === 0 ? [] : row(r - 1)])).flat()
  )
}

describe("rows of tasks that need each other", () => {
  it("are shared out as soon as a second worker comes, although each reports at another time", () => {
    const [width, rows] = [2, 400]
    const lab = new Lab()
    lab.up(0, { follows: "shared" })
    lab.learn(0.1)
    lab.submit(stencil(width, rows))
    lab.up(1, { follows: "shared" })
    const sent: ReadonlyArray<Array<ReturnType<Lab["at"]>>> = [[], []]
    const ranOn = new Map<string, number>()
    const note = (names: ReadonlyArray<string>) => {
      for (const name of names) {
        const at = lab.at(name)
        sent[at.worker].push(at)
        ranOn.set(name, at.worker)
      }
    }
    note(Object.keys(stencil(width, rows)).filter((name) => lab.is(name) === "running"))
    const before = sent[0].length / width
    for (let turn = 0; sent[0].length + sent[1].length > 0; turn++) {
      // A millisecond of work of one worker, then of the other.
      const done = sent[turn % 2].splice(0, 10)
      if (done.length === 0) continue
      lab.tell({
        _tag: "finished",
        worker: turn % 2,
        tasks: done.map(({ task }) => task),
        attempts: done.map(({ attempt }) => attempt),
        outputs: done.map(() => 1),
        bytes: done.map(() => 8),
        places: done.map(() => INLINE),
        durations: done.map(() => 0.1)
      })
      note(lab.ran().map((run) => run.split("@")[0]))
    }
    assert.strictEqual(ranOn.size, width * rows)
    const alone = Array.from({ length: rows }, (_, r) => ranOn.get(`t${r}.0`) === ranOn.get(`t${r}.1`))
    assert.isAtMost(alone.filter((is) => is).length, before + rows / 20, "rows that one worker ran alone")
  })
})

describe("what was sent behind a task", () => {
  it("fails with it", () => {
    const lab = scene("own")
    lab.submit(chain)
    lab.fail("a")
    assert.deepStrictEqual(lab.failed(), [
      "a: error",
      "b < a: error",
      "c < b: error",
      "d < c: error",
      "wish < d: error"
    ])
    assert.sameMembers(lab.interrupted(), ["b@0", "c@0", "d@0"])
  })

  it("comes back by itself when that is tried again, and runs when its input is there", () => {
    const lab = scene("own")
    lab.submit({ a: [], b: ["a"] })
    const b = lab.at("b")
    lab.fail("a", 0)
    assert.deepStrictEqual(lab.ran(), ["a@0"])
    lab.tell({ _tag: "retracted", worker: 0, tasks: [b.task], attempts: [b.attempt] })
    assert.strictEqual(lab.is("b"), "waiting")
    lab.finish("a")
    assert.deepStrictEqual(lab.ran(), ["b@0"])
    lab.finish("b")
    assert.deepStrictEqual(lab.settled(), ["wish"])
  })

  it("begins again when that was lost with its worker, wherever it is", () => {
    const lab = scene("shared", 2)
    lab.submit({ a: [] })
    lab.submit({ b: [] }, { wish: "second" })
    lab.submit({ join: ["a", "b"] }, { wish: "third" })
    const { worker } = lab.at("join")
    const gone = 1 - worker
    lab.tell({ _tag: "processor lost", worker: gone, claimed: [], stranded: [] })
    assert.deepStrictEqual(lab.interrupted(), [`join@${worker}`])
  })

  it("is interrupted when nobody wants it any more", () => {
    const lab = scene("own")
    lab.submit(chain)
    lab.drop("wish")
    assert.sameMembers(lab.interrupted(), ["a@0", "b@0", "c@0", "d@0"])
  })

  it("is left alone when work is taken back, with what it waits for", () => {
    const lab = new Lab()
    lab.up(0, { follows: "own" })
    lab.learn(0.1)
    lab.submit(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`t${i}`, i === 0 ? [] : [`t${i - 1}`]])))
    assert.lengthOf(lab.ran(), 40)
    lab.up(1, { follows: "own" })
    assert.deepStrictEqual(lab.retracted(), [])
  })
})

describe("tiny tasks", () => {
  it("stay with one worker; one that is stuck before them has them shared out", () => {
    const lab = new Lab()
    for (const worker of [0, 1]) lab.up(worker, { follows: "shared" })
    lab.learn(0.001)
    lab.submit(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`t${i}`, []])))
    const workers = new Set(lab.ran().map((run) => run.split("@")[1]))
    assert.strictEqual(workers.size, 1)
    const [timer] = lab.timers()
    assert.strictEqual(timer.purpose, "watch")
    lab.tell({ _tag: "elapsed", token: timer.token, retryAfter: -1 })
    assert.isAbove(lab.retracted().length, 30)
  })

  it("are sent again to one whose stuck task waits for others", () => {
    const lab = new Lab()
    for (const worker of [0, 1]) lab.up(worker, { follows: "shared" })
    lab.learn(0.001)
    lab.submit(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`t${i}`, []])))
    const busy = lab.state.alive.find((w) => w.sent > 0)!
    const [task, attempt] = [busy.list.first, busy.list.oldest]
    const [timer] = lab.timers()
    lab.tell({ _tag: "elapsed", token: timer.token, retryAfter: -1 })
    assert.strictEqual(busy.stuck, attempt)
    lab.tell({ _tag: "yielded", worker: busy.id, task, attempt })
    assert.strictEqual(busy.stuck, 0)
  })
})
