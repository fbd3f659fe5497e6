// Integers for tasks and chunks: used again as soon as the scheduler has released them, so that tables stay dense.

/** A supply of ids. */
export class Ids {
  private readonly free: Array<number> = []
  /** ids below this have been given out at some time */
  next = 0

  /** An id that nothing refers to. */
  take(): number {
    return this.free.length > 0 ? this.free.pop()! : this.next++
  }

  /** Gives an id back. */
  release(id: number): void {
    this.free.push(id)
  }

  /** Ids in use. */
  get used(): number {
    return this.next - this.free.length
  }
}
