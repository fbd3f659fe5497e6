// What the two sides of a transport say to each other. Batches are columns: one Int32Array of codes and one array of
// literal values, never an object a task. Both sides read and write the codes with `Words.ts`.

/** How a value is written: the next ints, or the next literal. */
export const Code = {
  /** the next literal */
  literal: 0,
  /** a small integer: the next int */
  int: 1,
  /** an array in shared memory: type code, place */
  raw: 2,
  /** a value of the codec: head as a literal (or undefined: it is the first part), number of parts, their places */
  packed: 3,
  /** a list: number of members */
  list: 4,
  /** a record: its keys as a literal, then the members */
  record: 5,
  /** like raw, but the bytes are the next literal */
  rawBytes: 6,
  /** like packed, but the parts are literals */
  packedBytes: 7,
  /** a chunk itself: id; type code or PACKED; bytes as a literal */
  handle: 8,
  /** like raw, but the array is one of the task's inputs: shared by count */
  alias: 9,
  /** the value of an attempt behind which this one was sent: slot, tag */
  slot: 10,
  /** a value that stays on the worker's heap: bytes, slot, tag */
  heap: 11
} as const

/**
 * A function that a worker meets for the first time. What has a `source` and is not inline is a chain: the text names its
 * members (graph/chain.ts).
 */
export interface FunctionMessage {
  readonly id: number
  readonly kind: "module" | "inline" | "closure" | "chain"
  readonly url: string
  readonly name: string
  readonly source: string | undefined
}

/** Bits of a record's flags. */
export const Flag = {
  /** say when it is claimed */
  announce: 1,
  /** several values: the function returns an array, each item is one */
  many: 2,
  /** the result travels in the message, although memory is shared (`getResult`) */
  apart: 4,
  /** report it before anything else begins: it was under way to a worker that died, and one of those was to blame */
  alone: 8,
  /** its value is wanted by others: keep it for those that are sent behind it */
  wanted: 16,
  /** all that use its value were sent to this worker behind it: it stays there as it is */
  stays: 32
} as const

/** Ints of a record before its arguments. */
export const RECORD_HEAD = 7

/** Main to worker; what is empty is left out. A record is: function id, flags, values, room expected in pages of 4 KiB, slot, tail, number of
 * arguments; the arguments; and if it was sent behind others, `tail` ints from its start: its number of literals, how
 * many others, and slot and tag of each. */
export interface ToWorker {
  readonly functions?: ReadonlyArray<FunctionMessage>
  readonly records?: Records
  /** stretches of room that the tasks will need: offset / 64 and bytes of each */
  readonly rooms?: ReadonlyArray<number>
  readonly interrupts?: ReadonlyArray<number>
  readonly retracts?: ReadonlyArray<number>
  readonly answers?: ReadonlyArray<Answer>
  /** slot and tag of attempts whose values the worker has kept on its heap, and which others need now */
  readonly recalls?: ReadonlyArray<number>
}

/**
 * Columns of a message: what each record is about, its codes, and literals, if there are any. Short ones are plain
 * arrays, which cost a third of a typed array to post.
 */
export interface Records {
  /** to a worker: task, attempt; from a worker: task, attempt, ms, or slot, tag */
  readonly heads: Float64Array | ReadonlyArray<number>
  readonly ints: Int32Array | ReadonlyArray<number>
  readonly values?: ReadonlyArray<unknown>
}

/** Numbers in a column up to which it is posted as a plain array. */
export const SHORT = 64

/** An answer to a request of a task: values, or the Cause of a failure, as the codec wrote them. */
export interface Answer {
  readonly request: number
  readonly ok: boolean
  readonly value: Encoded
}

/** An attempt that failed. */
export interface Failure {
  readonly task: number
  readonly attempt: number
  /** which member of a chain failed; -1, or not there: none by itself */
  readonly member?: number
  /** the function's own failure (typed), a throw, or what kept it from running */
  readonly kind: "fail" | "die" | "interrupt" | "missing" | "unloadable" | "refused" | "full" | "mutated"
  /** the error or cause as the codec wrote it */
  readonly error: Encoded | undefined
  readonly text: string
  readonly path: string
  readonly hint: string
  readonly names: ReadonlyArray<string>
  readonly bytes: number
}

/** What the codec wrote, as it travels. */
export interface Encoded {
  readonly head: Uint8Array
  readonly buffers: ReadonlyArray<Uint8Array>
}

/**
 * Something that a task asks of the engine. Handles are numbers that the worker gives out; -1 - n is chunk n of the
 * engine, which the task was given. What is asked: `spawn` a task whose values are the handles; `await` values, or `exit`s;
 * whether one is `ready`; `cancel`; `drop`; `release` also what persists; `put` a value under a handle.
 */
export interface Request {
  /** answers carry it */
  readonly request: number
  readonly task: number
  readonly attempt: number
  readonly ask: "spawn" | "await" | "exit" | "ready" | "cancel" | "drop" | "release" | "put"
  readonly handles: ReadonlyArray<number>
  /** of a spawn: the function and its options */
  readonly fn: FunctionMessage | undefined
  readonly options: unknown
  /** of a spawn: its arguments, with a FarReference where a handle was; of a put: the value */
  readonly value: Encoded | undefined
}

/** Whether a task that asks for this waits for the answer. */
export const isQuestion = ({ ask }: Request): boolean => ask === "await" || ask === "exit" || ask === "ready"

/** Worker to main; what is empty is left out. */
export interface FromWorker {
  /** the finished attempts; codes of each: number of values, then the values */
  readonly records?: Records
  /** places in its room that are settled: offset / 64, bytes low, bytes high, 1 used or 0 free */
  readonly pieces?: ReadonlyArray<number>
  readonly failures?: ReadonlyArray<Failure>
  /** task, attempt of attempts that have begun and were to be announced */
  readonly claims?: ReadonlyArray<number>
  /** task, attempt of attempts given back, and of attempts that were asked for too late */
  readonly retracted?: ReadonlyArray<number>
  readonly kept?: ReadonlyArray<number>
  readonly requests?: ReadonlyArray<Request>
  /** values that were recalled: slot, tag of each, and its codes; and slots of those that cannot be had */
  readonly recalled?: Records
  readonly forgotten?: ReadonlyArray<number>
  /** bytes of room that it needs and waits for; and how many its task would rather have, to ask no more */
  readonly room?: number
  readonly roomAhead?: number
  /** told once, when it can take work */
  readonly ready?: boolean
}

/** A line or more that a task wrote, or an error that came after its task was settled; sent at once. */
export interface Notice {
  readonly stream: "stdout" | "stderr" | "stray"
  readonly text: string
  readonly task: number
}
