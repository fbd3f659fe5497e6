// What became of attempts, as the processors of a simulated world know it without the engine: those that wait for a
// value look here, and are told when there is something to see.
import type { World } from "./World.ts"

/** The value is there; only the processor that made it has it; there will be none. */
export type Outcome = "done" | "kept" | "void"

/** The board of a world. */
export class Outcomes {
  /** tasks that were sent before their inputs were there, and those of them that could not have them */
  followers = 0
  givenBack = 0
  private readonly world: World
  private readonly known = new Map<number, { readonly maker: number; readonly what: Outcome }>()

  constructor(world: World) {
    this.world = world
  }

  /** Whether `viewer` can have the values of all these attempts; undefined while that is open. */
  seen(attempts: ReadonlyArray<number>, viewer: number): "done" | "void" | undefined {
    const seen = attempts.map((attempt) => {
      const { maker, what } = this.known.get(attempt) ?? {}
      return what === "kept" ? maker === viewer ? "done" : "void" : what
    })
    return seen.includes("void") ? "void" : seen.includes(undefined) ? undefined : "done"
  }

  /** Whether only this processor has the value of an attempt. */
  isKept(attempt: number, maker: number): boolean {
    const known = this.known.get(attempt)
    return known !== undefined && known.what === "kept" && known.maker === maker
  }

  /** An attempt has ended; the first word on it counts. */
  set(attempt: number, maker: number, what: Outcome): void {
    const { clock, pool, random } = this.world
    if (this.known.has(attempt)) return
    this.known.set(attempt, { maker, what })
    clock.after(random.delay(0.1), () => {
      for (const processor of pool.processors.values()) processor.pump()
    })
  }
}
