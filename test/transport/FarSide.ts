// One far side with a recorder on it: opens a link, writes tasks as the engine would, and keeps what is heard in the
// order in which it comes. It checks nothing, and is no engine: an attempt's number is its task's and its slot's.
import { Effect, type Scope } from "effect"
import { openLink } from "../../src/processor/openLink.ts"
import { Board, tagOf } from "../../src/transport/Board.ts"
import { Code, Flag, type FromWorker, type FunctionMessage, type ToWorker } from "../../src/transport/Message.ts"
import type { Exit, Link, Transport } from "../../src/transport/Transport.ts"
import { type Reader, readerOf, Writer } from "../../src/transport/Words.ts"

/** One thing that was heard: what, of which task, and its value, text or exit. */
export type Heard = readonly [what: string, task: number, of: unknown]

const SLOTS = 256
const VAIN_MS = 8000

/** A value that travels as a literal or an integer. */
const plainOf = (from: Reader): unknown => from.int() === Code.int ? from.int() : from.next()

const pairs = (what: string, list: ReadonlyArray<number> = []): Array<Heard> =>
  list.filter((_, i) => i % 2 === 0).map((task) => [what, task, undefined])

/** What one message says, in the order in which the engine takes it in. */
const heardIn = (message: FromWorker): Array<Heard> => {
  const heard: Array<Heard> = message.ready === true ? [["ready", -1, undefined]] : []
  if (message.records !== undefined) {
    const from = readerOf(message.records)
    const { heads } = message.records
    for (let i = 0; i < heads.length; i += 3) {
      from.int()
      heard.push(["finished", heads[i], plainOf(from)])
    }
  }
  heard.push(...pairs("claimed", message.claims))
  for (const { kind, task, text } of message.failures ?? []) heard.push([kind, task, text])
  heard.push(...pairs("retracted", message.retracted), ...pairs("kept", message.kept))
  return heard
}

/** A far side. */
export class FarSide {
  readonly link: Link
  readonly arena = new SharedArrayBuffer(1 << 16)
  readonly heard: Array<Heard> = []
  private readonly memory = new SharedArrayBuffer(Board.bytes(SLOTS))
  private readonly board = new Board(this.memory)
  private readonly functions: Array<FunctionMessage> = []
  private readonly waiting = new Set<() => void>()

  constructor(transport: Transport) {
    this.link = openLink(transport, {
      worker: 0,
      arena: this.arena,
      board: this.memory,
      check: false,
      heap: Infinity,
      onMessage: (message) => this.hear(...heardIn(message)),
      onNotice: ({ stream, task, text }) => this.hear([stream, task, text]),
      onExit: (exit) => this.hear(["exit", -1, exit])
    })
  }

  /** One that is ended with the scope, whatever was done to it. */
  static open(transport: Transport): Effect.Effect<FarSide, never, Scope.Scope> {
    return Effect.acquireRelease(Effect.sync(() => new FarSide(transport)), (far) => {
      if (far.exits.length > 0) return Effect.void
      far.link.terminate()
      return far.until("its end", () => far.exits.length > 0)
    })
  }

  private hear(...heard: ReadonlyArray<Heard>): void {
    this.heard.push(...heard)
    for (const look of this.waiting) look()
  }

  /** Every end that was told: there is to be one. */
  get exits(): Array<Exit> {
    return this.all("exit").map(([, , exit]) => exit as Exit)
  }

  /** What was heard of a kind. */
  all(what: string): Array<Heard> {
    return this.heard.filter(([kind]) => kind === what)
  }

  /** Waits until something holds; fails with what was heard instead. */
  until(what: string, holds: () => boolean): Effect.Effect<void> {
    return Effect.callback((resume) => {
      const vain = (): void => resume(Effect.die(new Error(`no ${what}, but ${JSON.stringify(this.heard)}`)))
      const timer = setTimeout(vain, VAIN_MS)
      const look = (): void => {
        if (holds()) resume(Effect.void)
      }
      this.waiting.add(look)
      look()
      return Effect.sync(() => {
        clearTimeout(timer)
        this.waiting.delete(look)
      })
    })
  }

  /** Waits until so many things of a kind were heard. */
  hears(what: string, count = 1): Effect.Effect<void> {
    return this.until(`${count} ${what}`, () => this.all(what).length >= count)
  }

  /** A function by its source text; `message` names it once. */
  fn(source: string): number {
    const id = this.functions.length + 1
    this.functions.push({ id, kind: "inline", url: "", name: "", source })
    return id
  }

  /** A message that introduces functions and has records: task, function and arguments each; bytes travel as such. */
  message(
    introduces: ReadonlyArray<number>,
    records: ReadonlyArray<readonly [task: number, fn: number, ...args: ReadonlyArray<unknown>]>,
    flags = 0
  ): ToWorker {
    const out = new Writer()
    const heads: Array<number> = []
    for (const [task, fn, ...args] of records) {
      this.board.open(task, tagOf(task))
      heads.push(task, task)
      for (const n of [fn, flags | Flag.apart, 0, 0, task, 0, args.length]) out.int(n)
      for (const arg of args) {
        if (arg instanceof Uint8Array) out.rawBytes(2, arg)
        else if (arg instanceof Place) out.raw(2, arg.offset, arg.bytes, false)
        else out.plain(arg)
      }
    }
    const functions = introduces.map((id) => this.functions[id - 1])
    const columns = out.take(heads)
    return { ...(functions.length > 0 && { functions }), ...(columns !== undefined && { records: columns }) }
  }

  /** Posts a task, after its function. */
  run(task: number, source: string, ...args: ReadonlyArray<unknown>): void {
    const fn = this.fn(source)
    this.link.post(this.message([fn], [[task, fn, ...args]]))
  }
}

/** Bytes in the arena. */
export class Place {
  readonly offset: number
  readonly bytes: number
  constructor(offset: number, bytes: number) {
    this.offset = offset
    this.bytes = bytes
  }
}
