// The shape of a graph as two columns, made before the clock starts: which tasks each task takes as inputs. The same
// plan is described to the engine and computed in a plain loop to know what must come out.
import { join, own, step } from "./numbers.ts"

/** Shapes of `overhead`, and those of them that it measures unless it is told otherwise. */
export const shapes = ["fanout", "chain", "tree", "random", "chains"] as const
export const usualShapes: ReadonlyArray<Shape> = ["fanout", "chain", "tree", "random"]

/** The name of a shape. */
export type Shape = typeof shapes[number]

/** Processors of `overhead`: one that finishes everything at once, fibers of this thread, worker threads. */
export const processors = ["null", "fiber", "threads"] as const

/** Whether engines merge tasks that follow each other; off unless it is asked for. */
export const fuses = ["off", "on"] as const

/** The name of a processor. */
export type Processor = typeof processors[number]

/** A graph: inputs of task i are `left[i]` and `right[i]` (-1: none); `wanted` are collected; `reached` must run. */
export interface Plan {
  readonly shape: Shape
  readonly left: Int32Array
  readonly right: Int32Array
  readonly wanted: ReadonlyArray<number>
  readonly reached: number
}

const window = 1000

/** Tasks of each chain of `chains`. */
const LINKS = 10

/** Numbers below `bound` from a fixed seed: every run has the same random graph. */
const dice = (): (bound: number) => number => {
  let state = 0x9e3779b9
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor(state / 2 ** 32 * bound)
  }
}

const fillTree = (left: Int32Array, right: Int32Array, leaves: number): void => {
  for (let next = 0, task = leaves; task < left.length; task++) {
    left[task] = next++
    right[task] = next++
  }
}

const fillRandom = (left: Int32Array, right: Int32Array): void => {
  const roll = dice()
  for (let task = 2; task < left.length; task++) {
    const reach = Math.min(window, task)
    left[task] = task - 1 - roll(reach)
    right[task] = task - 1 - roll(reach)
  }
}

/** Tasks that the wanted ones need, themselves included; inputs always have smaller numbers. */
const countReached = (left: Int32Array, right: Int32Array, wanted: ReadonlyArray<number>): number => {
  const needed = new Uint8Array(left.length)
  for (const task of wanted) needed[task] = 1
  let count = 0
  for (let task = left.length - 1; task >= 0; task--) {
    if (needed[task] === 0) continue
    count++
    if (left[task] >= 0) needed[left[task]] = 1
    if (right[task] >= 0) needed[right[task]] = 1
  }
  return count
}

/** How many of the last tasks are wanted. */
const wantedOf = (shape: Shape, size: number): number => {
  if (shape === "fanout") return size
  return shape === "random" ? Math.min(window, size) : shape === "chains" ? Math.ceil(size / LINKS) : 1
}

/**
 * A plan of `tasks` tasks (a tree: an odd number). Wanted: all of a fanout, the last 1000 of random, the end of each chain
 * of ten, or the last. Chains are described side by side, link by link.
 */
export const planOf = (shape: Shape, tasks: number): Plan => {
  const leaves = Math.ceil(tasks / 2)
  const size = shape === "tree" ? 2 * leaves - 1 : tasks
  const left = new Int32Array(size).fill(-1)
  const right = new Int32Array(size).fill(-1)
  if (shape === "chain") { for (let task = 1; task < size; task++) left[task] = task - 1 }
  const ends = Math.ceil(size / LINKS)
  if (shape === "chains") { for (let task = ends; task < size; task++) left[task] = task - ends }
  if (shape === "tree") fillTree(left, right, leaves)
  if (shape === "random") fillRandom(left, right)
  const many = wantedOf(shape, size)
  const wanted = Array.from({ length: many }, (_, i) => size - many + i)
  return { shape, left, right, wanted, reached: countReached(left, right, wanted) }
}

/** The results of the wanted tasks, computed in a loop. */
export const expected = (plan: Plan): ReadonlyArray<number> => {
  const values = new Int32Array(plan.left.length)
  for (let task = 0; task < values.length; task++) {
    const left = plan.left[task]
    const right = plan.right[task]
    values[task] = left < 0
      ? own(task)
      : right < 0
      ? step(values[left], task)
      : join(values[left], values[right], task)
  }
  return plan.wanted.map((task) => values[task])
}
