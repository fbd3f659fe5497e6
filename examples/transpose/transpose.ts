// A matrix, made in blocks of rows, is re-cut into blocks of columns: every block feeds every block, so that nothing can be
// finished before everything has been made. The tiles on their way are what fills memory, and spills.
import * as Effect from "effect/Effect"
import { collect, delayed } from "poniard"
import type { Job, Workload } from "../out-of-core/Job.ts"
import { compare, cut, type Grid, join, make } from "./tasks.ts"

// Blocks each way. With data of four times the budget a block is 1/16 of the budget, and whoever joins one holds it twice,
// as tiles and joined: two threads take a quarter of the budget, and there is room to read the next tiles meanwhile.
// Tiles get small quickly: twice as many blocks each way are four times as many tiles to write and to read.
const BLOCKS = 64

const describe = (grid: Grid) => {
  const numbers = Array.from({ length: grid.blocks }, (_, block) => block)
  const rows = delayed(make).map(numbers, grid)
  const tiles = rows.map((block) => delayed(cut, { outputs: grid.blocks })(block, grid))
  return numbers.map((column) => {
    const joined = delayed(join)(tiles.map((row) => row[column]), grid)
    return delayed(compare)(joined, column, grid)
  })
}

const find = (grid: Grid) =>
  Effect.map(collect(describe(grid)), (all) => {
    const numbers = all.reduce((sum, one) => sum + one.numbers, 0)
    const bad = all.findIndex((one) => one.wrongAt >= 0)
    return {
      says: `${numbers.toLocaleString("en")} numbers are where they should be`,
      wrong: () => {
        if (bad >= 0) return `in column block ${bad} the number at ${all[bad].wrongAt} is another`
        const wanted = grid.blocks ** 2 * grid.rows * grid.columns
        return numbers === wanted ? undefined : `it should be ${wanted}`
      }
    }
  })

/** The example transpose. */
export const transpose: Workload = {
  name: "transpose",
  about: "Makes a matrix in blocks of rows and re-cuts it into blocks of columns.",
  passes: 1,
  jobOf: (bytes, seed): Job => {
    const tile = bytes / 8 / BLOCKS ** 2
    const rows = Math.floor(Math.sqrt(tile))
    const grid = { blocks: BLOCKS, rows, columns: Math.round(tile / rows), seed }
    const [height, width] = [grid.rows * BLOCKS, grid.columns * BLOCKS]
    return {
      says: `Transposed a matrix of ${height} x ${width} numbers by ${BLOCKS} x ${BLOCKS} tiles`,
      dataBytes: 8 * height * width,
      blockBytes: 8 * grid.rows * width,
      run: find(grid)
    }
  }
}
