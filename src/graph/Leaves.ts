// The handles that a handle stands for, without recursion: graph/lower.ts takes them one at a time, so that a million of
// them never hold up the event loop.
import type { AllNode } from "./all.ts"
import { type Handle, HandleKind } from "./Handle.ts"

/** The handles that an `all` joins. */
export const membersOf = ({ shape }: AllNode): ReadonlyArray<Handle> =>
  (Array.isArray(shape) ? shape : Object.values(shape)) as ReadonlyArray<Handle>

/** Handles in order, one at a time; instead of an `all` its members. */
export class Leaves {
  private readonly lists: Array<ReadonlyArray<Handle>>
  private readonly places: Array<number> = [0]

  constructor(roots: ReadonlyArray<Handle>) {
    this.lists = [roots]
  }

  /** The next one, if there is one. */
  next(): Handle | undefined {
    const { lists, places } = this
    while (lists.length > 0) {
      const top = lists.length - 1
      const list = lists[top]
      if (places[top] === list.length) {
        lists.pop()
        places.pop()
        continue
      }
      const handle = list[places[top]++]
      if (handle.kind !== HandleKind.all) return handle
      lists.push(membersOf(handle as AllNode))
      places.push(0)
    }
    return undefined
  }
}
