// A processor on the far side of a transport: batches go out as one message, reports come back as one, and nothing is
// kept for a task but its place in the list of what was sent. Where memory is shared, taking an attempt back is one
// compare-and-swap on its claim word; over bytes it is a question.
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { written } from "../chunk/written.ts"
import { GraphInvalid } from "../graph/errors.ts"
import { registeredModule } from "../graph/TaskModule.ts"
import { type FromWorker, type FunctionMessage, isQuestion, type Notice, type Records } from "../transport/Message.ts"
import { bytesTransport, threadTransport } from "../transport/thread.ts"
import type { Exit, Link, Transport } from "../transport/Transport.ts"
import { ArgumentWriter } from "./ArgumentWriter.ts"
import { FarValues } from "./FarValues.ts"
import { faultOf } from "./faults.ts"
import { flagsOf, mayStay } from "./flagsOf.ts"
import { openLink } from "./openLink.ts"
import type { Answerer, Host, Processor, Running } from "./Processor.ts"
import { readRecalled, readResults, type Receiver } from "./results.ts"
import { slotsOf, type SlotTable } from "./SlotTable.ts"
import { Tail } from "./Tail.ts"
import { UnderWay } from "./UnderWay.ts"
import { watchHeap } from "./watchHeap.ts"
import { WorkerRooms } from "./WorkerRooms.ts"

/** ms that a cancelled attempt has to end by itself before its worker is replaced. */
export const GRACE_MS = 2000
/** ms of work that a worker is given ahead. */
export const AHEAD_MS = 8

class WorkerRunner implements Running, Answerer, Receiver {
  readonly host: Host
  private readonly link: Link
  private readonly sent: UnderWay
  private readonly known = new Set<number>()
  private readonly writer: ArgumentWriter
  readonly rooms: WorkerRooms
  readonly table: SlotTable
  readonly far: FarValues
  private readonly log = new Tail()
  private readonly graces = new Map<number, NodeJS.Timeout>()
  private readonly endWatch: () => void
  private isReady = false
  private isGone = false
  private killed = ""

  constructor(host: Host, transport: Transport, options: WorkerProcessorOptions, table: SlotTable) {
    this.host = host
    this.table = table
    this.link = openLink(transport, {
      worker: host.worker,
      arena: host.store.arena.buffer,
      board: table.memory,
      ...options,
      onMessage: (message) => this.receive(message),
      onNotice: (notice) => this.notice(notice),
      onExit: (exit) => this.gone(exit)
    })
    const shared = this.link.words !== undefined
    this.far = new FarValues(this.link, table)
    this.sent = new UnderWay(host, table, shared)
    this.rooms = new WorkerRooms(host.store, this.link.words)
    this.writer = new ArgumentWriter(host, table, shared)
    this.endWatch = watchHeap(this.link, options.heap, () => this.sent.size > 0, (why) => this.kill(why))
  }

  run(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    const heads: Array<number> = []
    const functions: Array<FunctionMessage> = []
    const rooms: Array<number> = []
    for (let i = 0; i < tasks.length; i++) {
      const task = tasks[i]
      const slot = this.sent.add(task, attempts[i])
      if (slot < 0) {
        this.host.retracted([task], [attempts[i]])
        continue
      }
      const problem = this.isGone ? undefined : this.record(task, slot, functions)
      if (problem !== undefined || this.isGone) {
        this.sent.giveUp(task, attempts[i])
        if (problem !== undefined) this.host.failed({ ...problem, attempt: attempts[i] })
        continue
      }
      heads.push(task, attempts[i])
      if (this.rooms.mayLend) {
        const offset = this.host.lend(this.host.source.expected(task))
        if (offset >= 0) rooms.push(...this.rooms.lend(offset))
      }
    }
    const records = this.writer.out.take(heads)
    this.writer.readers.clear()
    if (records !== undefined || functions.length > 0) {
      this.link.post({
        ...(functions.length > 0 && { functions }),
        ...(rooms.length > 0 && { rooms }),
        ...(records !== undefined && { records })
      })
      if (this.sent.size === 1) this.link.expect?.()
    }
  }

