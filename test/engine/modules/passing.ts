// Short tasks that do what is hard to hand on: they return what is not theirs, ask for more than there is, write where
// they may not, or take long now and then.
import { Effect } from "effect"
import { spawn, Spawned, Task } from "poniard"
import { next } from "./handing.ts"

const scratch = new Float64Array(1000)

export const { grow, mix, nested, reuse, same, slowly, tamper, through } = Task.module(import.meta.url, {
  mix: (a: number, b: number, c = 0) => (a * 31 + b * 7 + c + 1) % 1009,
  /** an array that the next call uses again */
  reuse: (n: number): Float64Array => scratch.fill(n),
  same: (xs: Float64Array): number => xs.every((x) => x === xs[0]) ? xs[0] : -1,
  grow: (_: number, n: number): number => Task.alloc(Float64Array, n).length,
  slowly: (n: number, ms: number): number => {
    for (const until = performance.now() + ms; performance.now() < until;);
    return n + 1
  },
  tamper: (xs: Float64Array, n: number): number => xs[0] = -n,
  through: <A>(chunk: A): A => chunk,
  nested: Effect.fnUntraced(function*(n: number) {
    return yield* Spawned.fetch(yield* spawn(next, n))
  })
})
