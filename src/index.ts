// The public names of Poniard, re-exported; nothing else. A worker that imports "poniard" gets worker/poniard.ts, which
// has the same names without loading Effect: a name added here is added there too (a test compares them).
export { all } from "./graph/all.ts"
export { delayed } from "./graph/Delayed.ts"
export {
  ChunkLost,
  GraphInvalid,
  InputChanged,
  InputMutated,
  NotTransferable,
  ProcessorLost,
  StorageFailed,
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

export { Storage } from "./chunk/Storage.ts"

export { Engine } from "./engine/PublicEngine.ts"
export { Chunk, collect, collectExit, completed, compute, spawn, Spawned, spawnWith } from "./engine/verbs.ts"

export type { DiskStorage, DiskStorageOptions } from "./chunk/DiskStorage.ts"
export type { MemoryStorage, MemoryStorageOptions } from "./chunk/MemoryStorage.ts"
export type { PutOptions, StorageDevice, Stored } from "./chunk/StorageDevice.ts"
export type { StorageFilter } from "./chunk/storageFilters.ts"
export type { EngineSnapshot } from "./engine/EngineSnapshot.ts"
export type { Turn } from "./engine/Journal.ts"
export type { TestOptions } from "./engine/layerTest.ts"
export type { EngineOptions } from "./engine/options.ts"
export type { TaskError } from "./graph/errors.ts"
export type { TaskOptions } from "./graph/options.ts"
export type {
  AnyDelayed,
  AnyHandle,
  Delay,
  Delayed,
  DelayOutputs,
  Group,
  Handle,
  Input,
  Inputs,
  Outputs,
  TaskFunction,
  Values
} from "./graph/types.ts"
export type { Chunks, Collectable, Exits, SpawnOptions } from "./graph/verbs.ts"
export type { Command as EngineCommand } from "./scheduler/Command.ts"
export type { Event as EngineEvent } from "./scheduler/Event.ts"
