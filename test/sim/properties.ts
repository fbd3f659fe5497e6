// What must hold in a simulated world: after every turn, when it has come to rest, and when nobody wants anything any
// more; and that its events told again give the same commands.
import { check } from "../../src/scheduler/check.ts"
import { RECOMPUTING } from "../../src/scheduler/ChunkTable.ts"
import type { Command } from "../../src/scheduler/Command.ts"
import { explainAll } from "../../src/scheduler/explain.ts"
import { letGoOfMore } from "../../src/scheduler/release.ts"
import { makeState } from "../../src/scheduler/State.ts"
import type { Memory, State } from "../../src/scheduler/State.ts"
import { apply, decide } from "../../src/scheduler/step.ts"
import { READY } from "../../src/scheduler/TaskTable.ts"
import { Instance, SimWish } from "./Node.ts"
import type { Turn, World } from "./World.ts"

/** Bytes in memory or promised, as the scheduler sees it. */
const used = ({ reserved, resident, restoring }: Memory): number => resident + reserved + restoring

/** What the scheduler had before it decided. */
export interface Told {
  readonly memory: Memory
  /** attempts that processors had */
  readonly sent: number
}

/** What the scheduler has before it decides. */
export const told = (state: State): Told => ({
  memory: { ...state.memory },
  sent: state.alive.reduce((sum, w) => sum + w.sent, 0)
})

/** After a turn. */
export const afterTurn = (world: World, before: Told, turn: Turn): void => {
  const wrong = check(world.state)
  if (wrong.length > 0) world.broken(`check: ${wrong.join("; ")}`)
  for (const item of world.items) if (item instanceof Instance) agrees(world, item)
  budgetHolds(world, before, turn)
  if (world.plan.budget === Infinity) noneIdle(world)
  for (const command of turn.commands) {
    if (command._tag !== "run") continue
    const w = world.state.workers.get(command.worker)!
    if (w.ahead === 0 && w.sent > w.capacity[0]) {
      world.broken(`processor ${w.id}: ${w.sent} tasks in ${w.capacity[0]} slots`)
    }
  }
}

/** The scheduler and the world mean the same by an attempt, and it has what it needs. */
const agrees = (world: World, instance: Instance): void => {
  const { tasks } = world.state
  const { attempt, inputs, task } = instance
  if (tasks.attempt[task] !== attempt) {
    world.broken(`task ${task}: attempt ${attempt} for the world, ${tasks.attempt[task]} for the scheduler`)
  }
  if (attempt === 0) return
  for (const input of inputs) {
    // It may have been sent behind a task that is to make its input.
    if (input.owner?.ended === "" && instance.node.fn.taskClass.early) continue
    if (input.released || input.memory === 0) world.broken(`task ${task} runs, but its input ${input.chunk} is gone`)
  }
}

/** No processor has nothing to do while there is a task that it could run. */
const noneIdle = (world: World): void => {
  const { alive, classes, tasks } = world.state
  for (const w of alive) {
    if (w.sent > 0 || w.leaving) continue
    for (const item of world.items) {
      if (!(item instanceof Instance) || tasks.status[item.task] !== READY) continue
      const { demand, where } = classes[tasks.taskClass[item.task]]
      const fits = demand.every((units, r) => r === 0 || units <= w.capacity[r] - w.used[r])
      if (w.accepts.includes(where) && fits) {
        world.broken(`processor ${w.id}: has nothing to do, but task ${item.task} is ready`)
      }
    }
  }
}

