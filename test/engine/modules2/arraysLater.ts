// Effects on typed arrays: apart from the others, because a worker that loads this loads Effect.
import { Effect } from "effect"
import { appendFileSync } from "node:fs"
import { Task } from "poniard"
import { fillCounting, type Numbers } from "./arrays.ts"

export const later = Task.module(import.meta.url, {
  alloc: (n: number): Effect.Effect<Numbers> =>
    Effect.andThen(Effect.sleep(1), Effect.sync(() => fillCounting(Task.alloc(Float64Array, n)))),
  write: (xs: Numbers): Effect.Effect<number> =>
    Effect.andThen(
      Effect.sleep(1),
      Effect.sync(() => {
        xs[0] = -1
        return 0
      })
    ),
  fails: (n: number): Effect.Effect<Numbers, string> =>
    Effect.suspend(() => {
      Task.alloc(Float64Array, n).fill(1)
      return Effect.fail("after Task.alloc")
    }),
  holds: (began: string, xs: Numbers): Effect.Effect<Numbers> =>
    Effect.suspend(() => {
      const ys = Task.alloc(Float64Array, xs.length)
      appendFileSync(began, "h\n")
      return Effect.as(Effect.never, ys)
    })
})
