// Task functions on numbers: plain, asynchronous, throwing. Without Effect, so that workers that need none load none.
import { Task } from "poniard"

export const { add, addLater, boom, concat, identity, inc, join, pair, same, split, square, sum, twice } = Task
  .module(import.meta.url, {
    inc: (n: number) => n + 1,
    add: (a: number, b: number) => a + b,
    square: (n: number) => n * n,
    twice: (n: number) => 2 * n,
    sum: (ns: ReadonlyArray<number>) => ns.reduce((total, n) => total + n, 0),
    concat: (a: string, b: string) => a + b,
    join: (parts: ReadonlyArray<string>) => parts.join(""),
    pair: (a: number, b: string): readonly [number, string] => [a, b],
    identity: <A>(a: A) => a,
    same: (a: unknown, b: unknown) => a === b,
    split: (n: number): readonly [number, number, number] => [n, n + 1, n + 2],
    addLater: async (a: number, b: number) => await Promise.resolve(a) + b,
    boom: (text: string): number => {
      throw new Error(text)
    }
  })
