// A job with checkpoints that is killed and started again: 120 tasks in layers, under a budget that makes
// it spill. Arguments: the folder of checkpoints, the log, and a seed of the graph.
import { Effect } from "effect"
import { collect, type Delayed, delayed, Engine } from "poniard"
import { fold, grow } from "../modules4/layers.ts"
import { layersOf } from "../resuming.ts"

const [directory, log, seed] = process.argv.slice(2)

const job = Effect.suspend(() => {
  const made = new Map<number, Delayed<Float64Array>>()
  const node = (id: number, inputs: ReadonlyArray<number>): Delayed<Float64Array> => {
    const options = { checkpoint: true, name: `t${id}` } as const
    return inputs.length === 0
      ? delayed(grow, options)(log, id, 1000 + 500 * (id % 9))
      : delayed(fold, options)(log, id, inputs.map((input) => made.get(input)!))
  }
  const graph = layersOf(Number(seed))
  for (const { id, inputs } of graph) made.set(id, node(id, inputs))
  return collect(graph.filter(({ isWanted }) => isWanted).map(({ id }) => made.get(id)!))
})

const layer = Engine.layer({ threads: 2, memory: "1 MiB", checkpoint: { directory } })
const results = await Effect.runPromise(Effect.provide(job, layer))
process.stdout.write(JSON.stringify(results.map((numbers) => numbers.reduce((a, b) => a + b, 0))))
