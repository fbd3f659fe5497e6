// Attempts that wait for others: each goes on when the last of what it waits for is there, in the order of their sending,
// whoever makes it, and goes back when one of them never will be.
import { assert, describe, it } from "vitest"
import { Crossing } from "../../src/chunk/codec.ts"
import { Board, Stage, tagOf } from "../../src/transport/Board.ts"
import { Code } from "../../src/transport/Message.ts"
import { Reader } from "../../src/transport/Words.ts"
import { Handover } from "../../src/worker/Handover.ts"
import { HeapValues } from "../../src/worker/HeapValues.ts"
import { Parked, Waiting } from "../../src/worker/Waiting.ts"

const OTHER = 1

/** A board of which attempt n has slot n; attempts that end, and one that is sent behind others. */
const scene = () => {
  const board = new Board(new SharedArrayBuffer(Board.bytes(64)))
  const live = new HeapValues(board, new Crossing(), undefined, false)
  const waiting = new Waiting(new Handover(board, 0, undefined, live))
  for (let attempt = 0; attempt < 64; attempt++) board.open(attempt, tagOf(attempt))
  return {
    board,
    waiting,
    /** `awaited`: slots and attempts */
    park: (attempt: number, awaited: ReadonlyArray<number>) => {
      const codes = [Code.int, 7, 0, awaited.length / 2, ...awaited]
      return waiting.park(
        new Parked(attempt, attempt, attempt, new Reader(Int32Array.from(codes), [])),
        2,
        awaited.length / 2
      )
    },
    /** one of this worker's attempts ends */
    ends: (attempt: number, stage: Stage = Stage.done) => {
      board.move(attempt, tagOf(attempt), Stage.free, stage)
      if (board.wake(attempt, 0)) waiting.changed(tagOf(attempt))
    },
    /** another worker's does: this one's bell rings */
    endsElsewhere: (attempt: number, stage: Stage = Stage.done) => {
      const before = board.bells.bell(0)
      board.move(attempt, tagOf(attempt), Stage.free, stage)
      board.wake(attempt, OTHER)
      if (board.bells.bell(0) !== before) waiting.lookAtAll()
    },
    next: () => {
      const parked = waiting.next()
      return parked === undefined ? undefined : [parked.attempt, parked.there] as const
    }
  }
}

describe("attempts that wait for others", () => {
  it("go on when the last of these is there, wherever it was made", () => {
    const { ends, endsElsewhere, next, park, waiting } = scene()
    assert.strictEqual(park(10, [1, 1, 2, 2, 3, 3]), "pending")
    endsElsewhere(2)
    assert.isUndefined(next())
    ends(1)
    assert.isUndefined(next())
    endsElsewhere(3)
    assert.deepStrictEqual(next(), [10, true])
    assert.isUndefined(next())
    assert.strictEqual(waiting.size, 0)
  })

  it("are not set aside if all are there, or one never will be", () => {
    const { ends, park, waiting } = scene()
    ends(1)
    ends(2, Stage.void)
    assert.strictEqual(park(10, [1, 1]), "there")
    assert.strictEqual(park(11, [3, 3, 2, 2]), "never")
    assert.strictEqual(park(12, [-1, 40]), "never")
    assert.strictEqual(park(13, [4, 5]), "never")
    assert.strictEqual(waiting.size, 0)
    ends(3)
    assert.isUndefined(waiting.next())
  })

  it("go back, once, when one of them has been taken back or failed", () => {
    const { ends, endsElsewhere, next, park } = scene()
    park(10, [1, 1, 2, 2])
    park(11, [1, 1])
    endsElsewhere(1, Stage.revoked)
    assert.deepStrictEqual([next(), next(), next()], [[10, false], [11, false], undefined])
    ends(2)
    assert.isUndefined(next())
  })

  it("go on in the order in which they were sent", () => {
    const { ends, endsElsewhere, next, park } = scene()
    park(12, [3, 3])
    park(11, [2, 2])
    park(10, [1, 1, 1, 1])
    endsElsewhere(3)
    ends(2)
    ends(1)
    assert.deepStrictEqual([next(), next(), next(), next()], [[10, true], [11, true], [12, true], undefined])
  })

  it("can be taken out before and after they are settled", () => {
    const { ends, next, park, waiting } = scene()
    park(10, [1, 1])
    park(11, [1, 1])
    park(12, [1, 1])
    assert.strictEqual(waiting.take(11)?.attempt, 11)
    assert.isUndefined(waiting.take(11))
    ends(1)
    assert.strictEqual(waiting.take(10)?.attempt, 10)
    assert.deepStrictEqual([next(), next()], [[12, true], undefined])
    park(13, [2, 2])
    park(14, [3, 3])
    ends(3)
    assert.deepStrictEqual(waiting.takeAll().map((parked) => parked.attempt), [13, 14])
    ends(2)
    assert.isUndefined(next())
    assert.strictEqual(waiting.size, 0)
  })
})
