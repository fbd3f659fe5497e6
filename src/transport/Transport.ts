// The interface of a transport: how the engine's side starts a far side and talks to it. A far side is a worker
// thread today, a process or a machine later; whether memory is shared is the transport's to say.
import type { FromWorker, Notice, ToWorker } from "./Message.ts"

/** Words of the memory that a thread shares with the engine; Int32 indices. */
export const Word = {
  /** counts up with every message to the worker */
  bell: 0,
  /** 0 while the worker waits for room, 1 when there is an answer */
  room: 1,
  /** the answer: offset / 64, or -1; then bytes low and high */
  roomOffset: 2,
  roomLow: 3,
  roomHigh: 4,
  /** first claim word */
  claims: 16
} as const

/** Records that can be under way to one worker: claim words are reused in turn. */
export const CLAIMS = 8192

/** What a claim word says. Done: it has ended, although its report may not have been sent yet. */
export const Claim = { free: 0, claimed: 1, revoked: 2, cancelled: 3, done: 4 } as const

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
  /** Starts one. What it throws counts as a start that failed. */
  readonly open: (opening: Opening) => Link
}
