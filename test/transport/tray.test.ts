// What a worker leaves in its tray is found: once, whole, in order with what it posts, and before it may be too late.
import { assert, describe, it } from "vitest"
import { BELL_INTS, Bells } from "../../src/transport/Bells.ts"
import type { FromWorker } from "../../src/transport/Message.ts"
import { Tray } from "../../src/transport/Tray.ts"
import { LOOK_MS, watchTrays } from "../../src/transport/watchTrays.ts"
import { generator } from "../chunk/generator.ts"

/** Both ends of one tray. */
const both = () => {
  const memory = new SharedArrayBuffer(Tray.bytes)
  return { worker: new Tray(memory), engine: new Tray(memory) }
}

const report = (task: number, ints: ReadonlyArray<number> = [1, 7], values?: ReadonlyArray<unknown>): FromWorker => ({
  records: { heads: [task, 2 ** 40 + task, 0.25], ints, ...(values !== undefined && { values }) }
})

const literals = [undefined, null, true, false, 0.5, -0, NaN, -Infinity, 2 ** 53 - 1]

const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe("a tray", () => {
  it("gives reports back as they were, however often it is full and whatever their lengths", () => {
    const { engine, worker } = both()
    const random = generator(5)
    const left: Array<FromWorker> = []
    let refused = 0
    let taken = 0
    for (let i = 0; i < 20_000; i++) {
      if (random() < 0.5) {
        const one: FromWorker = random() < 0.2
          ? { pieces: [i, 64, 0, 1] }
          : {
            ...report(i, Array.from({ length: Math.floor(random() * 300) }, (_, k) => k - i), literals),
            pieces: [i, 0, 0, 0]
          }
        if (worker.leave(one, 0)) left.push(one)
        else refused++
      } else {
        const one = engine.take(0)
        assert.deepStrictEqual(one, left[taken])
        if (one !== undefined) taken++
      }
    }
    assert.isAbove(refused, 100)
    assert.isAbove(taken, 1000)
  })

  it("takes what is primitive, and no text", () => {
    const { worker } = both()
    assert.isFalse(worker.leave({ records: { heads: [1, 1, 0], ints: [0], values: ["text"] } }, 0))
    assert.isFalse(worker.leave({ ...report(1), claims: [1, 1] }, 0))
    assert.isFalse(worker.leave({ pieces: [], room: 64, roomAhead: 64 }, 0))
    assert.isFalse(worker.leave(report(1, Array.from({ length: 5000 }, () => 0)), 0))
    assert.isTrue(worker.leave(report(1), 0))
  })

  it("keeps what comes behind a posted report until that is there", () => {
    const { engine, worker } = both()
    worker.leave(report(1), 0)
    worker.leave(report(2), 1)
    assert.deepStrictEqual(engine.take(0), report(1))
    assert.isUndefined(engine.take(0))
    assert.deepStrictEqual(engine.take(1), report(2))
  })
})

describe("a watch of trays", () => {
  const scene = () => {
    const bells = new Bells(new Int32Array(new SharedArrayBuffer(4 * BELL_INTS)))
    const add = watchTrays(bells)
    const heard: Array<number> = []
    const one = () => {
      const memory = new SharedArrayBuffer(Tray.bytes)
      const end = add(memory, ({ records }) => heard.push(records?.heads[0] ?? -1))
      return { end, worker: new Tray(memory) }
    }
    return { bells, heard, one }
  }

  it("hears what was left and what was posted in the order of the worker", () => {
    const { heard, one } = scene()
    const { end, worker } = one()
    end.posted(report(0))
    worker.leave(report(1), 1)
    worker.leave(report(2), 1)
    worker.leave(report(4), 2)
    end.posted(report(3))
    end.end()
    assert.deepStrictEqual(heard, [0, 1, 2, 3, 4])
  })

  it("looks into all when one of them has posted", () => {
    const { heard, one } = scene()
    const [first, second] = [one(), one()]
    second.worker.leave(report(5), 0)
    first.end.posted(report(6))
    assert.deepStrictEqual(heard, [6, 5])
    first.end.end()
    second.end.end()
  })

  it("allows to leave something until it has looked for the last time, and goes on while it finds something", async () => {
    const { bells, heard, one } = scene()
    const { end, worker } = one()
    assert.isFalse(bells.mayLeave)
    end.posted(report(0))
    const left: Array<number> = [0]
    for (let round = 1; round <= 20; round++) {
      assert.isTrue(bells.mayLeave)
      worker.leave(report(round), 1)
      left.push(round)
      await soon(LOOK_MS / 2)
    }
    while (bells.mayLeave) await soon(LOOK_MS)
    assert.deepStrictEqual(heard, left)
    await soon(5 * LOOK_MS)
    assert.isFalse(bells.mayLeave)
    end.end()
  })

  it("lets nothing be left while a worker waits for the engine", async () => {
    const { bells, one } = scene()
    const { end, worker } = one()
    bells.waitsForEngine(1, true)
    end.posted(report(0))
    assert.isFalse(bells.mayLeave)
    bells.waitsForEngine(1, false)
    end.posted(report(1))
    assert.isTrue(bells.mayLeave)
    bells.waitsForEngine(33, true)
    assert.isFalse(bells.mayLeave)
    worker.leave(report(2), 2)
    await soon(5 * LOOK_MS)
    bells.waitsForEngine(33, false)
    assert.isFalse(bells.mayLeave)
    end.end()
  })

  it("hears at the end what is left, and nothing afterwards", async () => {
    const { bells, heard, one } = scene()
    const { end, worker } = one()
    end.posted(report(0))
    worker.leave(report(1), 1)
    end.end()
    assert.isFalse(bells.mayLeave)
    worker.leave(report(2), 1)
    await soon(5 * LOOK_MS)
    assert.deepStrictEqual(heard, [0, 1])
  })
})
