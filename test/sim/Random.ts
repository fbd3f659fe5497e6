// Choices that a seed repeats: mulberry32 (Tommy Ettinger). Not for anything but tests.

/** A source of choices. */
export class Random {
  private seed: number

  constructor(seed: number) {
    this.seed = seed | 0
  }

  /** In [0, 1). */
  next(): number {
    this.seed = (this.seed + 0x6D2B79F5) | 0
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** An integer in [0, n). */
  int(n: number): number {
    return Math.floor(this.next() * n)
  }

  /** An integer in [from, to]. */
  between(from: number, to: number): number {
    return from + this.int(to - from + 1)
  }

  /** True with probability p. */
  chance(p: number): boolean {
    return this.next() < p
  }

  /** One of them. */
  pick<A>(all: ReadonlyArray<A>): A {
    return all[this.int(all.length)]
  }

  /** Mostly short, sometimes long: in (0, most]. */
  delay(most: number): number {
    return 0.001 + most * this.next() ** 3
  }

  /** Normally distributed (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }
}
