// Builds the arguments of a task that runs on this thread: values of this thread, arrays as views on the arena.
import { decode } from "../chunk/codec.ts"
import type { ArgumentVisitor, Host } from "./Processor.ts"

/** Builds the arguments of a task as values of this thread. */
export class Arguments implements ArgumentVisitor {
  private readonly host: Host
  private out: Array<unknown> = []
  private task = -1
  /** the chunks among the arguments built last, and which argument each belongs to, from 0; with `check` only */
  shared: Array<{ readonly argument: number; readonly chunk: number }> = []
  private readonly open: Array<
    { readonly list: Array<unknown>; readonly keys: ReadonlyArray<string> | undefined; left: number }
  > = []

  constructor(host: Host) {
    this.host = host
  }

  /** The arguments of a task. */
  take(task: number): Array<unknown> {
    this.out = []
    this.task = task
    this.shared = []
    this.host.source.visit(task, this)
    return this.out
  }

  private add(value: unknown): void {
    const group = this.open[this.open.length - 1]
    if (group === undefined) {
      this.out.push(value)
      return
    }
    group.list.push(value)
    if (--group.left > 0) return
    this.open.pop()
    this.add(
      group.keys === undefined ? group.list : Object.fromEntries(group.keys.map((key, i) => [key, group.list[i]]))
    )
  }

  private group(left: number, keys: ReadonlyArray<string> | undefined): void {
    if (left === 0) this.add(keys === undefined ? [] : {})
    else this.open.push({ list: [], keys, left })
  }

  value(value: unknown): void {
    this.add(value)
  }

  snapshot(head: Uint8Array, buffers: ReadonlyArray<Uint8Array>): void {
    this.add(decode(head, buffers, this.host.store.crossing))
  }

  chunk(chunk: number): void {
    if (this.host.store.check) this.shared.push({ argument: this.out.length, chunk })
    this.add(this.host.store.view(chunk))
  }

  handle(chunk: number): void {
    this.add(this.host.handleOf(chunk, this.task))
  }

  list(length: number): void {
    this.group(length, undefined)
  }

  record(keys: ReadonlyArray<string>): void {
    this.group(keys.length, keys)
  }
}