  private record(task: number, slot: number, functions: Array<FunctionMessage>): ReturnType<ArgumentWriter["write"]> {
    const { source } = this.host
    const fn = source.fn(task)
    if (!this.known.has(fn.id)) {
      const { id, kind, name, source: text, url } = fn
      try {
        this.host.store.crossing.add(registeredModule(url)?.schemas ?? [])
      } catch (thrown) {
        const error = new GraphInvalid({ path: url, reason: (thrown as Error).message })
        return { task, attempt: 0, cause: undefined, error, typed: true, retryable: false, stack: "" }
      }
      this.known.add(fn.id)
      functions.push({ id, kind: kind === "closure" ? "module" : kind, url, name, source: text })
    }
    const flags = flagsOf(this.host, task)
    const stays = this.link.words !== undefined && mayStay(this.host, task, flags)
    return this.writer.write(task, slot, { fn: fn.id, flags, outputs: source.outputs(task), mayStay: stays })
  }

  interrupt(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    const { sent } = this
    const interrupts: Array<number> = []
    const retracted: Array<number> = []
    for (let i = 0; i < attempts.length; i++) {
      const slot = sent.find(tasks[i], attempts[i])
      if (slot < 0) continue
      if (sent.takeBack(tasks[i], attempts[i])) retracted.push(i)
      else if (sent.cancel(slot)) {
        interrupts.push(attempts[i])
        this.grace(tasks[i], attempts[i], sent.occupies(tasks[i], attempts[i]))
      }
    }
    if (interrupts.length > 0) this.link.post({ interrupts })
    if (retracted.length > 0) this.host.retracted(retracted.map((i) => tasks[i]), retracted.map((i) => attempts[i]))
  }

  /** A cancelled attempt that still runs after its grace: only its worker's end ends it. It has more if another runs. */
  private grace(task: number, attempt: number, occupies: boolean): void {
    const overdue = (): void => {
      this.graces.delete(attempt)
      if (this.sent.find(task, attempt) < 0) return
      const still = this.sent.occupies(task, attempt)
      if (!occupies || !still) this.grace(task, attempt, still)
      else this.kill(`a cancelled task did not end within ${GRACE_MS} ms, so its worker was replaced`)
    }
    this.graces.set(attempt, setTimeout(overdue, GRACE_MS))
  }

  private kill(why: string): void {
    if (this.killed === "") this.killed = why
    this.link.terminate()
  }

  retract(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    if (this.link.words === undefined) return this.link.post({ retracts: attempts })
    const back: Array<number> = []
    const kept: Array<number> = []
    for (let i = 0; i < attempts.length; i++) {
      if (this.sent.takeBack(tasks[i], attempts[i])) back.push(i)
      else kept.push(i)
    }
    if (back.length > 0) this.host.retracted(back.map((i) => tasks[i]), back.map((i) => attempts[i]))
    if (kept.length > 0) this.host.kept(kept.map((i) => tasks[i]), kept.map((i) => attempts[i]))
  }

  private settle(task: number, attempt: number): void {
    this.sent.settle(task, attempt)
    if (this.graces.size === 0) return
    clearTimeout(this.graces.get(attempt))
    this.graces.delete(attempt)
  }

  /** Takes in a report. One that cannot be read ends the worker, never the engine. */
  private receive(message: FromWorker): void {
    try {
      this.read(message)
    } catch (error) {
      this.kill(`its report could not be read: ${String(error)}`)
    }
  }

