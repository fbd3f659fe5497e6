// The task functions of the benchmarks, one task module: workers import this file, and so does the main thread.
import { Task } from "poniard"
import { mark } from "./latency/marks.ts"
import { point as taskBenchPoint } from "./metg/point.ts"
import { join, own, step } from "./overhead/numbers.ts"
import { type Arrival, arrival, filled } from "./transfer/arrays.ts"
import * as work from "./work.ts"

/** The same functions as the rivals run, and what the other benchmarks need. */
export const {
  allocated,
  consumed,
  join: joined,
  marked,
  merged,
  noop,
  own: owned,
  plain,
  point,
  spin,
  step: stepped
} = Task.module(
  import.meta.url,
  {
    noop: work.noop,
    spin: work.spin,
    own,
    step,
    join,
    merged: (left: number, right: number): number => join(left, right, 1),
    marked: (number: number, originUs: number): number => mark(number, originUs),
    point: taskBenchPoint,
    allocated: (length: number): Float64Array => filled(Task.alloc(Float64Array, length)),
    plain: (length: number): Float64Array => filled(new Float64Array(length)),
    consumed: (array: Float64Array, _which: number): Arrival => arrival(array)
  }
)
