// The far side as a whole: what one worker consists of, put together at its start by entry.ts.
import type { Crossing } from "../chunk/codec.ts"
import type { Board } from "../transport/Board.ts"
import type { Answer, Failure } from "../transport/Message.ts"
import type { Attempt } from "./Attempt.ts"
import type { Functions } from "./Functions.ts"
import type { Handover } from "./Handover.ts"
import type { HeapValues } from "./HeapValues.ts"
import type { Incoming, Port } from "./Port.ts"
import type { Report } from "./Report.ts"
import type { Room } from "./Room.ts"
import type { ValueReader, ValueWriter } from "./values.ts"

/** Compares shared inputs before and after an attempt, where `check` is on. */
export interface Guard {
  readonly before: (attempt: Attempt, args: ReadonlyArray<unknown>) => void
  readonly after: (attempt: Attempt) => Failure | undefined
}

/** One worker. */
export interface Far {
  readonly worker: number
  readonly port: Port
  readonly board: Board
  readonly handover: Handover
  readonly live: HeapValues
  readonly crossing: Crossing
  readonly functions: Functions
  readonly report: Report
  readonly room: Room | undefined
  readonly reader: ValueReader
  readonly writer: ValueWriter
  readonly guard: Guard | undefined
  readonly receive: (incoming: Incoming) => void
  readonly answered: (answer: Answer) => void
  /** an attempt of this worker for which others of it wait is further on: its tag */
  readonly changed: (tag: number) => void
  /** the backlog is empty */
  readonly idle: () => void
  /** the last attempt that has begun, for strays */
  readonly flush: () => void
  /** called with requests' answers, by number */
  readonly waiting: Map<number, (answer: Answer) => void>
  /** what must end before the thread does: layers of task modules */
  readonly closers: Array<() => Promise<void>>
}
