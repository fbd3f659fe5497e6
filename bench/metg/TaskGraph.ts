// The graphs of Task Bench (core/core.cc): which tasks there are at each step and which tasks of the step before each one
// takes. Worker threads import this file, too, to know what each input must be. Imports nothing of ours but the dice.
import { randomNumber } from "./randomNumber.ts"

/** The patterns, by the names of the original. */
export const patterns = [
  "trivial",
  "no_comm",
  "stencil_1d",
  "stencil_1d_periodic",
  "dom",
  "tree",
  "fft",
  "all_to_all",
  "nearest",
  "spread",
  "random_nearest"
] as const

/** The name of a pattern. */
export type Pattern = typeof patterns[number]

type Columns = ReadonlyArray<number>

/** A graph: task (step, column) takes tasks of the step before; `raw` holds their columns by set and column. */
export interface TaskGraph {
  readonly pattern: Pattern
  readonly steps: number
  readonly width: number
  readonly radix: number
  readonly period: number
  /** How likely a column of the window of `random_nearest` is an input. */
  readonly fraction: number
  readonly raw: ReadonlyArray<ReadonlyArray<Columns>>
}

/** What may be said about a graph; the rest is as in Task Bench. */
export interface GraphOptions {
  readonly steps: number
  readonly width: number
  readonly radix?: number
  readonly period?: number
  readonly fraction?: number
}

type Shape = Omit<TaskGraph, "raw">

const fromTo = (first: number, last: number): Columns =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)

const near = (i: number, { radix, width }: Shape): Columns =>
  radix === 0 ? [] : fromTo(Math.max(0, i - (radix >> 1)), Math.min(i + ((radix - 1) >> 1), width - 1))

const stencil = (i: number, width: number): Columns => fromTo(Math.max(0, i - 1), Math.min(i + 1, width - 1))

/** The columns that column i takes with a set of dependencies, the window of the step before left aside. */
const rawColumns = (shape: Shape, set: number, i: number): Columns => {
  const { fraction, pattern, radix, width } = shape
  switch (pattern) {
    case "trivial":
      return []
    case "no_comm":
      return [i]
    case "stencil_1d":
      return stencil(i, width)
    case "stencil_1d_periodic":
      return [...stencil(i, width), ...i === 0 ? [width - 1] : [], ...i === width - 1 ? [0] : []]
    case "dom":
      return fromTo(Math.max(0, i - 1), i)
    case "tree":
      return [i >> 1]
    case "fft":
      return [i - 2 ** set, i, i + 2 ** set].filter((column) => column >= 0 && column < width)
    case "all_to_all":
      return fromTo(0, width - 1)
    case "nearest":
      return near(i, shape)
    case "spread":
      return Array.from({ length: radix }, (_, k) => (i + Math.floor(k * width / radix) + (k > 0 ? set : 0)) % width)
    case "random_nearest":
      return near(i, shape).filter((j) => (radix > 0 && j === i) || randomNumber(0, radix, set, j, i) < fraction)
  }
}

const setsOf = ({ pattern, period, width }: Shape): number =>
  pattern === "fft"
    ? Math.ceil(Math.log2(width))
    : pattern === "spread" || pattern === "random_nearest"
    ? period
    : 1

const refuse = (shape: Shape): void => {
  const { pattern, period, radix, width } = shape
  const no = (why: string): never => {
    throw new Error(`Task Bench: ${pattern} of width ${width} and radix ${radix}: ${why}`)
  }
  if (pattern === "fft" && width < 2) no("fft needs a width of 2 or more")
  if (pattern === "spread" && period > Math.ceil(width / radix)) no(`period ${period} is over ceil(width / radix)`)
}

/** A graph. Period: 3 as in the original, for `spread` as far as the width allows it (it must be ceil(width / radix)). */
export const taskGraph = (pattern: Pattern, options: GraphOptions): TaskGraph => {
  const { fraction = 0.25, radix = 3, steps, width } = options
  const most = pattern === "spread" ? Math.min(3, Math.ceil(width / radix)) : 3
  const shape: Shape = { pattern, steps, width, radix, fraction, period: options.period ?? most }
  refuse(shape)
  const columns = fromTo(0, width - 1)
  const raw = fromTo(0, setsOf(shape) - 1).map((set) => columns.map((i) => rawColumns(shape, set, i)))
  return { ...shape, raw }
}

/** The first column that has a task at a step. */
export const offsetAt = ({ pattern, steps, width }: TaskGraph, step: number): number =>
  pattern === "dom" ? Math.max(0, step + width - steps) : 0

/** How many columns have a task at a step. */
export const widthAt = ({ pattern, steps, width }: TaskGraph, step: number): number => {
  if (step < 0) return 0
  if (pattern === "dom") return Math.min(width, step + 1, steps - step)
  return pattern === "tree" ? Math.min(width, 2 ** Math.min(step, 62)) : width
}

const setAt = (graph: TaskGraph, step: number): number => {
  const sets = graph.raw.length
  return graph.pattern === "fft" ? (step + sets - 1) % sets : step % sets
}

/** The columns of the step before that a task takes, in the order in which it gets them; `spread` may repeat some. */
export const inputsOf = (graph: TaskGraph, step: number, column: number): Columns => {
  if (step === 0) return []
  const raw = graph.raw[setAt(graph, step)][column]
  if (graph.pattern !== "dom" && graph.pattern !== "tree") return raw
  const first = offsetAt(graph, step - 1)
  const end = first + widthAt(graph, step - 1)
  return raw.filter((input) => input >= first && input < end)
}
