// Every thread pool that the benchmarks measure gives right results, together and in turn, and ends. Not Dask, which a
// machine may have or not, and not how fast they are.
import { assert, describe, it } from "vitest"
import { systems } from "../../bench/systems/systems.ts"
import { noop, spin, spinInput, spun } from "../../bench/work.ts"

describe("the systems that benchmarks compare", () => {
  it.each(systems.filter(({ name }) => name !== "dask").map((system) => [system.name, system] as const))(
    "%s runs the functions of the benchmarks",
    async (_, system) => {
      const pool = await (await system.load())(system.settings[0], 2)
      try {
        const inputs = Array.from({ length: 20 }, (_, i) => i)
        assert.deepStrictEqual(Array.from(await pool.together("noop", inputs)), inputs.map(noop))
        assert.deepStrictEqual(Array.from(await pool.inTurn("noop", inputs)), inputs.map(noop))
        const spins = inputs.map((seed) => spinInput(seed, 1000))
        assert.deepStrictEqual(Array.from(await pool.together("spin", spins)), spins.map(spin))
      } finally {
        await pool.close()
      }
    }
  )

  it("know what a spin must give without doing it", () => {
    for (const iterations of [0, 1, 2, 1023, 4096]) {
      assert.strictEqual(spun(spinInput(77, iterations)), spin(spinInput(77, iterations)))
    }
  })
})
