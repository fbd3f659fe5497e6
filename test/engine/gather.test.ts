// What a task reads is put side by side before it is sent, where data are on disk: the values are what they were, no hole
// is left over, and the job stays within its budget though every task reads pieces from everywhere.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { collect, delayed, Engine } from "poniard"
import { cutRow, sumColumn } from "./modules4/tiles.ts"
import { overTransports } from "./overTransports.ts"

const MiB = 2 ** 20
const COUNT = 24
/** Numbers of a tile: 24 x 24 of them are 18 MiB, and a column is 768 KiB. */
const LENGTH = 4096

overTransports("tiles of rows, read by columns", { memory: 6 * MiB, check: false }, (test, transport) => {
  test("are all there, and leave nothing behind", () =>
    Effect.gen(function*() {
      const rows = Array.from({ length: COUNT }, (_, row) => delayed(cutRow, { outputs: COUNT })(row, COUNT, LENGTH))
      const wanted = Array.from({ length: COUNT }, (_, column) => {
        const joined = delayed(sumColumn)(rows.map((row) => row[column]))
        return delayed((numbers: Float64Array) =>
          Array.from({ length: COUNT }, (_, row) => numbers[row * LENGTH] + numbers[(row + 1) * LENGTH - 1])
        )(joined)
      })
      const before = (yield* Engine.snapshot).memory
      const sums = yield* collect(wanted)
      for (let column = 0; column < COUNT; column++) {
        assert.deepStrictEqual(sums[column], Array.from({ length: COUNT }, (_, row) => 2 * (row * 1000 + column)))
      }
      const { overdrafts, peakStoreBytes, spilledBytes } = (yield* Engine.snapshot).memory
      assert.isAbove(spilledBytes - before.spilledBytes, 8 * MiB)
      if (transport === "thread") assert.isAtMost(peakStoreBytes, 6 * MiB + (overdrafts - before.overdrafts) * MiB)
    }))
})
