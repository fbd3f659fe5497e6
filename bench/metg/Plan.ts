// A graph of Task Bench written out as columns before the clock starts: the tasks in the order of their steps, which
// tasks each one takes, and which are taken by nobody, so that a system that wants those runs all of them.
import { inputsOf, offsetAt, type TaskGraph, widthAt } from "./TaskGraph.ts"

/** Inputs of task i are `inputs[first[i]]` to `inputs[first[i + 1]]`, without the last; `wanted` are nobody's inputs. */
export interface Plan {
  readonly graph: TaskGraph
  readonly tasks: number
  readonly steps: Int32Array
  readonly columns: Int32Array
  readonly first: Int32Array
  readonly inputs: Int32Array
  readonly wanted: ReadonlyArray<number>
}

/** The plan of a graph. */
export const planOf = (graph: TaskGraph): Plan => {
  const steps: Array<number> = []
  const columns: Array<number> = []
  const first = [0]
  const inputs: Array<number> = []
  let before = 0
  for (let step = 0; step < graph.steps; step++) {
    const start = steps.length
    const end = offsetAt(graph, step) + widthAt(graph, step)
    for (let column = offsetAt(graph, step); column < end; column++) {
      for (const input of inputsOf(graph, step, column)) inputs.push(before + input - offsetAt(graph, step - 1))
      first.push(inputs.length)
      steps.push(step)
      columns.push(column)
    }
    before = start
  }
  const taken = new Uint8Array(steps.length)
  for (const input of inputs) taken[input] = 1
  const wanted = Array.from(taken.keys()).filter((task) => taken[task] === 0)
  return {
    graph,
    tasks: steps.length,
    steps: Int32Array.from(steps),
    columns: Int32Array.from(columns),
    first: Int32Array.from(first),
    inputs: Int32Array.from(inputs),
    wanted
  }
}
