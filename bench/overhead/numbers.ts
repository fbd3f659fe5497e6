// What the tasks of `overhead` compute: as little as can be checked. Every task has a number of its own as its last
// input. Imports nothing.

/** A task without a task as input: its own number. */
export const own = (number: number): number => number

/** A task with one task as input. */
export const step = (before: number, number: number): number => (before + number) & 0xfffff

/** A task with two tasks as inputs. */
export const join = (left: number, right: number, number: number): number => (left + right + number) & 0xfffff
