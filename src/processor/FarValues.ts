// Values that a worker keeps on its heap for those that were sent behind their tasks. The engine holds the slot of each,
// and asks for the value where somebody else comes to need it. Not here: which values are kept so (Readers.ts).
import type { Entry, FarValue } from "../chunk/Entry.ts"
import type { Link } from "../transport/Transport.ts"
import type { SlotTable } from "./SlotTable.ts"

/** The values of one worker. */
export class FarValues {
  private readonly link: Link
  private readonly table: SlotTable
  private readonly asked = new Map<number, (held: Entry | undefined) => void>()
  private isGone = false

  constructor(link: Link, table: SlotTable) {
    this.link = link
    this.table = table
  }

  /** A value that an attempt has left with the worker; its slot stays until it is released. */
  hold(slot: number, tag: number): FarValue {
    this.table.hold(slot)
    return {
      fetch: (done) => {
        if (this.isGone) return done(undefined)
        this.asked.set(slot, done)
        this.link.post({ recalls: [slot, tag] })
      },
      release: () => this.table.release(slot)
    }
  }

  /** The worker has sent a value, or has it no more. */
  came(slot: number, held: Entry | undefined): void {
    const done = this.asked.get(slot)
    this.asked.delete(slot)
    done?.(held)
  }

  /** The worker is gone, with all that it had. */
  gone(): void {
    this.isGone = true
    for (const slot of this.asked.keys()) this.came(slot, undefined)
  }
}
