// Runs random graphs of random sizes under random budgets on real threads (issue 4, line 4): they end, they are right, and
// the store stays within its budget but for what it counts as an overdraft. A failing seed is in the message.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { collect, type Delayed, delayed, Engine } from "poniard"
import { generator } from "../chunk/generator.ts"
import { unlessItHangs } from "./hangs.ts"
import { mix, sumOf } from "./modules4/sized.ts"
import { emptied } from "./overTransports.ts"

const MiB = 2 ** 20

interface Planned {
  readonly id: number
  readonly length: number
  readonly inputs: ReadonlyArray<number>
}

/** A graph whose tasks, with their inputs, take up to three quarters of the budget each, and ten times it together. */
const plan = (random: () => number, budget: number): ReadonlyArray<Planned> => {
  const below = (n: number): number => Math.floor(random() * n)
  const planned: Array<Planned> = []
  const bytesOf = (id: number): number => 8 * planned[id].length
  const reach = 2 + below(40)
  for (let total = 0; total < 10 * budget && planned.length < 400;) {
    const id = planned.length
    const length = 1 + below(budget / 8 / (random() < 0.3 ? 6 : 60))
    const inputs: Array<number> = []
    let room = budget * 0.75 - 8 * length
    for (let i = below(5); i > 0 && id > 0; i--) {
      const input = Math.max(0, id - 1 - below(reach))
      if (inputs.includes(input) || bytesOf(input) > room) continue
      room -= bytesOf(input)
      inputs.push(input)
    }
    planned.push({ id, length, inputs })
    total += 8 * length
  }
  return planned
}

const expected = (planned: ReadonlyArray<Planned>): ReadonlyArray<number> => {
  const sums: Array<number> = []
  for (const { id, inputs, length } of planned) {
    let seed = id
    for (const input of inputs) seed = (seed * 31 + sums[input]) % 1_000_003
    let sum = 0
    for (let i = 0; i < length; i++) sum = (sum + (seed + i) % 1009) % 1_000_003
    sums.push(sum)
  }
  return sums
}

/** Runs the graph of a seed; returns the bytes that were written to disk. */
export const runRandom = Effect.fnUntraced(function*(seed: number, transport: "thread" | "bytes") {
  const random = generator(seed)
  const budget = Math.floor((1 + 5 * random()) * MiB)
  const planned = plan(random, budget)
  const body = Effect.gen(function*() {
    const made: Array<Delayed<Float64Array>> = []
    for (const { id, inputs, length } of planned) {
      made.push(delayed(mix)(id, length, inputs.map((input) => made[input])))
    }
    const sums = yield* collect(made.map((numbers) => delayed(sumOf)(numbers)))
    assert.deepStrictEqual(sums, expected(planned))
    yield* emptied
    const { overdrafts, peakStoreBytes, spilledBytes, trouble } = (yield* Engine.snapshot).memory
    const largest = 8 * Math.max(...planned.map(({ length }) => length))
    assert.isUndefined(trouble)
    // Over bytes a result arrives whether there is room or not: what the two threads are sending comes on top.
    const beside = transport === "thread" ? 0 : 8 * largest
    assert.isAtMost(peakStoreBytes, budget + overdrafts * (largest + 64) + beside, `${overdrafts} overdrafts`)
    return spilledBytes
  })
  const threads = 1 + seed % 3
  return yield* unlessItHangs(body).pipe(
    Effect.provide(Engine.layer({ threads, memory: budget, transport }), { local: true }),
    Effect.catchCause((cause) => Effect.die(new Error(`seed ${seed}, ${budget} bytes, ${threads} threads: ${cause}`)))
  )
})
