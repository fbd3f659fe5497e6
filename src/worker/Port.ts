// A worker's end of its transport: posts messages, takes those that have come, and knows by one shared word whether
// there are any. Over bytes every message is a frame, and only looking tells.
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads"
import { fromFrame, toFrame } from "../transport/frame.ts"
import type { FromWorker, Notice, ToWorker } from "../transport/Message.ts"
import { Word } from "../transport/Transport.ts"

/** What may come. */
export type Incoming = ToWorker | "close"

/** The port of one worker. */
export class Port {
  private readonly port: MessagePort
  readonly words: Int32Array | undefined
  private readonly bytes: boolean
  private seen = 0
  private read = 0

  constructor(port: MessagePort, words: Int32Array | undefined, bytes: boolean) {
    this.port = port
    this.words = words
    this.bytes = bytes
  }

  /** Calls `f` with everything that comes while the event loop runs. */
  listen(f: (incoming: Incoming) => void): void {
    this.port.on("message", (raw: unknown) => {
      this.read++
      f(this.open(raw))
    })
  }

  /** What has come and was not read, without waiting. */
  drain(f: (incoming: Incoming) => void): void {
    if (this.words !== undefined) {
      const bell = Atomics.load(this.words, Word.bell)
      if (bell === this.seen) return
      this.seen = bell
    }
    for (let got = receiveMessageOnPort(this.port); got !== undefined; got = receiveMessageOnPort(this.port)) {
      this.read++
      f(this.open(got.message))
    }
  }

  private open(raw: unknown): Incoming {
    return raw instanceof Uint8Array ? fromFrame(raw) as ToWorker : raw as Incoming
  }

  /** Posts a report. */
  post(message: FromWorker): void {
    const up = { message }
    this.port.postMessage(this.bytes ? toFrame(up) : up)
  }

  /** Posts a line of output or a stray error, at once. */
  notify(notice: Notice): void {
    const up = { notice }
    this.port.postMessage(this.bytes ? toFrame(up) : up)
  }

  /** Hears no more, so that the thread can end. */
  close(): void {
    this.port.close()
  }
}
