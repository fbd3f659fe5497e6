// Task functions that cost their thread its life, or try to. Most mark in a file that they have begun.
import { Effect, type Scope } from "effect"
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { type Engine, spawn, Spawned, Task, type TaskError } from "poniard"

/** Marks in a file what has happened. */
const mark = (file: string, what: string | number): void => appendFileSync(file, `${what}\n`)

/** Sleeps without giving the event loop a turn. */
const sleep = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Waits for another task, which it spawns when the gate is there. */
const asksFor = (file: string, gate: string) =>
  Effect.gen(function*() {
    mark(file, "began")
    while (!existsSync(gate)) yield* Effect.sleep(1)
    const child = yield* spawn(numbered, file, 1)
    return yield* Spawned.fetch(child)
  })

/** The task functions of this file. */
export const {
  alloc,
  asks,
  blocks,
  exits,
  exitsAfter,
  exitsFirst,
  exitsSoon,
  fillsMap,
  json,
  never,
  numbered,
  push,
  pushesAt,
  spins,
  talks
} = Task
  .module(import.meta.url, {
    asks: (file: string, gate: string): Effect.Effect<number, TaskError, Engine | Scope.Scope> => asksFor(file, gate),
    numbered: (file: string, n: number): number => {
      mark(file, n)
      return n
    },
    blocks: (file: string, ms: number) => {
      mark(file, "blocks")
      sleep(ms)
      return ms
    },
    spins: (file: string): number => {
      mark(file, "spins")
      for (;;);
    },
    never: (file: string) => {
      mark(file, "never")
      return new Promise<number>(() => {})
    },
    exits: (file: string, code: number): number => {
      mark(file, "exits")
      process.exit(code)
    },
    /** ends its thread the first n times that it runs */
    exitsFirst: (file: string, n: number): number => {
      mark(file, "runs")
      const runs = readFileSync(file, "utf8").split("\n").length - 1
      if (runs <= n) process.exit(1)
      return runs
    },
    exitsSoon: (file: string, code: number) => {
      mark(file, "exits soon")
      setTimeout(() => process.exit(code), 5)
      return new Promise<number>(() => {})
    },
    /** ends its thread when it has long ended itself */
    exitsAfter: (file: string, ms: number) => {
      setTimeout(() => {
        mark(file, "exits")
        process.exit(5)
      }, ms)
      return "settled"
    },
    talks: (lines: number, code: number): number => {
      for (let i = 0; i < lines; i++) (i % 2 === 0 ? console.log : console.error)(`line ${i}`)
      process.stdout.write("the last ")
      process.stdout.write("words")
      process.exit(code)
    },
    push: (file: string): number => {
      mark(file, "pushes")
      const list: Array<unknown> = []
      for (;;) list.push({ at: list.length })
    },
    /** quick, but for one number */
    pushesAt: (n: number, at: number): number => {
      const list: Array<unknown> = []
      while (n === at) list.push({ at: list.length })
      return n
    },
    json: (file: string): number => {
      mark(file, "parses")
      const kept: Array<unknown> = []
      let text = "[1]"
      for (;;) {
        text = JSON.stringify([JSON.parse(text), JSON.parse(text)])
        kept.push(JSON.parse(text))
        if (text.length > 1e6) text = "[1]"
      }
    },
    fillsMap: (file: string): number => {
      mark(file, "maps")
      const map = new Map<number, object>()
      for (let i = 0;; i++) map.set(i, { i })
    },
    alloc: (file: string, bytes: number) => {
      mark(file, "asks")
      const { length } = Task.alloc(Uint8Array, bytes)
      mark(file, "has")
      return length
    }
  })
