// The interface of a transport: how the engine's side starts a far side and talks to it. A far side is a worker
// thread today, a process or a machine later; whether memory is shared is the transport's to say.
import type { FromWorker, Notice, ToWorker } from "./Message.ts"

/** Words of the memory that a thread shares with the engine alone; Int32 indices. */
export const Word = {
  /** 0 while the worker waits for room, 1 when there is an answer */
  room: 0,
  /** the answer: offset / 64, or -1; then bytes low and high */
  roomOffset: 1,
  roomLow: 2,
  roomHigh: 3,
  /** how many there are */
  count: 4
} as const

/** How a far side ended. */
export interface Exit {
  readonly exitCode: number
  readonly reason: string
  /** it was ended by us */
  readonly expected: boolean
}

/** What a far side is started with. */
export interface Opening {
  readonly worker: number
  readonly arena: SharedArrayBuffer
  /** memory of the engine's board */
  readonly board: SharedArrayBuffer
  readonly check: boolean
  /** bytes that its JavaScript heap may take, or Infinity; a transport that can is to let it have some more */
  readonly heap: number
  readonly onMessage: (message: FromWorker) => void
  readonly onNotice: (notice: Notice) => void
  readonly onExit: (exit: Exit) => void
}

/** One far side, as seen from the engine. */
export interface Link {
  /** the shared words, where memory is shared */
  readonly words: Int32Array | undefined
  readonly post: (message: ToWorker) => void
  /** A report is the next thing that happens: it is looked for, where reports come soon and memory is shared. */
  readonly expect: (() => void) | undefined
  /** Bytes of its JavaScript heap now, where that can be had; fails when it has ended. */
  readonly heapBytes: (() => Promise<number>) | undefined
  /** Ends it at once; `onExit` follows. */
  readonly terminate: () => void
  /** Asks it to end by itself, which lets layers close; ends it after `graceMs`. Resolves when it has ended. */
  readonly close: (graceMs: number) => Promise<void>
}

/** A way to start far sides. */
export interface Transport {
  readonly name: string
  /** its workers have the arena and the board */
  readonly sharesMemory: boolean
  /** Starts one. What it throws counts as a start that failed. */
  readonly open: (opening: Opening) => Link
}
