// Why what a handle stands for is not there yet, in words: for people who wait, and for tests that hang.
import * as Cause from "effect/Cause"
import { AllNode } from "../graph/all.ts"
import { DelayedNode, OutputNode } from "../graph/Delayed.ts"
import type { Handle } from "../graph/Handle.ts"
import { label } from "../graph/lower.ts"
import { explain } from "../scheduler/explain.ts"
import { isLive } from "../scheduler/submit.ts"
import type { Core } from "./Core.ts"
import { causeOf } from "./Failure.ts"
import { ChunkHandle, SpawnedHandle } from "./handles.ts"

const explainNode = (core: Core, node: DelayedNode): string => {
  if (!core.isAlive(node)) return `"${label(node)}" is no task of this engine: it was not submitted, or is gone`
  const failure = core.failures.get(node.task)
  const line = explain(core.state, node.task, (task) => core.nameOf(task))
  return failure === undefined ? line : `${line}: ${Cause.pretty(causeOf(failure)).split("\n")[0]}`
}

const explainChunk = (core: Core, { chunk, engine, released, wish }: ChunkHandle): string => {
  if (engine !== core.id) return "this chunk belongs to another engine"
  if (released || wish?.status === "dropped" || !isLive(core.state, chunk)) return "this chunk was released"
  const producer = core.state.chunks.producer[chunk]
  return producer < 0
    ? `chunk ${chunk} is stored, ${core.state.chunks.bytes[chunk]} bytes`
    : explain(core.state, producer, (task) => core.nameOf(task))
}

/** Why what a handle stands for is not there yet; a line for each member of a join. */
export const explainHandle = (core: Core, handle: Handle): string => {
  if (handle instanceof AllNode) {
    return Object.values(handle.shape).map((member) => explainHandle(core, member as Handle)).join("\n")
  }
  if (handle instanceof ChunkHandle) return explainChunk(core, handle)
  if (handle instanceof SpawnedHandle) return explainNode(core, handle.node)
  if (handle instanceof OutputNode) return explainNode(core, handle.node)
  return handle instanceof DelayedNode ? explainNode(core, handle) : "this is no handle of a task"
}
