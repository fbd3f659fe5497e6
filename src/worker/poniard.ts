// What `import "poniard"` gives in a worker (export condition `poniard-worker`): the names of index.ts, of which the light
// ones are themselves and the heavy ones stand-ins, so that a task module starts without Effect. A name that index.ts
// exports and this file lacks fails test/worker/poniard.test.ts. Its types are index.ts's; TypeScript never looks here.
import { standIn } from "./StandIn.ts"

export { all } from "../graph/all.ts"
export { delayed } from "../graph/Delayed.ts"
export { Task } from "../graph/Task.ts"

export const ChunkLost = standIn("ChunkLost")
export const GraphInvalid = standIn("GraphInvalid")
export const InputMutated = standIn("InputMutated")
export const NotTransferable = standIn("NotTransferable")
export const ProcessorLost = standIn("ProcessorLost")
export const StoreFull = standIn("StoreFull")
export const TaskCancelled = standIn("TaskCancelled")
export const TaskFailed = standIn("TaskFailed")
export const TaskFunctionMissing = standIn("TaskFunctionMissing")
export const TaskModuleUnloadable = standIn("TaskModuleUnloadable")
export const TaskTimedOut = standIn("TaskTimedOut")
export const TaskTrace = standIn("TaskTrace")
export const Unplaceable = standIn("Unplaceable")
export const Engine = standIn("Engine")
export const Chunk = standIn("Chunk")
export const collect = standIn("collect")
export const collectExit = standIn("collectExit")
export const completed = standIn("completed")
export const compute = standIn("compute")
export const spawn = standIn("spawn")
export const Spawned = standIn("Spawned")
export const spawnWith = standIn("spawnWith")
