// Performs what the scheduler orders. Nothing here waits: batches go to processors, moves to fibers of their own, and
// users' code is called after the turn.
import { Entry } from "../chunk/Entry.ts"
import type { Command } from "../scheduler/Command.ts"
import type { Reason } from "../scheduler/Event.ts"
import { NONE } from "../scheduler/TaskTable.ts"
import type { Core } from "./Core.ts"
import { failureThrough, type Fault } from "./Failure.ts"
import { gather } from "./gather.ts"
import type { Mover } from "./Mover.ts"
import { Wish } from "./Wish.ts"

/** Starts a timer: `fire` is called in a turn after `ms`. */
export type After = (ms: number, command: Extract<Command, { readonly _tag: "after" }>) => void

/** What the engine knows of a failure that the scheduler found. */
const faultOf = (core: Core, task: number, reason: Reason): Fault => {
  const known = core.faults.get(task)
  if (known !== undefined && reason === "error") return known
  switch (reason) {
    case "full":
      return { needed: core.state.needs.get(task) ?? 0, budget: core.store.budget }
    case "timeout":
      return {
        ...known,
        timeout: core.node(task).template.options.timeout,
        attempt: (core.attempts.get(task) ?? 0) + 1
      }
    case "lost":
      return known ?? core.lastLoss
    case "unplaceable":
      if (core.givenUp !== undefined && core.node(task).template.fn.kind !== "closure") return { error: core.givenUp }
      return {
        wanted: [core.node(task).template.fn.kind === "closure" ? "this thread" : "a thread for its task module"],
        present: [...core.running.keys()].map((worker) => `${core.processors.get(worker)?.kind ?? "?"} ${worker}`),
        detail: core.lastLoss.exit?.reason ?? ""
      }
    default:
      return known ?? {}
  }
}

/**
 * The tasks that failed with a task: of a chain the member that is to blame and those after it, or all if an input is; a
 * chain of which no member is to blame failed as one.
 */
const failedWith = (core: Core, task: number, hasVia: boolean, fault: Fault): ReadonlyArray<string> => {
  const from = hasVia ? 0 : fault.member ?? -1
  return from < 0 ? [core.nameOf(task)] : core.membersOf(task).slice(from)
}

const fail = (core: Core, command: Extract<Command, { readonly _tag: "fail" }>): void => {
  for (let i = 0; i < command.tasks.length; i++) {
    const task = command.tasks[i]
    const via = command.via[i] === NONE ? undefined : core.failures.get(command.via[i])
    const node = core.nodes[task]
    if (node instanceof Wish) {
      node.failure = via ??
        {
          name: core.nameOf(task),
          via: undefined,
          reason: command.reasons[i],
          fault: faultOf(core, task, command.reasons[i])
        }
      core.afterTurn.push(() => node.become("failed"))
    } else {
      const reason = command.reasons[i]
      const fault = via === undefined ? faultOf(core, task, reason) : {}
      const names = failedWith(core, task, via !== undefined, fault)
      core.failures.set(task, failureThrough(names, { via, reason, fault }))
      core.state.needs.delete(task)
      core.failed++
    }
  }
}

const release = (core: Core, mover: Mover, command: Extract<Command, { readonly _tag: "release" }>): void => {
  for (let i = 0; i < command.chunks.length; i++) {
    const chunk = command.chunks[i]
    const held = core.store.delete(chunk)
    if (held instanceof Entry) mover.discard(held)
    core.chunkIds.release(chunk)
  }
  for (let i = 0; i < command.tasks.length; i++) core.forget(command.tasks[i])
}

/** Performs the commands of a turn. */
export const perform = (core: Core, mover: Mover, after: After, commands: ReadonlyArray<Command>): void => {
  if (core.state.memory.away > 0) gather(core, mover.rooms, commands)
  for (const command of commands) {
    switch (command._tag) {
      case "run":
        core.running.get(command.worker)?.run(command.tasks, command.attempts)
        break
      case "interrupt":
        core.running.get(command.worker)?.interrupt(command.tasks, command.attempts)
        break
      case "retract":
        core.running.get(command.worker)?.retract(command.tasks, command.attempts)
        break
      case "fail":
        fail(core, command)
        break
      case "settle":
        for (const task of command.wishes) {
          const wish = core.nodes[task] as Wish
          if (wish.status === "pending") core.afterTurn.push(() => wish.become("settled"))
        }
        break
      case "release":
        release(core, mover, command)
        break
      case "spill":
        mover.spill(command.chunks)
        break
      case "restore":
        mover.restore(command.chunks)
        break
      case "move":
        for (const chunk of command.chunks) core.store.evict(core.store.get(chunk) as Entry)
        break
      case "after":
        after(command.ms, command)
        break
    }
  }
}
