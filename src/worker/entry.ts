// What a worker thread runs: puts the far side together and listens. Light: Effect is not loaded here, so that a thread
// is ready in tens of milliseconds. Output is posted directly, so that the last lines of a thread that dies are kept.
import { parentPort, workerData } from "node:worker_threads"
import { Crossing } from "../chunk/codec.ts"
import { setTaskLookUp } from "../graph/CurrentTask.ts"
import { Board } from "../transport/Board.ts"
import type { Answer } from "../transport/Message.ts"
import type { ThreadData } from "../transport/thread.ts"
import { Tray } from "../transport/Tray.ts"
import { attempts } from "./Attempt.ts"
import type { Far } from "./Far.ts"
import { Functions } from "./Functions.ts"
import { makeGuard } from "./guard.ts"
import { makeHandle } from "./handle.ts"
import { Handover } from "./Handover.ts"
import { HeapValues } from "./HeapValues.ts"
import { writeDirectly } from "./output.ts"
import { type Incoming, Port } from "./Port.ts"
import { Report } from "./Report.ts"
import { Room } from "./Room.ts"
import { Runner } from "./Runner.ts"
import { ValueReader, ValueWriter } from "./values.ts"

/** Bytes of unused room above which an idle worker gives it back. */
const TRIM_BYTES = 64 * 1024

const roomOf = ({ arena, words }: ThreadData, port: Port, report: Report): Room | undefined =>
  arena === undefined || words === undefined ? undefined : new Room(
    arena,
    words,
    (bytes, ahead) => port.post(report.askForRoom(bytes, ahead)),
    (offset, bytes) => report.piece(offset, bytes, false)
  )

/** Whether it is told to end. What was posted before still runs and is reported: it ends when it has become idle. */
interface Ending {
  asked: boolean
}

const end = (ending: Ending, closers: ReadonlyArray<() => Promise<void>>, port: Port): void => {
  ending.asked = false
  void Promise.all(closers.map((close) => close())).finally(() => port.close())
}

const start = (data: ThreadData): void => {
  const board = new Board(typeof data.board === "number" ? new ArrayBuffer(data.board) : data.board)
  const port = new Port(data.port, board, data.worker, !data.bytes, data.tray && new Tray(data.tray))
  const crossing = new Crossing()
  const live = new HeapValues(board, crossing, data.arena, data.check)
  const handover = new Handover(board, data.worker, data.arena, live)
  const report = new Report()
  const room = roomOf(data, port, report)
  const waiting = new Map<number, (answer: Answer) => void>()
  const closers: Array<() => Promise<void>> = []
  const ending: Ending = { asked: false }
  const far: Far = {
    worker: data.worker,
    port,
    board,
    handover,
    live,
    crossing,
    functions: new Functions(crossing),
    report,
    room,
    reader: new ValueReader(data.arena, crossing, makeHandle, handover),
    writer: new ValueWriter(room, crossing),
    guard: data.check && data.arena !== undefined ? makeGuard(data.arena) : undefined,
    receive: (incoming) => {
      receive(incoming)
      runner.wake()
    },
    answered: (answer) => {
      const f = waiting.get(answer.request)
      waiting.delete(answer.request)
      f?.(answer)
    },
    changed: (tag) => runner.waiting.changed(tag),
    idle: () => {
      room?.trim(TRIM_BYTES)
      live.forgetReleased()
      runner.flush()
      if (ending.asked) end(ending, closers, port)
    },
    flush: () => runner.flush(),
    waiting,
    closers
  }
  const runner = new Runner(far)
  const receive = (incoming: Incoming): void => {
    if (incoming === "close") ending.asked = true
    else runner.take(incoming)
  }
  setTaskLookUp(() => attempts.getStore())
  writeDirectly(port)
  process.on("exit", (code) => runner.exiting(code))
  port.listen((incoming) => {
    receive(incoming)
    runner.pump()
    return runner.isIdle
  })
  port.waits(true)
  port.post({ ready: true })
}

const data: unknown = workerData
if (typeof data !== "object" || data === null || !("poniard" in data)) {
  throw new Error("this file is started by Poniard's engine, not by hand")
}
if ("spare" in data) {
  // It is told by message what it is for, and imports meanwhile what it will surely need; what goes wrong with that is
  // said to the first task that needs it.
  parentPort!.once("message", start)
  for (const url of data.spare as ReadonlyArray<string>) import(url).catch(() => undefined)
} else start(data as ThreadData)
