// What `import "poniard"` gives in a worker (export condition `poniard-worker`): the names of index.ts, of which the light
// ones are themselves and the heavy ones stand-ins, so that a task module starts without Effect. A name that index.ts
// exports and this file lacks fails test/worker/poniard.test.ts. Its types are index.ts's; TypeScript never looks here.
import { standIn } from "./StandIn.ts"

export { all } from "../graph/all.ts"
export { delayed } from "../graph/Delayed.ts"
export { Task } from "../graph/Task.ts"

/** What needs Effect: each name stands for the thing itself, which is loaded at its first touch. */
export const ChunkLost = standIn("ChunkLost"),
  GraphInvalid = standIn("GraphInvalid"),
  InputChanged = standIn("InputChanged"),
  InputMutated = standIn("InputMutated"),
  NotTransferable = standIn("NotTransferable"),
  ProcessorLost = standIn("ProcessorLost"),
  Storage = standIn("Storage"),
  StorageFailed = standIn("StorageFailed"),
  StoreFull = standIn("StoreFull"),
  TaskCancelled = standIn("TaskCancelled"),
  TaskFailed = standIn("TaskFailed"),
  TaskFunctionMissing = standIn("TaskFunctionMissing"),
  TaskModuleUnloadable = standIn("TaskModuleUnloadable"),
  TaskTimedOut = standIn("TaskTimedOut"),
  TaskTrace = standIn("TaskTrace"),
  Unplaceable = standIn("Unplaceable"),
  Engine = standIn("Engine"),
  Chunk = standIn("Chunk"),
  collect = standIn("collect"),
  collectExit = standIn("collectExit"),
  completed = standIn("completed"),
  compute = standIn("compute"),
  spawn = standIn("spawn"),
  Spawned = standIn("Spawned"),
  spawnWith = standIn("spawnWith")
