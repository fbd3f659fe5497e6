// Looks for what is waited for instead of sleeping until it comes, where what came last came soon: a thread that sleeps
// takes 20 to 80 us to wake, and one small task after the other is all waking. Both sides of a transport do so.

/** One side that waits, and how soon what it waited for came. */
export class Lookout {
  private readonly within: number
  private readonly isThere: () => boolean
  private since = 0
  private isSoon = false

  /** It looks for `within` ms at most, and only if what came last came within them. */
  constructor(within: number, isThere: () => boolean) {
    this.within = within
    this.isThere = isThere
  }

  /** It waits from now on. */
  wait(): void {
    this.since = performance.now()
  }

  /** What it waited for has come. */
  came(): void {
    this.isSoon = performance.now() - this.since < this.within
  }

  /** Whether what it waits for is expected soon. */
  get pays(): boolean {
    return this.isSoon
  }

  /** Looks for it. Returns whether it is there; if not, what comes next is no longer expected soon. */
  look(): boolean {
    const until = this.since + this.within
    while (!this.isThere()) {
      if (performance.now() < until) continue
      this.isSoon = false
      return false
    }
    return true
  }
}
