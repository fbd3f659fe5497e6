// Short tasks whose values are handed from one to the next, of every kind that a value can have on its way.
import { Effect } from "effect"
import { Task } from "poniard"

let tries = 0

export const { exitOnce, fill, half, label, later, next, pass, plus, size, soon, stumble, total } = Task.module(
  import.meta.url,
  {
    next: (n: number) => n + 1,
    plus: (a: number, b: number, c = 0) => (a + b + c) % 1000,
    half: (n: number) => n / 2,
    label: (of: { readonly at: number; readonly path: ReadonlyArray<string> }) => ({
      at: of.at + 1,
      path: [...of.path.slice(-3), `step ${of.at}`]
    }),
    fill: (of: Float64Array, n: number) => {
      const next = of.length === n ? Task.alloc(Float64Array, n) : new Float64Array(n)
      for (let i = 0; i < n; i++) next[i] = (of[i] ?? 0) + 1
      return next
    },
    total: (of: Float64Array) => of.reduce((sum, n) => sum + n, 0),
    size: (of: Float64Array) => of.length,
    pass: <A>(value: A): A => value,
    soon: (n: number): Promise<number> => Promise.resolve(n + 1),
    later: (n: number): Effect.Effect<number> => Effect.succeed(n + 1).pipe(Effect.delay("1 millis")),
    stumble: (n: number, at: number): number => {
      if (n === at && tries++ === 0) throw new Error("stumbled")
      return n + 1
    },
    exitOnce: (n: number, at: number, flag: Int32Array): number => {
      if (n === at && flag.length > 0) process.exit(7)
      return n + 1
    }
  }
)
