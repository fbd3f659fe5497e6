// Task functions that need no Effect, so that a worker starts without it.
import { Task } from "poniard"

export const light = Task.module(import.meta.url, {
  inc: (n: number): number => n + 1,
  alloc: (n: number): Float64Array<SharedArrayBuffer> => Task.alloc(Float64Array, n).fill(1),
  total: (xs: Float64Array<ArrayBufferLike>): number => xs.reduce((sum, x) => sum + x, 0),
  /** Never ends, and does not ask whether it should. */
  spin: (): never => {
    for (;;);
  }
})
