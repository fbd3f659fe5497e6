// Writes tasks as records of a batch: function, flags and arguments. Values of chunks are written as places in shared
// memory, or with their bytes where nothing is shared.
import { Refused } from "../chunk/codec.ts"
import { Entry, PACKED } from "../chunk/Entry.ts"
import { RAW_BYTES } from "../chunk/sizes.ts"
import { NotTransferable } from "../graph/errors.ts"
import { tagOf } from "../transport/Board.ts"
import { Code } from "../transport/Message.ts"
import { Writer } from "../transport/Words.ts"
import type { ArgumentVisitor, Failed, Host } from "./Processor.ts"
import { Readers } from "./Readers.ts"
import type { SlotTable } from "./SlotTable.ts"

/** The writer of one worker. */
export class ArgumentWriter implements ArgumentVisitor {
  readonly out = new Writer()
  /** who reads what of the batch under way */
  readonly readers = new Readers(this.out)
  private readonly host: Host
  private readonly table: SlotTable
  private readonly shared: boolean
  private slot = 0
  /** slot and tag of attempts behind which the task is sent */
  private readonly awaited: Array<number> = []

  constructor(host: Host, table: SlotTable, shared: boolean) {
    this.host = host
    this.table = table
    this.shared = shared
  }

  /** Writes the record of a task; a problem with an argument fails it, and nothing is written. */
  write(
    task: number,
    slot: number,
    head: { readonly fn: number; readonly flags: number; readonly outputs: number; readonly mayStay: boolean }
  ): Failed | undefined {
    const { awaited, out } = this
    const { source } = this.host
    const mark = out.mark()
    this.slot = slot
    awaited.length = 0
    try {
      out.int(head.fn)
      if (head.mayStay) this.readers.open(slot, out.length, head.flags)
      out.int(head.flags)
      out.int(head.outputs)
      out.int(Math.min(0x7fffffff, Math.ceil(source.expected(task) / RAW_BYTES)))
      out.int(slot)
      const tail = out.reserve()
      const count = out.reserve()
      out.put(count, source.visit(task, this))
      if (awaited.length > 0) {
        out.put(tail, out.length - mark.at)
        out.int(out.values.length - mark.literals)
        out.int(awaited.length / 2)
        for (const n of awaited) out.int(n)
      }
      return undefined
    } catch (error) {
      out.rewind(mark)
      this.readers.forget(slot)
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
    const maker = this.host.source.makerOf(chunk)
    if (maker >= 0) return this.behind(maker, chunk)
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

  /** The value of a task that is under way. */
  private behind(maker: number, chunk: number): void {
    const { awaited, table } = this
    const { source } = this.host
    const attempt = source.attemptOf(maker)
    const slot = table.refer(maker, attempt, source.workerOf(maker))
    if (slot >= 0) {
      table.link(this.slot, slot)
      this.readers.reads(slot, source.usesOf(chunk))
    }
    awaited.push(slot, tagOf(attempt))
    this.out.slot(slot, tagOf(attempt))
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
