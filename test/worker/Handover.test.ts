// What a worker keeps of its own values for tasks that are sent behind them: as much as is worth it, not all there was.
import { assert, describe, it } from "vitest"
import { Crossing } from "../../src/chunk/codec.ts"
import { Board, Stage, tagOf } from "../../src/transport/Board.ts"
import { Flag } from "../../src/transport/Message.ts"
import { Writer } from "../../src/transport/Words.ts"
import type { Attempt } from "../../src/worker/Attempt.ts"
import { Handover, Unreachable } from "../../src/worker/Handover.ts"
import { HeapValues } from "../../src/worker/HeapValues.ts"

const SLOTS = 4096
const HEAD = 16_384

/** A handover with a board, on which attempts have begun and can end with a value that no slot holds. */
const scene = () => {
  const board = new Board(new ArrayBuffer(Board.bytes(SLOTS)))
  const handover = new Handover(board, 0, undefined, new HeapValues(board, new Crossing(), undefined, false))
  const publish = (slot: number, number: number, flags: number = Flag.wanted): void => {
    const tag = tagOf(number)
    board.open(slot, tag)
    board.move(slot, tag, Stage.free, Stage.claimed)
    const out = new Writer()
    out.packedBytes(new Uint8Array(HEAD).fill(number), [])
    const move = (from: Stage, to: Stage): void => void board.move(slot, tag, from, to)
    handover.publish({ slot, tag, flags, move } as unknown as Attempt, { some: "object" }, out, { at: 0, literals: 0 })
  }
  return { board, handover, publish }
}

/** The first byte of a kept value. */
const read = (handover: Handover, slot: number, number: number): unknown =>
  handover.read(slot, tagOf(number), [], {
    read: (from) => {
      from.int()
      return (from.next() as Uint8Array)[0]
    }
  })

describe("values that a worker keeps", () => {
  it("are there for all that come for them, and not under another attempt's number", () => {
    const { handover, publish } = scene()
    publish(3, 7)
    assert.strictEqual(handover.look(3, 7), "there")
    assert.strictEqual(read(handover, 3, 7), 7)
    assert.strictEqual(read(handover, 3, 7), 7)
    assert.strictEqual(handover.look(3, 6), "never")
    assert.throws(() => read(handover, 3, 6), Unreachable)
    publish(3, 8)
    assert.strictEqual(handover.look(3, 7), "never")
    assert.strictEqual(read(handover, 3, 8), 8)
  })

  it("are not kept that nobody wants", () => {
    const { handover, publish } = scene()
    publish(3, 7, 0)
    assert.strictEqual(handover.look(3, 7), "never")
  })

  it("are forgotten when they become too many, the oldest first", () => {
    const { handover, publish } = scene()
    for (let slot = 0; slot < SLOTS; slot++) publish(slot, slot + 1)
    const kept = Array.from({ length: SLOTS }, (_, slot) => handover.look(slot, slot + 1) === "there")
    const first = kept.indexOf(true)
    assert.isAbove(first, SLOTS / 2)
    assert.isBelow(first, SLOTS - 100)
    assert.isTrue(kept.slice(first).every(Boolean))
    // A slot that is used again counts once.
    for (let round = 0; round < SLOTS; round++) publish(SLOTS - 1, SLOTS + round)
    assert.strictEqual(handover.look(SLOTS - 2, SLOTS - 1), "there")
  })
})
