// One sample of `latency` cold-start, in a process of its own: `node bench/latency/cold-start.ts SYSTEM SETTING THREADS` prints
// the milliseconds from starting the pool (ours: building the layer) to the first result. Libraries are loaded before.
import { systems } from "../systems/systems.ts"
import { noop } from "../work.ts"

const [name, setting, threads] = process.argv.slice(2)
const system = systems.find((system) => system.name === name)
if (system === undefined) throw new Error(`cold-start: no system named ${name}`)

const start = await system.load()
const started = performance.now()
const pool = await start(setting, Number(threads))
const results = await pool.together("noop", [41])
const ms = performance.now() - started
if (results[0] !== noop(41)) throw new Error(`cold-start: ${name} gave ${results[0]}`)
console.log(ms)
await pool.close()
