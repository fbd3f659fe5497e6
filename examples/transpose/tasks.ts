// The task module of the example transpose: what its threads run. Plain functions over typed arrays; no Effect is loaded
// here. A matrix is cut into blocks of rows, each of these into tiles; tiles of one column of tiles are joined again.
import { Task } from "poniard"

/** A matrix of `blocks` x `blocks` tiles of `rows` x `columns` numbers each. */
export interface Grid {
  readonly blocks: number
  readonly rows: number
  readonly columns: number
  readonly seed: number
}

/** What was looked at in a block of the result: how many numbers, and the place of the first wrong one, or -1. */
export interface Checked {
  readonly numbers: number
  readonly wrongAt: number
}

/** The number in a row and a column of the matrix. */
export const valueAt = ({ blocks, columns, seed }: Grid, row: number, column: number): number =>
  row * blocks * columns + column + seed

/** `make` gives a block of rows, `cut` its tiles, `join` a block of the transposed matrix, `compare` checks that. */
export const { compare, cut, join, make } = Task.module(import.meta.url, {
  make: (block: number, grid: Grid): Float64Array => {
    const width = grid.blocks * grid.columns
    const numbers = Task.alloc(Float64Array, grid.rows * width)
    for (let row = 0, at = 0; row < grid.rows; row++) {
      for (let column = 0; column < width; column++) numbers[at++] = valueAt(grid, block * grid.rows + row, column)
    }
    return numbers
  },
  /** Every tile lies on its side already: small as it is, all of it is in the processor's cache. */
  cut: (block: Float64Array, { blocks, columns, rows }: Grid): ReadonlyArray<Float64Array> =>
    Array.from({ length: blocks }, (_, t) => {
      const tile = Task.alloc(Float64Array, columns * rows)
      for (let column = 0, to = 0; column < columns; column++) {
        for (let row = 0, from = t * columns + column; row < rows; row++, from += blocks * columns) {
          tile[to++] = block[from]
        }
      }
      return tile
    }),
  join: (tiles: ReadonlyArray<Float64Array>, { blocks, columns, rows }: Grid): Float64Array => {
    const joined = Task.alloc(Float64Array, blocks * columns * rows)
    for (let column = 0, to = 0; column < columns; column++) {
      for (const tile of tiles) {
        for (let from = column * rows; from < (column + 1) * rows; from++) joined[to++] = tile[from]
      }
    }
    return joined
  },
  compare: (joined: Float64Array, block: number, grid: Grid): Checked => {
    const height = grid.blocks * grid.rows
    for (let at = 0; at < joined.length; at++) {
      const column = block * grid.columns + Math.floor(at / height)
      if (joined[at] !== valueAt(grid, at % height, column)) return { numbers: at, wrongAt: at }
    }
    return { numbers: joined.length, wrongAt: -1 }
  }
})