/** What is sent or fetched fits into the budget, but for overdrafts: one at a time, when nothing else could be done. */
const budgetHolds = (world: World, before: Told, turn: Turn): void => {
  const { memory } = world.state
  const sent = turn.commands.reduce((sum, command) => sum + (command._tag === "run" ? command.tasks.length : 0), 0)
  const overdrafts = memory.overdrafts - before.memory.overdrafts
  if (overdrafts === 0) {
    if (used(memory) > memory.budget && used(memory) > used(before.memory)) {
      world.broken(`memory: ${used(memory)} of ${memory.budget} bytes, ${used(before.memory)} before`)
    }
    return
  }
  const fetched = turn.commands.some((command) => command._tag === "restore") ? 1 : 0
  // What waits for a value that is computed anew is let in, too, and sends nothing.
  const recomputes = world.state.chunks.flags.some((flags) => (flags & RECOMPUTING) !== 0)
  if (recomputes ? sent + fetched > 1 : overdrafts > 1 || sent + fetched !== 1) {
    world.broken(`overdraft: ${overdrafts}, and ${sent} sent`)
  }
  // What fails in the turn can be what was being moved.
  if (turn.commands.some((command) => command._tag === "fail")) return
  if (before.sent > 0 || before.memory.spilling > 0 || before.memory.restoring > 0) world.broken("overdraft: too early")
}

/** When nothing happens any more. */
export const atRest = (world: World): void => {
  const { state } = world
  for (const wish of world.users.wishes) {
    if (wish.status !== "pending") continue
    const why = explainAll(state, (task) => `#${task}`, 20)
    world.broken(`wish ${wish.task} never settles: ${why}`)
  }
  for (const w of state.workers.values()) {
    if (w.sent > 0 || w.suspended > 0) {
      world.broken(`processor ${w.id}: has ${w.sent} attempts, and ${w.suspended} that wait`)
    }
  }
}

/** When nobody wants anything any more. */
export const atEnd = (world: World): void => {
  const { state } = world
  const { chunks, edges, memory, tasks } = state
  const left = {
    tasks: tasks.counts.reduce((sum, count, status) => status === 0 ? sum : sum + count, 0),
    chunks: chunks.count,
    edges: edges.count,
    evictable: state.evictable.size,
    reservations: state.reservations.size,
    yielded: state.yielded.size,
    restores: state.restores.size,
    fetching: state.fetching.size,
    admitted: state.admitted.size,
    timers: state.timers.size,
    orphans: state.orphans.length,
    linking: state.linking.size,
    unswept: state.unswept.length,
    withdrawn: state.withdrawn.length,
    open: state.open.size,
    resident: memory.resident,
    reserved: memory.reserved,
    spilling: memory.spilling,
    restoring: memory.restoring,
    away: memory.away,
    taskIds: world.taskIds.used,
    chunkIds: world.chunkIds.used
  }
  for (const [what, count] of Object.entries(left)) if (count !== 0) world.broken(`left at the end: ${count} ${what}`)
  for (const w of state.workers.values()) {
    if (w.expected !== 0 || w.ghosts.size > 0) {
      world.broken(`left at processor ${w.id}: ${w.expected} ms, ${w.ghosts.size} ghosts`)
    }
  }
  for (const item of world.items) if (item instanceof SimWish) world.broken("a wish is left")
}

type Columns = Record<string, ReadonlyArray<unknown>>

/** Commands of one turn as columns by kind: a turn of the engine takes some of them out early. */
const columnsOf = (commands: ReadonlyArray<Command>): Columns => {
  const columns: Record<string, Array<unknown>> = {}
  for (const command of commands) {
    for (const [key, value] of Object.entries(command)) {
      const name = `${command._tag} ${"worker" in command ? command.worker : ""} ${key}`
      if (Array.isArray(value)) (columns[name] ??= []).push(...value)
      else if (command._tag === "after") (columns[name] ??= []).push(value)
    }
  }
  return columns
}

const sorted = (columns: Columns): string =>
  Object.keys(columns).sort().map((key) => `${key}: ${JSON.stringify(columns[key])}`).join("\n")

/** The events of a world told to a new scheduler give the same commands. */
export const replay = (world: World): void => {
  const state = makeState({ budget: world.plan.budget, atOnce: world.plan.atOnce })
  world.turns.forEach(({ commands, events }, i) => {
    for (const event of events) apply(state, event)
    letGoOfMore(state)
    const again = sorted(columnsOf(decide(state)))
    const first = sorted(columnsOf(commands))
    if (again !== first) world.broken(`replay of turn ${i + 1}: ${again} and not ${first}`)
  })
}
