// Task functions that make and look at objects: whether one is the very object that was made on this thread.
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { Task } from "poniard"

/** What a task makes here. */
export interface Rows {
  readonly serial: number
  readonly rows: ReadonlyArray<{ readonly id: number; readonly name: string }>
}

const here = new WeakSet<object>()
const nap = new Int32Array(new SharedArrayBuffer(4))

const linesIn = (file: string): number => existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0

const rows = (serial: number, n: number): Rows => {
  const made = { serial, rows: Array.from({ length: n }, (_, id) => ({ id, name: `row ${id}` })) }
  here.add(made)
  return made
}

export const { begun, endsOnce, function_, isHere, make, merge, slab, slow, write } = Task.module(import.meta.url, {
  /** Rows whose serial says how often any were made for this file; it takes so long that it is reported when it ends. */
  make: (file: string, n: number): Rows => {
    for (const until = performance.now() + 1.5; performance.now() < until;);
    appendFileSync(file, "made\n")
    return rows(linesIn(file), n)
  },
  /** Whether these rows are those that were made on this thread, not a copy. */
  isHere: (of: object, _which: number): boolean => here.has(of),
  /** Waits for a file, then says which rows it was given. */
  slow: (of: Rows, began: string, gate: string): number => {
    appendFileSync(began, "began\n")
    while (!existsSync(gate) && !Task.isCancelled()) Atomics.wait(nap, 0, 0, 1)
    return of.serial
  },
  /** Ends its thread the first time. */
  endsOnce: (of: Rows, began: string): number => {
    appendFileSync(began, "began\n")
    if (linesIn(began) === 1) process.exit(9)
    return of.serial
  },
  /** Writes into what it was given. */
  write: (of: Rows): number => {
    ;(of.rows[0] as { id: number }).id = 7
    return 1
  },
  merge: (a: Rows, b: Rows): Rows => rows(a.serial + b.serial, 200),
  /** Something that cannot be sent, beside enough that can. */
  function_: (n: number): object => ({ ...rows(n, 200), f: () => n }),
  /** An object with an array of the arena in it. */
  slab: (n: number): { readonly xs: Float64Array } => ({ xs: Task.alloc(Float64Array, 1000).fill(n) }),
  begun: (of: { readonly xs: Float64Array }, _which: number): number => of.xs[999]
})
