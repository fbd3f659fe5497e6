// Sends the engine values that this worker has kept on its heap and that others have come to need: between two tasks, as
// everything that the engine asks for.
import type { Far } from "./Far.ts"
import type { Piece } from "./Room.ts"

/** Answers for pairs of slot and tag. What is not here any more, or finds no room, the engine computes anew. */
export const recall = (far: Far, pairs: ReadonlyArray<number>): void => {
  for (let i = 0; i < pairs.length; i += 2) {
    const [slot, tag] = [pairs[i], pairs[i + 1]]
    const held = far.live.get(slot, tag)
    const pieces: Array<Piece> = []
    far.report.recall(slot, tag, (out) => {
      if (held === undefined) return false
      try {
        far.writer.write(out, held.value, { pieces, inputs: [], expected: 0, apart: false }, "result")
        return true
      } catch {
        for (const piece of pieces) piece.used = false
        return false
      }
    })
    for (const piece of pieces) far.report.piece(piece.offset, piece.bytes, piece.used)
  }
  far.flush()
}
