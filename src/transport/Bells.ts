// The bells of an engine's workers, at the beginning of the memory that they share: who has something for a worker rings,
// and one that has nothing to do sleeps on its bell. Beside each bell is counted what else comes and goes.

/** Workers with a bell of their own; further ones share. */
export const BELLS = 32
/** Int32 from one worker's bell to the next: a cache line. */
const LINE = 16
/** In a worker's line, behind the bell: its reports, and the messages to it. */
const REPORTS = 1
const MESSAGES = 2
/** Int32 with a bit for each worker that lingers: it looks at its bell although it has nothing to do. */
const LINGERING = LINE * BELLS

/** Int32 with a bit for each worker that waits for the engine, and one that says that the engine looks into trays. */
const WAITING = LINGERING + 2 * LINE
const LOOKING = LINGERING + 3 * LINE

/** Int32 that bells take. */
export const BELL_INTS = LINGERING + 4 * LINE

/** Int32 that says that workers share bells. */
const SHARING = LINGERING + LINE

const lineOf = (worker: number): number => worker % BELLS * LINE

/** The bells. */
export class Bells {
  private readonly ints: Int32Array

  /** `ints`: begins with BELL_INTS of them. */
  constructor(ints: Int32Array) {
    this.ints = ints
  }

  /** Tells a worker that there is something new. */
  ring(worker: number): void {
    Atomics.add(this.ints, lineOf(worker), 1)
    Atomics.notify(this.ints, lineOf(worker))
  }

  /** What a worker's bell counts. */
  bell(worker: number): number {
    return Atomics.load(this.ints, lineOf(worker))
  }

  /** Counts a message to a worker, which has been posted, and rings for it. */
  message(worker: number): void {
    Atomics.add(this.ints, lineOf(worker) + MESSAGES, 1)
    this.ring(worker)
  }

  /** How many messages to a worker have been posted. */
  messages(worker: number): number {
    return Atomics.load(this.ints, lineOf(worker) + MESSAGES)
  }

  /** Marks a worker as lingering, unless `most` others do; then returns false. */
  mayLinger(worker: number, most: number): boolean {
    const own = 1 << worker % BELLS
    let others = Atomics.or(this.ints, LINGERING, own) & ~own
    let count = 0
    for (; others !== 0; others &= others - 1) count++
    if (count >= most) this.endLinger(worker)
    return count < most
  }

  /** Says whether a worker waits for the engine, for work or for anything else. */
  waitsForEngine(worker: number, waits: boolean): void {
    const own = 1 << worker % BELLS
    if (waits) Atomics.or(this.ints, WAITING, own)
    else Atomics.and(this.ints, WAITING, ~own)
  }

  /** Whether no worker waits for the engine. */
  get areAllBusy(): boolean {
    return Atomics.load(this.ints, WAITING) === 0
  }

  /** Says whether the engine looks into the trays by itself, before long. */
  looks(does: boolean): void {
    Atomics.store(this.ints, LOOKING, does ? 1 : 0)
  }

  /** Whether what is left in a tray is found before long: the engine looks, and nobody waits for it. */
  get mayLeave(): boolean {
    return Atomics.load(this.ints, LOOKING) !== 0 && this.areAllBusy
  }

  /** Counts a report of a worker, which it has posted. */
  report(worker: number): void {
    Atomics.add(this.ints, lineOf(worker) + REPORTS, 1)
  }

  /** How many reports a worker has posted. */
  reports(worker: number): number {
    return Atomics.load(this.ints, lineOf(worker) + REPORTS)
  }

  /** A worker lingers no more. */
  endLinger(worker: number): void {
    Atomics.and(this.ints, LINGERING, ~(1 << worker % BELLS))
  }

  /** Sleeps until a worker's bell counts something else than `seen`, or for `ms`. */
  sleep(worker: number, seen: number, ms: number): void {
    Atomics.wait(this.ints, lineOf(worker), seen, ms)
  }

  /** A worker waits for something: from now on none may be left out because of its bit, if it shares that. */
  waits(worker: number): void {
    if (worker >= BELLS) Atomics.store(this.ints, SHARING, 1)
  }

  /** Whether workers share bells. */
  get areShared(): boolean {
    return Atomics.load(this.ints, SHARING) !== 0
  }

  /** Rings for each worker whose bit is set. */
  ringAll(bits: number): void {
    for (let left = bits; left !== 0; left &= left - 1) this.ring(31 - Math.clz32(left & -left))
  }
}
