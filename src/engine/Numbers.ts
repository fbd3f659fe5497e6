// A list of numbers for lists that get long: adding one never moves those before it to a longer array, which takes 15 to
// 30 ms for a million, nearly all of it page faults.

const PIECE_BITS = 13
const PIECE = 1 << PIECE_BITS

/** Numbers in the order in which they were added. */
export class Numbers implements Iterable<number> {
  private readonly pieces: Array<Array<number>> = []
  length = 0

  /** Adds one. */
  push(n: number): void {
    if ((this.length++ & (PIECE - 1)) === 0) this.pieces.push([n])
    else this.pieces[this.pieces.length - 1].push(n)
  }

  /** The one at a place. */
  at(i: number): number {
    return this.pieces[i >>> PIECE_BITS][i & (PIECE - 1)]
  }

  /** All of them. */
  *[Symbol.iterator](): Iterator<number> {
    for (const piece of this.pieces) yield* piece
  }
}
