// The one task function of Task Bench: checks every input in full, does the work, gives an output that says where it comes
// from. Worker threads import this file, and so does whoever describes a graph. Not the graph itself: TaskGraph.ts.
import { type Kernel, kernels, runKernel } from "./kernels.ts"
import { inputsOf, patterns, type TaskGraph, taskGraph } from "./TaskGraph.ts"

/** What a task gives: pairs of int64 (step, column), as words of 32 bits; or, of no bytes, the two in one number. */
export type Output = Int32Array | number

/** What every task of a run does: so many iterations of a kernel, an output of so many bytes (0, or pairs of 16). */
export interface Load {
  readonly kernel: Kernel
  readonly iterations: number
  readonly bytes: number
}

const columns = 128

/** A task's step and column as one number, as a task gets it. */
export const placeOf = (step: number, column: number): number => step * columns + column

/** A graph as a number that tasks can take: below 2^31 for 128 columns, radix 15 and 16383 steps. */
export const codeOf = (graph: TaskGraph): number => {
  const { fraction, pattern, period, radix, steps, width } = graph
  if (width >= columns || radix > 15 || period > 3 || steps >= 2 ** 14 || fraction !== 0.25) {
    throw new Error(`metg: a graph of ${steps} x ${width}, radix ${radix}, period ${period} has no code`)
  }
  return (((steps * columns + width) * 16 + radix) * 4 + period) * 16 + patterns.indexOf(pattern)
}

const graphOf = (code: number): TaskGraph => {
  const pattern = patterns[code % 16]
  const period = (code >> 4) % 4
  const radix = (code >> 6) % 16
  const width = (code >> 10) % columns
  return taskGraph(pattern, { steps: code >> 17, width, radix, period })
}

/** A load as a number that tasks can take. */
export const loadCode = ({ bytes, iterations, kernel }: Load): number =>
  (iterations * 1024 + bytes / 16) * 2 + kernels.indexOf(kernel)

const loadOf = (code: number): Load => {
  const rest = Math.floor(code / 2)
  return { kernel: kernels[code % 2], bytes: rest % 1024 * 16, iterations: Math.floor(rest / 1024) }
}

/** The output of the task (step, column). */
export const outputOf = (bytes: number, step: number, column: number): Output => {
  if (bytes === 0) return placeOf(step, column)
  const words = new Int32Array(bytes / 4)
  for (let i = 0; i < words.length; i += 4) {
    words[i] = step
    words[i + 2] = column
  }
  return words
}

/** Fails unless an output, looked at in full, is that of the task (step, column). */
export const checkOutput = (output: Output, bytes: number, step: number, column: number): void => {
  if (bytes === 0) {
    if (output === placeOf(step, column)) return
  } else if (typeof output === "object" && output.length * 4 === bytes) {
    let wrong = 0
    for (let i = 0; i < output.length; i += 4) {
      wrong |= (output[i] ^ step) | output[i + 1] | (output[i + 2] ^ column) | output[i + 3]
    }
    if (wrong === 0) return
  }
  throw new Error(`wrong result: not the ${bytes} bytes of step ${step}, column ${column}: ${String(output)}`)
}

let graphCode = -1
let graph: TaskGraph
let loadAs = -1
let load: Load

/** A task: graph, place and load as numbers, then the outputs of the tasks that it takes. */
export const point = (code: number, place: number, work: number, ...inputs: ReadonlyArray<Output>): Output => {
  if (code !== graphCode) {
    graph = graphOf(code)
    graphCode = code
  }
  if (work !== loadAs) {
    load = loadOf(work)
    loadAs = work
  }
  const step = Math.floor(place / columns)
  const column = place % columns
  const expected = inputsOf(graph, step, column)
  if (inputs.length !== expected.length) throw new Error(`wrong result: ${inputs.length} inputs at ${step}, ${column}`)
  for (let i = 0; i < inputs.length; i++) checkOutput(inputs[i], load.bytes, step - 1, expected[i])
  if (Number.isNaN(runKernel(load.kernel, load.iterations, step))) throw new Error("wrong result: the kernel gave NaN")
  return outputOf(load.bytes, step, column)
}
