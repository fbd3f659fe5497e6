// What a worker's word on a failed attempt means to the engine.
import * as Cause from "effect/Cause"
import { decode } from "../chunk/codec.ts"
import { InputMutated, NotTransferable, StoreFull, TaskFunctionMissing, TaskModuleUnloadable } from "../graph/errors.ts"
import type { Failure } from "../transport/Message.ts"
import type { Failed, Host } from "./Processor.ts"
import { changedInput } from "./Unchanged.ts"

const read = (host: Host, failure: Failure): unknown => {
  if (failure.error === undefined) return new Error(failure.text)
  try {
    return decode(failure.error.head, failure.error.buffers, host.store.crossing)
  } catch (error) {
    return error
  }
}

/** Where a bad value is, for people: the worker says `result.items[0]`. */
const placeOf = (path: string, name: string): string => {
  const [, what, rest] = /^(result|failure)(.*)$/s.exec(path) ?? ["", "an input", path]
  return `${what} of "${name}"${rest === "" ? "" : `: ${rest}`}`
}

/** Which input was changed, and of which member: a worker counts those of a whole chain. */
const mutated = (host: Host, { attempt, path, task }: Failure): Failed => {
  const index = Number(/^input (\d+)$/.exec(path)?.[1] ?? 0) - 1
  const { error, member } = index < 0 || !host.isCurrent(task, attempt)
    ? { error: new InputMutated({ task: host.nameOf(task), path }), member: -1 }
    : changedInput(host, task, host.source.fn(task).parts, index)
  return { task, attempt, member, cause: undefined, error, typed: true, retryable: false, stack: "" }
}

const poniards = (host: Host, failure: Failure): object | undefined => {
  const name = host.nameOf(failure.task, failure.member)
  switch (failure.kind) {
    case "missing":
      return new TaskFunctionMissing({ module: failure.path, function: failure.text, registered: failure.names })
    case "unloadable":
      return new TaskModuleUnloadable({ file: failure.path, reason: failure.text, hint: failure.hint })
    case "refused":
      return new NotTransferable({ path: placeOf(failure.path, name), reason: failure.text })
    case "full":
      return new StoreFull({ needed: failure.bytes, budget: host.store.budget, task: name })
    default:
      return undefined
  }
}

/** A failed attempt as the engine is told of it. */
export const faultOf = (host: Host, failure: Failure): Failed => {
  const { attempt, member = -1, task, text: stack } = failure
  if (failure.kind === "mutated") return mutated(host, failure)
  const error = poniards(host, failure)
  if (error !== undefined) {
    return { task, attempt, member, cause: undefined, error, typed: true, retryable: false, stack: "" }
  }
  const told = read(host, failure)
  const cause = failure.kind === "fail" && Cause.isCause(told) ? told : Cause.die(told)
  return { task, attempt, member, cause, error: undefined, typed: failure.path === "typed", retryable: true, stack }
}
