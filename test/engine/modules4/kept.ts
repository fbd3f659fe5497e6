// Functions whose values may stay on the heap of their worker, and tasks that read these: that wait for a gate, take room,
// end their thread, or write into what they are given.
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { Task } from "poniard"

/** Records, and how many times they had been made. */
export interface Rows {
  readonly serial: number
  readonly rows: ReadonlyArray<{ readonly id: number; readonly name: string }>
}
const nap = new Int32Array(new SharedArrayBuffer(4))
const lines = (file: string): number => existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0
const spin = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
}
const waitFor = (gate: string): void => {
  while (!existsSync(gate)) Atomics.wait(nap, 0, 0, 1)
}
const rowsOf = (serial: number, n: number): Rows => ({
  serial,
  rows: Array.from({ length: n }, (_, id) => ({ id, name: `row ${id}` }))
})
const maps = new WeakSet<object>()

export const kept = Task.module(import.meta.url, {
  make: (file: string, n: number, _input?: unknown): Rows => {
    spin(0.1)
    appendFileSync(file, "made\n")
    return rowsOf(lines(file), n)
  },
  /** Like make, but when `gate` is not "" it waits for that from the second time on. */
  makeGated: (file: string, n: number, gate: string): Rows => {
    spin(0.1)
    appendFileSync(file, "made\n")
    if (gate !== "" && lines(file) > 1) waitFor(gate)
    return rowsOf(lines(file), n)
  },
  slow: (of: { serial?: number } | string, began: string, gate: string): number => {
    appendFileSync(began, "began\n")
    waitFor(gate)
    return typeof of === "string" ? of.length : of.serial ?? 0
  },
  /** waits for a gate, then takes room */
  hungry: (of: Rows, began: string, gate: string, n: number): number => {
    appendFileSync(began, "began\n")
    waitFor(gate)
    return Task.alloc(Float64Array, n).length + of.serial
  },
  endsOnce: (of: Rows, began: string): number => {
    appendFileSync(began, "began\n")
    if (lines(began) === 1) process.exit(9)
    return of.serial
  },
  /** a string, as long as wanted */
  text: (file: string, n: number, _input?: unknown): string => {
    spin(0.1)
    appendFileSync(file, "made\n")
    return "x".repeat(n)
  },
  /** an object with the buffer of all tasks in it */
  leaky: (_file: string, n: number): { readonly buffer: SharedArrayBuffer } => {
    spin(0.1)
    return { ...rowsOf(n, 200), buffer: Task.alloc(Float64Array, 1000).fill(n).buffer }
  },
  bufferLength: (of: { buffer: SharedArrayBuffer }, _which: number): number => of.buffer.byteLength,
  table: (n: number): { map: Map<number, number>; xs: Float64Array } => {
    spin(0.1)
    const made = {
      map: new Map(Array.from({ length: 500 }, (_, i) => [i, n] as const)),
      xs: new Float64Array(1000).fill(n)
    }
    maps.add(made)
    return made
  },
  /** A bad citizen, which `check` is to find. */
  spoils: (of: { map: Map<number, number>; xs: Float64Array }): number => {
    spin(0.5)
    of.map.set(0, -1)
    return maps.has(of) ? 1 : 0
  },
  looks: (of: { map: Map<number, number>; xs: Float64Array }, _which: number): string =>
    `${of.map.get(0)} ${of.xs[0]} ${maps.has(of)}`,
  quick: (gate: string, _x: unknown): number => {
    if (gate !== "") { for (;;) if (existsSync(gate) || Task.isCancelled()) return 1 }
    return 1
  },
  inc: (n: number): number => n + 1
})