  private read(message: FromWorker): void {
    const { host } = this
    if (message.ready === true) {
      this.isReady = true
      host.up()
    }
    if (message.pieces !== undefined) this.rooms.settle(message.pieces)
    if (message.records !== undefined) this.take(message.records)
    if (message.recalled !== undefined) readRecalled(this, message.recalled)
    for (const slot of message.forgotten ?? []) this.far.came(slot, undefined)
    if (message.claims !== undefined) {
      const [tasks, attempts] = split(message.claims)
      this.sent.begun(tasks, attempts)
      host.claimed(tasks, attempts)
    }
    for (const failure of message.failures ?? []) {
      this.settle(failure.task, failure.attempt)
      if (failure.kind === "interrupt") host.retracted([failure.task], [failure.attempt])
      else host.failed(faultOf(host, failure))
    }
    if (message.retracted !== undefined) {
      const [tasks, attempts] = split(message.retracted)
      for (let i = 0; i < tasks.length; i++) this.settle(tasks[i], attempts[i])
      host.retracted(tasks, attempts)
    }
    if (message.kept !== undefined) host.kept(...split(message.kept))
    for (const request of message.requests ?? []) {
      if (isQuestion(request)) this.sent.asked(request.request, request.attempt)
      host.request(request, this)
    }
    const { room, roomAhead = 0 } = message
    if (room !== undefined) host.room(room, roomAhead, (offset, bytes) => this.rooms.grant(offset, bytes))
  }

  private take(records: Records): void {
    const { failed, finished } = readResults(this, records)
    for (let i = 0; i < finished.tasks.length; i++) this.settle(finished.tasks[i], finished.attempts[i])
    this.host.finished(finished)
    for (const failure of failed) {
      this.settle(failure.task, failure.attempt)
      this.host.failed(failure)
    }
  }

  /** Answers a request with a value. */
  value(request: number, value: unknown): void {
    this.answer(request, true, value)
  }

  /** Answers a request with the Cause of a failure. */
  failure(request: number, cause: Cause.Cause<unknown>): void {
    this.answer(request, false, cause)
  }

  private answer(request: number, ok: boolean, value: unknown): void {
    this.sent.answered(request)
    this.link.post({ answers: [{ request, ok, value: written(value, this.host.store.crossing) }] })
  }

  private notice({ stream, task, text }: Notice): void {
    this.log.add(stream === "stray" ? `${text}\n` : text)
    if (stream === "stray") return this.host.stray(text, task)
    this.host.line(stream, text)
  }

  private gone(exit: Exit): void {
    this.stopTimers()
    const claimed = this.sent.lost()
    this.isGone = true
    this.sent.clear()
    this.rooms.free()
    this.far.gone()
    const reason = this.killed !== "" ? this.killed : exit.reason
    this.host.lost({ ...exit, reason, started: this.isReady }, claimed, this.log.lines())
  }

  private stopTimers(): void {
    this.endWatch()
    for (const timer of this.graces.values()) clearTimeout(timer)
  }

  close(): Promise<void> {
    this.stopTimers()
    return this.link.close(this.sent.size > 0 ? 0 : 100)
  }
}

const split = (pairs: ReadonlyArray<number>): [Array<number>, Array<number>] => [
  pairs.filter((_, i) => i % 2 === 0),
  pairs.filter((_, i) => i % 2 === 1)
]

/** How workers are: `check` compares shared inputs before and after each attempt; `heap` bytes of JavaScript heap at most. */
export interface WorkerProcessorOptions {
  readonly check: boolean
  readonly heap: number
}

const transports = { thread: threadTransport, bytes: bytesTransport }

/** A worker over a transport, named or given. */
export const workerProcessor = (
  by: keyof typeof transports | Transport,
  options: WorkerProcessorOptions
): Processor => {
  const transport = typeof by === "string" ? transports[by] : by
  return {
    kind: transport.name,
    accepts: ["module"],
    capacity: [1],
    ahead: AHEAD_MS,
    follows: transport.sharesMemory ? "shared" : "own",
    start: (host) =>
      Effect.acquireRelease(
        Effect.sync(() => new WorkerRunner(host, transport, options, slotsOf(host.store, transport.sharesMemory))),
        (runner) => Effect.promise(() => runner.close())
      )
  }
}
