// The public names of Poniard, re-exported; nothing else. A worker that imports "poniard" gets worker/poniard.ts, which
// has the same names without loading Effect: a name added here is added there too (a test compares them).
export { all } from "./graph/all.ts"
export { delayed } from "./graph/Delayed.ts"
export {
  ChunkLost,
  GraphInvalid,
  InputMutated,
  NotTransferable,
  ProcessorLost,
  StoreFull,
  TaskCancelled,
  TaskFailed,
  TaskFunctionMissing,
  TaskModuleUnloadable,
  TaskTimedOut,
  TaskTrace,
  Unplaceable
} from "./graph/errors.ts"
export { Task } from "./graph/Task.ts"

export type { TaskError } from "./graph/errors.ts"
export type { TaskOptions } from "./graph/options.ts"
export type { Delayed, Handle, Input, Inputs, TaskFunction } from "./graph/types.ts"
export { Engine } from "./engine/PublicEngine.ts"
export { Chunk, collect, collectExit, completed, compute, spawn, Spawned, spawnWith } from "./engine/verbs.ts"
