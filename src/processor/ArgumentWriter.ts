// Writes tasks as records of a batch: function, flags and arguments. Values of chunks are written as places in shared
// memory, or with their bytes where nothing is shared.
import { Refused } from "../chunk/codec.ts"
import { Entry, PACKED } from "../chunk/Entry.ts"
import { RAW_BYTES } from "../chunk/sizes.ts"
import { NotTransferable } from "../graph/errors.ts"
import { Code } from "../transport/Message.ts"
import { Writer } from "../transport/Words.ts"
import type { ArgumentVisitor, Failed, Host } from "./Processor.ts"

/** The writer of one worker. */
export class ArgumentWriter implements ArgumentVisitor {
  readonly out = new Writer()
  private readonly host: Host
  private readonly shared: boolean

  constructor(host: Host, shared: boolean) {
    this.host = host
    this.shared = shared
  }

  /** Writes the record of a task; a problem with an argument fails it, and nothing is written. */
  write(task: number, fn: number, flags: number, outputs: number, expected: number): Failed | undefined {
    const { out } = this
    const mark = out.mark()
    try {
      out.int(fn)
      out.int(flags)
      out.int(outputs)
      out.int(Math.min(0x7fffffff, Math.ceil(expected / RAW_BYTES)))
      const count = out.reserve()
      out.put(count, this.host.source.visit(task, this))
      return undefined
    } catch (error) {
      out.rewind(mark)
      const problem = error instanceof Refused
        ? new NotTransferable({ path: error.path, reason: error.reason })
        : error as object
      return { task, attempt: 0, cause: undefined, error: problem, typed: true, retryable: false, stack: "" }
    }
  }

  value(value: unknown): void {
    this.out.plain(value)
  }

  snapshot(head: Uint8Array, buffers: ReadonlyArray<Uint8Array>): void {
    this.out.packedBytes(head, buffers)
  }

  chunk(chunk: number): void {
    const { out } = this
    const { store } = this.host
    const before = store.get(chunk)
    const held = store.solidify(chunk)
    if (held !== before) this.host.solidified(chunk)
    if (!(held instanceof Entry)) return out.plain(held)
    const { code, head, parts } = held
    if (parts.length > 0 && parts[0] < 0) throw new Error(`chunk ${chunk} was sent while it was on disk only`)
    if (code === PACKED) {
      if (this.shared) out.packed(head, parts)
      else out.packedBytes(head, store.partViews(held))
    } else if (this.shared) out.raw(code, parts[0], parts[1], false)
    else out.rawBytes(code, store.partViews(held)[0])
  }

  handle(chunk: number): void {
    this.out.handle(chunk)
    this.out.values.push(this.host.bytesOf(chunk))
  }

  list(length: number): void {
    this.out.int(Code.list)
    this.out.int(length)
  }

  record(keys: ReadonlyArray<string>): void {
    this.out.int(Code.record)
    this.out.values.push(keys)
  }
}
