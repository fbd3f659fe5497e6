// A worker's room without its worker: what is lent with tasks is used before more is asked for, and goes back when nothing
// needs it.
import { assert, describe, it } from "@effect/vitest"
import { Word } from "../../src/transport/Transport.ts"
import { Room } from "../../src/worker/Room.ts"

/** A room whose requests are granted at once, one after the other from `at` on. */
const makeRoom = (at = 2 ** 20) => {
  const words = new Int32Array(new SharedArrayBuffer(256))
  const asks: Array<readonly [bytes: number, ahead: number]> = []
  const back: Array<readonly [offset: number, bytes: number]> = []
  let next = at
  const room = new Room(
    new SharedArrayBuffer(64),
    words,
    (bytes, ahead) => {
      asks.push([bytes, ahead])
      words[Word.roomOffset] = next / 64
      words[Word.roomLow] = ahead
      next += ahead
      words[Word.room] = 1
    },
    (offset, bytes) => back.push([offset, bytes])
  )
  return { room, asks, back }
}

describe("a worker's room", () => {
  it("asks once for what a task will take in pieces", () => {
    const { asks, room } = makeRoom()
    const offsets = [0, 1, 2, 3].map((k) => room.take(1000, 4096 - 1024 * k).offset)
    assert.deepStrictEqual(asks, [[1024, 4096]])
    assert.deepStrictEqual(offsets.map((offset) => offset - offsets[0]), [0, 1024, 2048, 3072])
  })

  it("takes what was lent before it asks, the first stretch that is large enough", () => {
    const { asks, back, room } = makeRoom()
    room.lend([10, 640, 100, 6400])
    assert.strictEqual(room.take(4096, 4096).offset, 6400)
    assert.strictEqual(room.take(2000, 0).offset, 6400 + 4096)
    assert.strictEqual(room.take(640, 640).offset, 640)
    assert.deepStrictEqual(back, [[6400 + 4096 + 2048, 6400 - 4096 - 2048]], "the rest of a stretch that is left")
    assert.deepStrictEqual(asks, [])
    room.take(64, 64)
    assert.deepStrictEqual(asks, [[64, 64]])
  })

  it("gives back what was lent and is not begun, and a rest that is large", () => {
    const { back, room } = makeRoom(0)
    room.take(64, 1024)
    room.lend([100, 640])
    room.trim(4096)
    assert.deepStrictEqual(back, [[6400, 640]])
    room.trim(512)
    assert.deepStrictEqual(back.slice(1), [[64, 960]])
  })
})
