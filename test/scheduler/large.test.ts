// Graphs of 200,000 tasks, wide and deep, through every way of ending: nothing recurses, nothing walks all for each.
// No clock is read (speed lives in benchmarks), but what is quadratic takes minutes here, and LIMIT is ten seconds.
import { assert, describe, it } from "vitest"
import { check } from "../../src/scheduler/check.ts"
import type { Command } from "../../src/scheduler/Command.ts"
import type { Event } from "../../src/scheduler/Event.ts"
import { FIRST_CLASS, INLINE, WISH } from "../../src/scheduler/Event.ts"
import { hasLeft } from "../../src/scheduler/release.ts"
import type { State } from "../../src/scheduler/State.ts"
import { makeState } from "../../src/scheduler/State.ts"
import { step } from "../../src/scheduler/step.ts"
import { READY, RUNNING, WAITING } from "../../src/scheduler/TaskTable.ts"

const COUNT = 200_000
const LIMIT = 10_000
const ascending = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i)

type Inputs = (task: number) => Iterable<number>

const chain: Inputs = (task) => task === 0 ? [] : [task - 1]
const fanIn: Inputs = (task) => task === COUNT - 1 ? ascending(COUNT - 1) : []
const fanOut: Inputs = (task) => task === 0 ? [] : [0]

/** Task i makes chunk i; a wish, task COUNT, wants what nobody else uses. */
const submitted = (inputs: Inputs): Event => {
  const starts = [0]
  const chunks: Array<number> = []
  const unused = new Set(ascending(COUNT))
  for (let task = 0; task < COUNT; task++) {
    for (const chunk of inputs(task)) {
      chunks.push(chunk)
      unused.delete(chunk)
    }
    starts.push(chunks.length)
  }
  for (const chunk of unused) chunks.push(chunk)
  starts.push(chunks.length)
  const common = {
    where: "module",
    priority: 0,
    outputs: 1,
    bytes: -1,
    timeout: -1,
    persist: false,
    rerun: true,
    early: true,
    handsOver: true
  } as const
  return {
    _tag: "submitted",
    defined: [{ id: FIRST_CLASS, ...common, demand: [1] }],
    tasks: ascending(COUNT + 1),
    classes: new Int32Array(COUNT + 1).fill(FIRST_CLASS).fill(WISH, COUNT),
    starts,
    chunks,
    outputs: ascending(COUNT),
    stored: [],
    part: "whole",
    submission: 1
  }
}

const finished = (run: Command & { readonly _tag: "run" }): Event => ({
  _tag: "finished",
  worker: run.worker,
  tasks: run.tasks,
  attempts: run.attempts,
  outputs: run.tasks.map(() => 1),
  bytes: run.tasks.map(() => 8),
  places: run.tasks.map(() => INLINE),
  durations: run.tasks.map(() => 0.001)
})

/** A scheduler with a graph on two threads, and what they were sent first. */
const begun = (inputs: Inputs): { readonly state: State; readonly first: Array<Command> } => {
  const state = makeState({ budget: Infinity })
  for (const worker of [0, 1]) {
    step(state, [{
      _tag: "processor up",
      worker,
      kind: "thread",
      accepts: ["module"],
      capacity: [1],
      ahead: 8,
      follows: "none"
    }], 0)
  }
  return { state, first: step(state, [submitted(inputs)], 0) }
}

/** Steps until there is nothing left to let go; no step lets go of much, but for failures. Gives everything that was ordered. */
const stepAll = (state: State, events: ReadonlyArray<Event>): Array<Command> => {
  const all: Array<Command> = []
  for (let commands = step(state, events, 0);; commands = step(state, [], 0)) {
    for (const command of commands) {
      if (command._tag === "release" && events[0]?._tag !== "failed") {
        assert.isAtMost(command.chunks.length, 2 * state.atOnce)
      }
      all.push(command)
    }
    if (!hasLeft(state)) return all
  }
}

/** Everything that was ordered while all that was sent finished. */
const runAll = (state: State, first: Array<Command>): Map<Command["_tag"], number> => {
  const ordered = new Map<Command["_tag"], number>()
  for (let commands = first;;) {
    const reports: Array<Event> = []
    for (const command of commands) {
      const count = "tasks" in command ? command.tasks.length : "wishes" in command ? command.wishes.length : 1
      ordered.set(command._tag, (ordered.get(command._tag) ?? 0) + count)
      if (command._tag === "run") reports.push(finished(command))
    }
    if (reports.length === 0) return ordered
    commands = step(state, reports, 0)
  }
}

const isEmpty = (state: State): void => {
  const { chunks, edges, memory, tasks } = state
  assert.deepStrictEqual(check(state), [])
  assert.deepStrictEqual([chunks.count, edges.count, memory.resident], [0, 0, 0])
  assert.deepStrictEqual([WAITING, READY, RUNNING].map((status) => tasks.counts[status]), [0, 0, 0])
}

const drop = { _tag: "dropped", tasks: [COUNT] } as const

for (
  const [name, inputs, left] of [["chain", chain, 1], ["fan-in", fanIn, 1], ["fan-out", fanOut, COUNT - 1]] as const
) {
  describe(`a ${name} of 200,000 tasks`, () => {
    it("runs, keeps what is wanted, and leaves nothing when that is dropped", { timeout: LIMIT }, () => {
      const { first, state } = begun(inputs)
      const ordered = runAll(state, first)
      assert.deepStrictEqual([ordered.get("run"), ordered.get("settle")], [COUNT, 1])
      stepAll(state, [])
      assert.strictEqual(state.chunks.count, left)
      stepAll(state, [drop])
      isEmpty(state)
    })

    it("goes at once when its wish is dropped before anything has run", { timeout: LIMIT }, () => {
      const { state } = begun(inputs)
      const commands = stepAll(state, [drop])
      const released = commands.flatMap((command) => command._tag === "release" ? command.tasks : [])
      assert.strictEqual(new Set(released).size, COUNT + 1)
      isEmpty(state)
    })

    it("fails as a whole with its first task, each with the way it came", { timeout: LIMIT }, () => {
      const { state } = begun(inputs)
      const failed = { _tag: "failed", worker: 0, task: 0, attempt: 1, reason: "error", retryAfter: -1 } as const
      const cause = new Map<number, number>()
      for (const command of stepAll(state, [failed])) {
        if (command._tag === "fail") command.tasks.forEach((task, i) => cause.set(task, command.via[i]))
      }
      const dependents = name === "fan-in" ? [COUNT - 1] : ascending(COUNT).subarray(1)
      assert.strictEqual(cause.size, dependents.length + 2)
      assert.strictEqual(cause.get(0), -1)
      const astray = dependents.filter((task) => cause.get(task) !== (name === "chain" ? task - 1 : 0))
      assert.lengthOf(astray, 0)
      stepAll(state, [drop])
      isEmpty(state)
    })
  })
}
