// What somebody waits for: a node of the scheduler that never runs, with the handles it is for. Settles once; until it
// is dropped its inputs stay. Its owner reads the values; nothing is copied here.
import type { Handle } from "../graph/Handle.ts"
import type { Failure } from "./Failure.ts"
import { Numbers } from "./Numbers.ts"

/** How a wish can be. */
export type WishStatus = "pending" | "settled" | "failed" | "dropped"

let serials = 0

/** A wish. */
export class Wish {
  /** a number that no other wish of this process has */
  readonly serial = ++serials
  readonly handles: ReadonlyArray<Handle>
  readonly exits: boolean
  status: WishStatus = "pending"
  /** its task id, once it is submitted, or some of it */
  task = -1
  /** the chunks that it wants, as far as it is submitted */
  readonly chunks = new Numbers()
  failure: Failure | undefined = undefined
  private watchers: Array<() => void> = []

  constructor(handles: ReadonlyArray<Handle>, exits: boolean) {
    this.handles = handles
    this.exits = exits
  }

  /** Calls `f` when it is no longer pending: at once if it is not. */
  watch(f: () => void): () => void {
    if (this.status !== "pending") {
      f()
      return () => {}
    }
    this.watchers.push(f)
    return () => {
      const at = this.watchers.indexOf(f)
      if (at >= 0) this.watchers.splice(at, 1)
    }
  }

  /** It is no longer pending. */
  become(status: WishStatus): void {
    if (this.status === "dropped") return
    this.status = status
    const watchers = this.watchers
    this.watchers = []
    for (const f of watchers) f()
  }
}
