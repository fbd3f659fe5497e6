// The handles that an engine gives out: of spawned tasks and of stored chunks. They hold a wish, so that what they stand
// for stays until they are released or their Scope closes.
import type { DelayedNode } from "../graph/Delayed.ts"
import { Handle, HandleKind, setKind } from "../graph/Handle.ts"
import type { Wish } from "./Wish.ts"

/** A task that was submitted. */
export class SpawnedHandle extends Handle {
  declare readonly kind: typeof HandleKind.spawned
  declare readonly engine: number
  declare readonly node: DelayedNode
  declare readonly wish: Wish
  declare released: boolean

  constructor(engine: number, node: DelayedNode, makeWish: (handle: Handle) => Wish) {
    super()
    this.released = false
    this.engine = engine
    this.node = node
    this.wish = makeWish(node)
  }
}
setKind(SpawnedHandle, HandleKind.spawned)

/** A stored value. */
export class ChunkHandle extends Handle {
  declare readonly kind: typeof HandleKind.chunk
  declare readonly engine: number
  declare readonly chunk: number
  declare readonly bytes: number
  declare wish: Wish | undefined
  declare released: boolean
  /** of a `meta` task's handle: the attempt for which it is good */
  declare lease: { readonly task: number; readonly attempt: number } | undefined

  constructor(engine: number, chunk: number, bytes: number) {
    super()
    this.engine = engine
    this.chunk = chunk
    this.bytes = bytes
    this.wish = undefined
    this.lease = undefined
    this.released = false
  }
}
setKind(ChunkHandle, HandleKind.chunk)
