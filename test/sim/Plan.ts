// What a world is like: how large it is and what may go wrong in it. Drawn from a seed; made smaller, one thing at a
// time, to find the least world that still shows a failure.
import { Random } from "./Random.ts"

/** Sizes and dangers of a world. Numbers from 0 to 1 are probabilities. */
export interface Plan {
  readonly seed: number
  /** tasks described in all */
  readonly nodes: number
  readonly submissions: number
  /** task functions */
  readonly functions: number
  /** processors like threads (a slot, work sent ahead) and processors like this thread's (fibers) */
  readonly threads: number
  readonly fibers: number
  /** fibers of one of those */
  readonly slots: number
  /** the store's budget in bytes, Infinity if it never matters */
  readonly budget: number
  /** chunks or inputs that are let go in one step */
  readonly atOnce: number
  /** the largest output in bytes */
  readonly bytes: number
  /** tasks lowered in one slice */
  readonly slice: number
  readonly outputs: number
  /** an input is one of the last so many tasks */
  readonly reach: number
  readonly inputs: number
  readonly priorities: number
  readonly fail: number
  readonly flaky: number
  readonly hang: number
  readonly nest: number
  readonly die: number
  readonly leave: number
  readonly refuse: number
  readonly spillFails: number
  readonly restoreFails: number
  readonly drop: number
  readonly cancel: number
  readonly persist: number
  readonly exits: number
  readonly give: number
  readonly read: number
  readonly undeclared: number
  readonly once: number
  readonly strand: number
  readonly resources: number
  readonly pressure: number
  /** task functions whose tasks may be sent behind inputs that are not there */
  readonly early: number
  /** tasks that take next to no time */
  readonly quick: number
  /** values of this thread's tasks that stay on its heap as they are; of those that are to go, what cannot be encoded */
  readonly live: number
  readonly odd: number
  /** values that stay on the heap of the processor that made them */
  readonly far: number
  /** keeps the trace */
  readonly traced?: boolean
}

const none = {
  priorities: 1,
  outputs: 1,
  fail: 0,
  flaky: 0,
  hang: 0,
  nest: 0,
  die: 0,
  leave: 0,
  refuse: 0,
  spillFails: 0,
  restoreFails: 0,
  drop: 0,
  cancel: 0,
  persist: 0,
  exits: 0,
  give: 0,
  read: 0,
  undeclared: 0,
  once: 0,
  strand: 0,
  resources: 0,
  pressure: 0,
  early: 0,
  quick: 0,
  live: 0,
  odd: 0,
  far: 0
}

type Danger = keyof typeof none

const dangers: ReadonlyArray<readonly [Danger, number]> = [
  ["fail", 0.15],
  ["flaky", 0.2],
  ["hang", 0.1],
  ["nest", 0.15],
  ["die", 0.15],
  ["leave", 0.6],
  ["refuse", 0.4],
  ["spillFails", 0.3],
  ["restoreFails", 0.15],
  ["drop", 0.5],
  ["cancel", 0.5],
  ["persist", 0.3],
  ["exits", 0.5],
  ["give", 0.3],
  ["read", 0.4],
  ["undeclared", 0.5],
  ["once", 0.3],
  ["strand", 0.5],
  ["resources", 0.4],
  ["pressure", 0.3],
  ["early", 1],
  ["quick", 1]
]

/** What stays on a heap, and what of that can never be encoded: chosen apart, so that other worlds are as they were. */
const heapsOf = (seed: number): Pick<Plan, "live" | "odd" | "far"> => {
  const random = new Random(seed * 104_729 + 3)
  return {
    live: random.chance(0.6) ? 0.5 + random.next() / 2 : 0,
    odd: random.chance(0.3) ? 0.3 : 0,
    far: random.chance(0.5) ? random.next() : 0
  }
}

/** The world of a seed: a few dangers at a time, so that each is met alone and with others. */
export const planOf = (seed: number): Plan => {
  const random = new Random(seed * 7919 + 1)
  const chosen: Record<Danger, number> = { ...none }
  const many = random.pick([0.1, 0.3, 0.6])
  for (const [danger, most] of dangers) if (random.chance(many)) chosen[danger] = most * (0.2 + 0.8 * random.next())
  // A task that waits keeps its resources: tasks that spawn tasks could wait for those for ever.
  if (chosen.nest > 0) chosen.resources = 0
  // Many worlds of short work, where tasks are sent behind others.
  const hands = random.chance(0.5)
  if (hands) Object.assign(chosen, { early: 1, quick: 0.9, undeclared: 1 })
  if (random.chance(0.5)) chosen.priorities = 3
  if (random.chance(hands ? 0.2 : 0.5)) chosen.outputs = 3
  const bytes = random.pick([10, 100, 1000])
  // Mostly small worlds, where everything meets everything; now and then one with long queues.
  const size = random.chance(0.05) ? 6 : 1
  return {
    seed,
    nodes: random.pick(hands ? [12, 30, 60, 120] : [4, 12, 30, 60]) * size,
    submissions: random.between(1, 6) * size,
    functions: random.between(1, hands ? 2 : 6),
    threads: random.between(hands ? 1 : 0, 3) * (size > 1 ? 2 : 1),
    fibers: 1,
    slots: random.pick([1, 3, 50]),
    budget: random.pick(
      hands ? [Infinity, bytes * 5000, bytes * 20] : [Infinity, ...[2, 4, 8, 20].map((n) => bytes * n)]
    ),
    bytes,
    slice: random.pick([1, 3, 10, 1000]),
    reach: random.pick([2, 5, 60]) * size,
    inputs: random.pick([1, 2, 4]),
    atOnce: random.pick([1, 2, 5, 4096]),
    ...chosen,
    ...heapsOf(seed)
  }
}

/** Smaller worlds than this one, the much smaller first. */
export function* smaller(plan: Plan): Iterable<Plan> {
  for (const key of ["nodes", "submissions", "functions", "threads", "inputs", "outputs", "slice", "slots"] as const) {
    const least = key === "threads" ? 0 : 1
    for (const value of [least, plan[key] >> 1, plan[key] - 1]) {
      if (value >= least && value < plan[key]) yield { ...plan, [key]: value }
    }
  }
  for (const [danger] of dangers) if (plan[danger] !== none[danger]) yield { ...plan, [danger]: none[danger] }
  for (const key of ["live", "odd", "far"] as const) if (plan[key] > 0) yield { ...plan, [key]: 0 }
  if (plan.priorities > 1) yield { ...plan, priorities: 1 }
  if (plan.atOnce < 4096) yield { ...plan, atOnce: 4096 }
  if (plan.budget !== Infinity) yield { ...plan, budget: Infinity }
}
