// The transport of worker threads. Messages are structured clones over a port of their own; arena and words are
// shared. `bytes: true` makes the loopback transport: the same threads, but every message is one frame of bytes and
// nothing is shared, so that what passes here passes between processes and machines too.
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads"
import { Board } from "./Board.ts"
import { fromFrame, toFrame } from "./frame.ts"
import type { FromWorker, Notice, ToWorker } from "./Message.ts"
import { startThread } from "./startThread.ts"
import { type Exit, type Link, type Opening, type Transport, Word } from "./Transport.ts"
import { Tray } from "./Tray.ts"
import { watchReports } from "./watchReports.ts"
import { type TrayEnd, watchTrays } from "./watchTrays.ts"

/** What a thread is told at its start. */
export interface ThreadData {
  readonly poniard: true
  readonly worker: number
  readonly port: import("node:worker_threads").MessagePort
  readonly arena: SharedArrayBuffer | undefined
  readonly words: Int32Array | undefined
  readonly tray: SharedArrayBuffer | undefined
  /** shared with all workers of the engine, or bytes for a board of its own */
  readonly board: SharedArrayBuffer | number
  readonly check: boolean
  readonly bytes: boolean
}

type Up = FromWorker | { readonly notice: Notice }

/** What watches the trays of an engine's workers, by its board. */
const watches = new WeakMap<SharedArrayBuffer, ReturnType<typeof watchTrays>>()

const trayEndOf = ({ board, onMessage }: Opening, { bells }: Board, tray: SharedArrayBuffer): TrayEnd => {
  const add = watches.get(board) ?? watchTrays(bells)
  watches.set(board, add)
  return add(tray, onMessage)
}

const taker = (opening: Opening, tray: TrayEnd | undefined) => (up: Up | Uint8Array): void => {
  const told = up instanceof Uint8Array ? fromFrame(up) as Up : up
  if ("notice" in told) opening.onNotice(told.notice)
  else if (tray !== undefined) tray.posted(told)
  else opening.onMessage(told)
}

const drain = (port: MessagePort, take: (up: Up) => void): void => {
  for (let left = receiveMessageOnPort(port); left !== undefined; left = receiveMessageOnPort(port)) {
    take(left.message as Up)
  }
}

/** Listens to a thread until it ends. */
const listen = (
  thread: Worker,
  port: MessagePort,
  opening: Opening,
  isExpected: () => boolean,
  take: (up: Up | Uint8Array) => void,
  tray: TrayEnd | undefined
): Promise<void> => {
  let reason = ""
  port.on("message", take)
  thread.on("error", (error: Error & { readonly code?: string }) => {
    reason = error.code === "ERR_WORKER_OUT_OF_MEMORY"
      ? "its JavaScript heap is exhausted (ERR_WORKER_OUT_OF_MEMORY)"
      : String(error.stack ?? error)
  })
  return new Promise((resolve) =>
    thread.on("exit", (exitCode) => {
      // What it posted before it ended is still in the port.
      drain(port, take)
      tray?.end()
      port.close()
      opening.onExit({ exitCode, reason, expected: isExpected() } satisfies Exit)
      resolve()
    })
  )
}

const open = (opening: Opening, bytes: boolean): Link => {
  const { port1, port2 } = new MessageChannel()
  const words = bytes ? undefined : new Int32Array(new SharedArrayBuffer(4 * Word.count))
  const tray = bytes ? undefined : new SharedArrayBuffer(Tray.bytes)
  const board = new Board(opening.board)
  const data: ThreadData = {
    poniard: true,
    worker: opening.worker,
    port: port2,
    arena: bytes ? undefined : opening.arena,
    words,
    tray,
    board: bytes ? opening.board.byteLength : opening.board,
    check: opening.check,
    bytes
  }
  const thread = startThread(
    { workerData: data, transferList: [port2], name: `poniard-${opening.worker}` },
    opening.heap
  )
  let expected = false
  const trayEnd = tray && trayEndOf(opening, board, tray)
  const take = taker(opening, trayEnd)
  const watch = watchReports(board, opening.worker, () => drain(port1, takeReport))
  const takeReport = (up: Up | Uint8Array): void => {
    watch.came()
    take(up)
  }
  thread.on("exit", () => {
    board.bells.endLinger(opening.worker)
    board.bells.waitsForEngine(opening.worker, false)
  })
  const end = listen(thread, port1, opening, () => expected, bytes ? take : takeReport, trayEnd)
  const terminate = (): void => {
    expected = true
    if (words !== undefined) Atomics.notify(words, Word.room)
    void thread.terminate()
  }
  return {
    words,
    post: (message: ToWorker) => {
      port1.postMessage(bytes ? toFrame(message) : message)
      if (!bytes) board.bells.message(opening.worker)
    },
    expect: bytes ? undefined : watch.expect,
    heapBytes: () => thread.getHeapStatistics().then((statistics) => statistics.used_heap_size),
    terminate,
    close: (graceMs) => {
      expected = true
      port1.postMessage("close")
      board.bells.message(opening.worker)
      const timer = setTimeout(terminate, graceMs)
      return end.finally(() => clearTimeout(timer))
    }
  }
}

/** Worker threads with shared memory. */
export const threadTransport: Transport = {
  name: "thread",
  sharesMemory: true,
  open: (opening) => open(opening, false)
}

/** Worker threads with which nothing is shared: every message is a frame of bytes. For tests. */
export const bytesTransport: Transport = { name: "bytes", sharesMemory: false, open: (opening) => open(opening, true) }
