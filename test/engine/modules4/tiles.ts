// Task functions of a matrix in tiles: each is a record with an array in it, so that it has a head of its own besides.
import { Task } from "poniard"

/** A tile: where it was cut, and its numbers. */
export interface Tile {
  readonly row: number
  readonly column: number
  readonly numbers: Float64Array
}

export const { cutRow, sumColumn } = Task.module(import.meta.url, {
  cutRow: (row: number, count: number, length: number): ReadonlyArray<Tile> =>
    Array.from({ length: count }, (_, column) => ({
      row,
      column,
      numbers: Task.alloc(Float64Array, length).fill(row * 1000 + column)
    })),
  sumColumn: (tiles: ReadonlyArray<Tile>): Float64Array => {
    const sums = Task.alloc(Float64Array, tiles[0].numbers.length * tiles.length)
    tiles.forEach(({ numbers }, i) => sums.set(numbers, i * numbers.length))
    return sums
  }
})
