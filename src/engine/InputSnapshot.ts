// An input value as it was at the call, written by the codec: what the user does to the object later changes nothing.

/** A small input value in the codec's form. */
export class Snapshot {
  readonly head: Uint8Array
  readonly buffers: ReadonlyArray<Uint8Array>

  constructor(head: Uint8Array, buffers: ReadonlyArray<Uint8Array>) {
    this.head = head
    this.buffers = buffers
  }
}
