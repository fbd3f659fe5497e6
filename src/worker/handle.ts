// A chunk as a `meta` task on a worker gets it: its number and size, which it may hand on but not read here.
import { Handle, HandleKind, setKind } from "../graph/Handle.ts"

/** A chunk of the engine, seen from a worker. */
export class FarChunk extends Handle {
  declare readonly kind: typeof HandleKind.chunk
  declare readonly chunk: number
  declare readonly bytes: number

  constructor(chunk: number, bytes: number) {
    super()
    this.chunk = chunk
    this.bytes = bytes
  }
}
setKind(FarChunk, HandleKind.chunk)

/** Makes one. */
export const makeHandle = (chunk: number, bytes: number): FarChunk => new FarChunk(chunk, bytes)
