// One sample of `memory`, in a process of its own, whose heap knows nothing of earlier ones: `node bench/memory/sample.ts
// TASKS THREADS` prints as JSON the bytes per waiting task. Every task waits for two others, the first two for a gate.
import { Deferred, Effect, Fiber, ManagedRuntime } from "effect"
import { setTimeout } from "node:timers/promises"
import { collect, type Delayed, delayed, Engine } from "poniard"
import { check, sweep } from "../harness/interleave.ts"
import { merged } from "../tasks.ts"

const tasks = Number(process.argv[2])
const threads = Number(process.argv[3])
const patienceMs = 120_000
const window = 1000

/** Two tasks on this thread that end when the gate opens, then so many that take two of the last 1000: the last one. */
const build = (gate: Deferred.Deferred<number>): Delayed<number> => {
  const held = delayed((number: number) => Effect.map(Deferred.await(gate), (base) => base + number))
  const task = delayed(merged)
  const made: Array<Delayed<number>> = [held(1), held(2)]
  for (let i = 2; i < tasks + 2; i++) {
    const reach = Math.min(window, i - 1)
    made.push(task(made[i - 1], made[i - 2 - i * 7919 % reach]))
  }
  return made[made.length - 1]
}

/** Everything that this process's JavaScript holds, garbage swept: external bytes and those of array buffers apart. */
const held = async (): Promise<NodeJS.MemoryUsage> => {
  for (let i = 0; i < 3; i++) await sweep()
  return process.memoryUsage()
}

const runtime = ManagedRuntime.make(Engine.layer({ threads }))
await runtime.context()
const gate = Deferred.makeUnsafe<number>()
const last = build(gate)
const before = await held()
const started = performance.now()
const collecting = runtime.runFork(collect(last))
while (true) {
  const { tasks: counts } = await runtime.runPromise(Engine.snapshot)
  if (counts.waiting >= tasks) break
  check(performance.now() - started < patienceMs, () => `only ${counts.waiting} of ${tasks} tasks wait after 2 minutes`)
  await setTimeout(5)
}
const submitMs = performance.now() - started
const after = await held()
const { tasks: counts } = await runtime.runPromise(Engine.snapshot)
// The collect itself and what stands for it may wait, too.
check(counts.waiting - tasks <= 2 && counts.done === 0, () => `waiting ${counts.waiting}, done ${counts.done}`)
await runtime.runPromise(Fiber.interrupt(collecting))
const dropped = performance.now()
while (true) {
  const { tasks: left } = await runtime.runPromise(Engine.snapshot)
  if (left.waiting === 0) break
  check(performance.now() - dropped < patienceMs, () => `${left.waiting} tasks still wait when nobody wants them`)
  await setTimeout(5)
}

// `bytes` adds up as issue 3 says; Node's `external` has the array buffers in it, so that they count twice: `once` is without.
const each = (of: (usage: NodeJS.MemoryUsage) => number): number => (of(after) - of(before)) / tasks
console.log(JSON.stringify({
  bytes: each((usage) => usage.heapUsed + usage.external + usage.arrayBuffers),
  once: each((usage) => usage.heapUsed + usage.external),
  heap: each((usage) => usage.heapUsed),
  external: each((usage) => usage.external),
  arrayBuffers: each((usage) => usage.arrayBuffers),
  rss: each((usage) => usage.rss),
  submitMs
}))
await runtime.dispose()
