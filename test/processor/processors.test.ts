// Every processor that there is, run through the contract. What only one of them does is in test/engine and test/sim.
import { Clock, Context } from "effect"
import { subscribe } from "node:diagnostics_channel"
import type { Worker } from "node:worker_threads"
import { nullProcessor } from "../../bench/overhead/nullProcessor.ts"
import { fiberProcessor } from "../../src/processor/fiber.ts"
import { seeded, simulatedProcessor } from "../../src/processor/simulated.ts"
import { VirtualClock } from "../../src/processor/VirtualClock.ts"
import { workerProcessor } from "../../src/processor/worker.ts"
import { type Made, processorContract } from "./contract.ts"

const threads: Array<Worker> = []
subscribe("worker_threads", (message) => threads.push((message as { readonly worker: Worker }).worker))

/** Threads that run; Node gives one that has ended the number -1. */
const left = (): number => threads.filter(({ threadId }) => threadId !== -1).length

const simulated = (loss: number): Made => {
  const clock = new VirtualClock()
  const processor = simulatedProcessor({ clock, random: seeded(1), duration: () => 1, loss })
  return { processor, context: Context.make(Clock.Clock, clock) as Context.Context<never> }
}

processorContract({
  name: "fiber",
  make: () => ({ processor: fiberProcessor({ module: true, fibers: 2 }) }),
  runs: true,
  givesBack: false,
  left
})

for (const transport of ["thread", "bytes"] as const) {
  const make = () => ({ processor: workerProcessor(transport, { check: false, heap: Infinity }) })
  processorContract({
    name: `worker (${transport})`,
    make,
    runs: true,
    givesBack: true,
    loses: make,
    left
  })
}

processorContract({
  name: "simulated",
  make: () => simulated(0),
  runs: true,
  givesBack: true,
  loses: () => simulated(1),
  left
})

processorContract({
  name: "null",
  make: () => ({ processor: nullProcessor() }),
  runs: false,
  givesBack: false,
  left
})
