// Performs the scheduler's commands in a simulated world, and holds each against what the world knows: nothing is sent
// without its inputs, nothing twice, nothing is released or moved that is not there.
import type { Command } from "../../src/scheduler/Command.ts"
import { FAR } from "../../src/scheduler/Event.ts"
import { Instance, SimWish } from "./Node.ts"
import type { Processor } from "./Processor.ts"
import type { World } from "./World.ts"

type Of<Tag> = Extract<Command, { readonly _tag: Tag }>

const run = (world: World, { attempts, tasks, worker }: Of<"run">): void => {
  const processor = world.pool.processors.get(worker)
  if (processor === undefined) return world.broken(`run: there is no processor ${worker}`)
  tasks.forEach((task, i) => {
    const item = world.items[task]
    if (!(item instanceof Instance)) return world.broken(`run: ${task} is no task`)
    if (item.ended !== "") world.broken(`run: task ${task} is ${item.ended}`)
    if (item.attempt !== 0) world.broken(`run: task ${task} runs already, as attempt ${item.attempt}`)
    if (world.attempts.has(attempts[i])) world.broken(`run: attempt ${attempts[i]} has been there`)
    const awaited: Array<number> = []
    for (const input of item.inputs) {
      if (input.released) world.broken(`run: input ${input.chunk} of task ${task} was released`)
      if (input.owner !== undefined && canFollow(world, item, input.owner, processor)) {
        awaited.push(world.state.tasks.attempt[input.owner.task])
      } else if (input.memory === 0 || input.memory === FAR) {
        world.broken(`run: input ${input.chunk} of task ${task} is not in memory`)
      }
    }
    if (processor.ahead > 0) { for (const input of item.inputs) world.store.send(input.chunk, input) }
    if (!processor.accepts.includes(item.node.fn.taskClass.where)) {
      world.broken(`run: task ${task} is not for processor ${worker}`)
    }
    if (awaited.length > 0) world.outcomes.followers++
    item.attempt = attempts[i]
    world.attempts.set(attempts[i], item)
    processor.run(item, attempts[i], awaited)
  })
}

/** Whether a task may be sent to a processor before an input of it is there. */
const canFollow = (world: World, item: Instance, owner: Instance, processor: Processor): boolean => {
  const { attempt, worker } = world.state.tasks
  // Its order to run may be another of the same step.
  if (owner.ended !== "" || attempt[owner.task] === 0 || !item.node.fn.taskClass.early) return false
  if (!owner.node.fn.taskClass.handsOver) return false
  const maker = world.pool.processors.get(worker[owner.task])
  if (maker === processor) return processor.follows !== "none"
  return maker?.follows === "shared" && processor.follows === "shared"
}

const interrupt = (world: World, { attempts, tasks, worker }: Of<"interrupt">): void =>
  attempts.forEach((attempt, i) => {
    const instance = world.attempts.get(attempt)
    if (instance === undefined || instance.task !== tasks[i]) {
      return world.broken(`interrupt: ${attempt} is no attempt of ${tasks[i]}`)
    }
    if (instance.attempt !== attempt) world.broken(`interrupt: attempt ${attempt} does not count`)
    instance.attempt = 0
    world.pool.processors.get(worker)?.interrupt(attempt)
  })

const retract = (world: World, { attempts, worker }: Of<"retract">): void => {
  for (const attempt of attempts) {
    if (!world.attempts.has(attempt)) world.broken(`retract: there is no attempt ${attempt}`)
  }
  world.pool.processors.get(worker)?.retract(attempts)
}

