// What one worker was sent and has not reported: attempts in the order in which they were sent, which of them have begun
// and which wait. Where memory is shared their claim words say it exactly; over bytes only reports tell.
import { Claim, CLAIMS, Word } from "../transport/Transport.ts"
import type { Host } from "./Processor.ts"

interface Sent {
  readonly task: number
  /** index of its claim word */
  readonly claim: number
}

/** The attempts that are under way to one worker. */
export class UnderWay {
  private readonly host: Host
  private readonly words: Int32Array | undefined
  private readonly sent = new Map<number, Sent>()
  /** suspects that have begun: these are announced, and reported when they end */
  private readonly announced = new Set<number>()
  /** questions to the engine that are not answered: attempts by request */
  private readonly asking = new Map<number, number>()
  private sequence = 0

  constructor(host: Host, words: Int32Array | undefined) {
    this.host = host
    this.words = words
  }

  /** How many there are. */
  get size(): number {
    return this.sent.size
  }

  /** Whether an attempt is not reported yet. */
  has(attempt: number): boolean {
    return this.sent.has(attempt)
  }

  /** An attempt is sent; its claim word is free. */
  add(task: number, attempt: number): void {
    const claim = Word.claims + this.sequence++ % CLAIMS
    if (this.words !== undefined) Atomics.store(this.words, claim, Claim.free)
    this.sent.set(attempt, { task, claim })
  }

  /** An attempt is reported. */
  settle(attempt: number): void {
    this.sent.delete(attempt)
    if (this.announced.size > 0) this.announced.delete(attempt)
  }

  /** Takes an attempt back; false if it has begun, or if only the worker can say. */
  takeBack(attempt: number): boolean {
    const sent = this.sent.get(attempt)
    if (sent === undefined || this.words === undefined) return false
    if (Atomics.compareExchange(this.words, sent.claim, Claim.free, Claim.revoked) !== Claim.free) return false
    this.settle(attempt)
    return true
  }

  /** Tells an attempt that has begun that nobody wants it. */
  cancel(attempt: number): void {
    const sent = this.sent.get(attempt)
    if (sent === undefined || this.words === undefined) return
    Atomics.compareExchange(this.words, sent.claim, Claim.claimed, Claim.cancelled)
  }

  /** The worker says that these have begun. */
  begun(tasks: ReadonlyArray<number>, attempts: ReadonlyArray<number>): void {
    attempts.forEach((attempt, i) => {
      if (this.host.isSuspect(tasks[i])) this.announced.add(attempt)
    })
  }

  /** A question of an attempt, which waits for the answer. */
  asked(request: number, attempt: number): void {
    this.asking.set(request, attempt)
  }

  /** It is answered. */
  answered(request: number): void {
    this.asking.delete(request)
  }

  private waits(attempt: number): boolean {
    if (this.asking.size === 0) return false
    for (const asking of this.asking.values()) if (asking === attempt) return true
    return false
  }

  private isClaimed({ claim }: Sent): boolean {
    return Atomics.load(this.words!, claim) === Claim.claimed
  }

  /** Whether a cancelled attempt is what its worker is busy with, and not another that is wanted. */
  occupies(attempt: number): boolean {
    for (const [other, sent] of this.sent) {
      if (this.waits(other)) continue
      if (this.words === undefined) return other === attempt
      if (other !== attempt && this.isClaimed(sent)) return false
    }
    return this.words !== undefined
  }

  /** The worker is gone: attempts that had begun. Where that is not known, all are suspects from now on. */
  lost(): Array<number> {
    const attempts = [...this.sent.keys()]
    const { words } = this
    if (words !== undefined) {
      return attempts.filter((attempt) => {
        const state = Atomics.load(words, this.sent.get(attempt)!.claim)
        return state === Claim.claimed || state === Claim.cancelled
      })
    }
    for (const { task } of this.sent.values()) this.host.suspect(task)
    const running = attempts.filter((attempt) => !this.waits(attempt))
    const known = running.filter((attempt) => this.announced.has(attempt))
    return [...attempts.filter((attempt) => this.waits(attempt)), ...(known.length > 0 ? known : running.slice(0, 1))]
  }

  /** Nothing is under way any more. */
  clear(): void {
    this.sent.clear()
    this.announced.clear()
    this.asking.clear()
  }
}
