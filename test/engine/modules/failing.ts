// Task functions that fail in every way that leaves their thread alive.
import { Effect } from "effect"
import { Task } from "poniard"

class Odd {
  readonly why = "odd"
}

const badError = (property: "message" | "stack" | "name"): Error =>
  Object.defineProperty(new Error("bad"), property, {
    get: () => {
      throw new Error(`no ${property}`)
    }
  })

const thrown = {
  error: () => new TypeError("wrong type"),
  undefined: () => undefined,
  null: () => null,
  text: () => "just text",
  number: () => 42,
  frozen: () => Object.freeze({ code: 7 }),
  getter: () => ({
    get code(): number {
      throw new Error("not now")
    }
  }),
  function: () => () => 1,
  instance: () => new Odd(),
  bare: () => Object.create(null) as unknown,
  noText: () => ({ toString: () => 1, valueOf: () => ({}) }),
  proxy: () =>
    new Proxy({}, {
      getPrototypeOf: () => {
        throw new Error("no prototype")
      },
      get: () => {
        throw new Error("no property")
      }
    }),
  badMessage: () => badError("message"),
  badStack: () => badError("stack"),
  badName: () => badError("name"),
  cyclic: () => {
    const error = new Error("cyclic") as Error & { self?: unknown }
    error.self = error
    error.cause = error
    return error
  },
  aggregate: () => new AggregateError([new Error("one"), new Odd()], "several"),
  long: () => new Error("x".repeat(3_000_000))
}

/** What `throws` can be asked for. */
export type Thrown = keyof typeof thrown

/** Lets the event loop turn until a time has passed. */
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** The task functions of this file. */
export const {
  after,
  callbackThrows,
  fine,
  interrupts,
  joined,
  listens,
  loops,
  pairOf,
  polls,
  rejectsLate,
  sleeps,
  throwsLate,
  throws,
  tries
} = Task
  .module(import.meta.url, {
    fine: (x: number) => x + 1,
    joined: (a: unknown, b: unknown) => [a, b],
    after: (value: unknown) => value,
    throws: (what: Thrown): number => {
      throw thrown[what]()
    },
    interrupts: () => Effect.interrupt,
    pairOf: (x: number) => [x],
    rejectsLate: () => {
      setTimeout(() => void Promise.reject(new Error("late rejection")), 5)
      return Task.id
    },
    throwsLate: async () => {
      await pause(1)
      setTimeout(() => {
        throw new Error("late throw")
      }, 5)
      return Task.id
    },
    callbackThrows: () =>
      new Promise<number>(() => {
        setTimeout(() => {
          throw new RangeError("in a callback")
        }, 1)
      }),
    tries: (cell: Int32Array, until: number) => {
      const count = Atomics.add(cell, 0, 1) + 1
      if (count < until) throw new Error(`try ${count}`)
      return count
    },
    sleeps: () => Effect.never,
    listens: (hears: string) =>
      new Promise<string>((resolve, reject) => {
        const signal = Task.signal()
        signal.addEventListener(
          "abort",
          () => hears === "resolves" ? resolve("too late") : reject(new Error("stopped"))
        )
        if (signal.aborted) resolve("at once")
      }),
    polls: async () => {
      while (!Task.isCancelled()) await pause(1)
      return "too late"
    },
    loops: () => {
      while (!Task.isCancelled());
      return "cancelled"
    }
  })
