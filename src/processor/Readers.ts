// Which attempts of a batch leave their value on the worker's heap: those all of whose readers are sent with them, to the
// same worker. Only where a value is worth it: small ones are encoded in less time than it takes to find out.
import { Flag } from "../transport/Message.ts"
import type { Writer } from "../transport/Words.ts"

interface Kept {
  /** where its flags stand */
  readonly at: number
  flags: number
  readers: number
}

/** The attempts of the batch under way whose value may stay, and how many of its readers were sent after them. */
export class Readers {
  private readonly out: Writer
  private readonly bySlot = new Map<number, Kept>()

  constructor(out: Writer) {
    this.out = out
  }

  /** An attempt is written whose value may stay: where its flags are. */
  open(slot: number, at: number, flags: number): void {
    this.bySlot.set(slot, { at, flags, readers: 0 })
  }

  /** One is written that reads the value of another, which has so many uses in all. */
  reads(slot: number, uses: number): void {
    const kept = this.bySlot.get(slot)
    if (kept === undefined) return
    kept.readers++
    // Written again where there are more by now.
    this.out.put(kept.at, kept.readers === uses ? kept.flags | Flag.stays : kept.flags)
  }

  /** An attempt is not sent after all: its slot and its place in the batch are another's. */
  forget(slot: number): void {
    this.bySlot.delete(slot)
  }

  /** The batch is posted. */
  clear(): void {
    if (this.bySlot.size > 0) this.bySlot.clear()
  }
}