const settle = (world: World, { wishes }: Of<"settle">): void => {
  for (const task of wishes) {
    const wish = world.items[task]
    if (!(wish instanceof SimWish)) return world.broken(`settle: ${task} is no wish`)
    if (wish.status !== "pending" && wish.status !== "dropped") world.broken(`settle: wish ${task} is ${wish.status}`)
    for (const { chunk, owner, released } of wish.held) {
      if (released && wish.status !== "dropped") world.broken(`settle: chunk ${chunk} of wish ${task} was released`)
      const ended = owner === undefined ? "stored" : owner.ended
      if (ended === "" || (ended === "failed" && !wish.exits)) {
        world.broken(`settle: wish ${task} has a task that is not stored`)
      }
    }
    if (wish.status === "pending") wish.become("settled")
  }
}

const fail = (world: World, { reasons, tasks, via }: Of<"fail">): void =>
  tasks.forEach((task, i) => {
    const item = world.items[task]
    if (item === undefined) return world.broken(`fail: ${task} is free`)
    const inputs = item instanceof Instance ? item.inputs : item.held
    if (via[i] >= 0) {
      const cause = world.items[via[i]]
      if (!(cause instanceof Instance) || cause.ended !== "failed") {
        return world.broken(`fail: ${task} via ${via[i]}, which did not fail`)
      }
      if (!inputs.some((input) => input.owner === cause)) {
        world.broken(`fail: ${task} via ${via[i]}, which is no input of it`)
      }
    } else if (!mayFail(world, item, reasons[i])) world.broken(`fail: ${task} for no reason: ${reasons[i]}`)
    if (item instanceof Instance) {
      if (item.ended !== "") world.broken(`fail: task ${task} is ${item.ended} already`)
      item.ended = "failed"
    } else {
      if (item.status === "settled" || item.status === "failed") {
        world.broken(`fail: wish ${task} is ${item.status} already`)
      }
      if (item.exits && via[i] >= 0) world.broken(`fail: wish ${task} wants exits`)
      item.become("failed")
    }
  })

const mayFail = (world: World, item: Instance | SimWish, reason: string): boolean => {
  const inputs = item instanceof Instance ? item.inputs : item.held
  if (reason === "chunk lost") return inputs.some((input) => input.lost)
  if (item instanceof SimWish) return item.cancelled && reason === "cancelled"
  if (reason === "full") return inputs.reduce((sum, input) => sum + input.bytes, 0) > world.plan.budget
  if (reason === "lost") return item.losses >= 3 || (item.losses > 0 && !item.node.fn.taskClass.rerun)
  if (reason === "unplaceable") return world.pool.stranded.has(item.node.fn.taskClass.where)
  return item.reasons.has(reason as never)
}

const release = (world: World, { chunks, tasks }: Of<"release">): void => {
  for (const chunk of chunks) {
    const held = world.held[chunk]
    if (held === undefined) return world.broken(`release: chunk ${chunk} is free`)
    if (world.users.isKept(held)) world.broken(`release: chunk ${chunk} is kept`)
    held.released = true
    world.held[chunk] = undefined
    world.chunkIds.release(chunk)
  }
  for (const task of tasks) {
    const item = world.items[task]
    if (item === undefined) return world.broken(`release: task ${task} is free`)
    if (item instanceof SimWish && item.status !== "dropped") world.broken(`release: wish ${task} is wanted`)
    if (item instanceof Instance && item.outputs.some((held) => !held.released)) {
      world.broken(`release: task ${task} before its outputs`)
    }
    world.items[task] = undefined
    world.taskIds.release(task)
  }
}

/** Performs one command. */
export const perform = (world: World, command: Command): void => {
  switch (command._tag) {
    case "run":
      return run(world, command)
    case "interrupt":
      return interrupt(world, command)
    case "retract":
      return retract(world, command)
    case "settle":
      return settle(world, command)
    case "fail":
      return fail(world, command)
    case "release":
      return release(world, command)
    case "spill":
      return command.chunks.forEach((chunk) => world.store.spill(chunk))
    case "restore":
      return command.chunks.forEach((chunk) => world.store.restore(chunk))
    case "move":
      return command.chunks.forEach((chunk) => world.store.forget(chunk))
    case "after":
      return world.pool.after(command)
  }
}
