// A worker that waits for the value of another is told, whatever comes between; and it forgets the values that it kept when
// it needs their room. No engine and no threads.
import { assert, describe, it } from "vitest"
import { Crossing } from "../../src/chunk/codec.ts"
import { Board, Stage, tagOf } from "../../src/transport/Board.ts"
import { Reader } from "../../src/transport/Words.ts"
import { Handover } from "../../src/worker/Handover.ts"
import { HeapValues } from "../../src/worker/HeapValues.ts"
import { Parked, Waiting } from "../../src/worker/Waiting.ts"

const waitingOf = (board: Board, worker: number) =>
  new Waiting(new Handover(board, worker, undefined, new HeapValues(board, new Crossing(), undefined, false)))
const park = (waiting: Waiting, attempt: number, on: number) =>
  waiting.park(new Parked(attempt, attempt, attempt, new Reader(Int32Array.of(1, 7, 0, 1, on, on), [])), 2, 1)

describe("who waits is told", () => {
  it("also where the attempt has given its slot up for a moment meanwhile", () => {
    const board = new Board(new SharedArrayBuffer(Board.bytes(8)))
    board.open(1, tagOf(1))
    const waiting = waitingOf(board, 2)
    // A task of worker 1 runs and worker 2 waits for it.
    board.move(1, 1, Stage.free, Stage.claimed)
    assert.strictEqual(park(waiting, 5, 1), "pending")
    // It yields, for a child that is quick, and goes on; worker 2 was busy and looks only now.
    board.move(1, 1, Stage.claimed, Stage.yielded)
    board.wake(1, 1)
    board.move(1, 1, Stage.yielded, Stage.claimed)
    board.wake(1, 1)
    waiting.lookAtAll()
    assert.isUndefined(waiting.next())
    const before = board.bells.bell(2)
    board.move(1, 1, Stage.claimed, Stage.done)
    board.wake(1, 1)
    assert.notStrictEqual(board.bells.bell(2), before, "worker 2 is not rung")
  })

  it("by a worker whose bell it shares", () => {
    const board = new Board(new SharedArrayBuffer(Board.bytes(8)))
    board.open(1, tagOf(1))
    const waiting = waitingOf(board, 33)
    board.move(1, 1, Stage.free, Stage.claimed)
    assert.strictEqual(park(waiting, 5, 1), "pending")
    const before = board.bells.bell(33)
    board.move(1, 1, Stage.claimed, Stage.done)
    // Worker 1 has made it; numbers grow with each thread that is replaced.
    board.wake(1, 1)
    assert.notStrictEqual(board.bells.bell(33), before, "worker 33 is not rung")
  })
})

describe("what was released is forgotten", () => {
  const rows = () => Array.from({ length: 20_000 }, (_, id) => ({ id, name: `row ${id}` }))
  it("before a new value is refused for want of room", () => {
    const board = new Board(new SharedArrayBuffer(Board.bytes(64)))
    const live = new HeapValues(board, new Crossing(), undefined, false)
    let slot = 0
    for (; slot < 60; slot++) {
      board.open(slot, tagOf(slot))
      if (live.keep(slot, tagOf(slot), rows()) < 0) break
      board.move(slot, tagOf(slot), Stage.free, Stage.kept)
    }
    assert.isAbove(slot, 5)
    for (let i = 0; i < slot; i++) board.settle(i, tagOf(i), Stage.void)
    board.open(slot, tagOf(slot))
    assert.isAtLeast(live.keep(slot, tagOf(slot), rows()), 0, "all was released, and yet there is no room")
  })
})
