// One run of a workload, in a process of its own, whose memory knows nothing of earlier ones: `node bench/spill/sample.ts
// CASE BYTES BUDGET THREADS` prints its figures as JSON. The engine is up before the clock starts; its threads have not
// loaded the tasks yet, and nothing is compiled.
import { ManagedRuntime } from "effect"
import { Engine } from "poniard"
import { runJob } from "../../examples/out-of-core/runJob.ts"
import { workloads } from "./workloads.ts"

const [name, ...numbers] = process.argv.slice(2)
const [bytes, memory, threads] = numbers.map(Number)
const job = await workloads[name].jobOf(bytes, threads)
const runtime = ManagedRuntime.make(Engine.layer({ threads, memory }))
await runtime.context()
const { dataBytes, blockBytes } = job
console.log(JSON.stringify({ dataBytes, blockBytes, ...await runtime.runPromise(runJob(job)) }))
await runtime.dispose()
