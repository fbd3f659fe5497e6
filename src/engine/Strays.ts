// With `check: true`: shared memory that was written to after it had been freed, because a function kept a view of an
// input, or of what it had from Task.alloc, beyond its end. Found when the memory is used again, or at the engine's end.
import * as Effect from "effect/Effect"
import type { Arena } from "../chunk/Arena.ts"

const advice =
  "a function kept a view of an input, or of memory of Task.alloc, and wrote to it after its task had ended: "
  + "copy what is to be kept, as in xs.slice()"

/** The strays of one engine. */
export class Strays {
  private readonly tell: (text: string) => void
  private readonly texts: Array<string> = []

  /** `tell`: says it to whoever follows the engine's events. */
  constructor(tell: (text: string) => void) {
    this.tell = tell
  }

  /** Freed bytes had changed when they were to be used again. */
  found(offset: number, bytes: number): void {
    const text = `${bytes} bytes of shared memory at ${offset} were written to after they had been freed`
    this.texts.push(text)
    this.tell(`${text}: ${advice}`)
  }

  /** Looks at all memory that is free now, and logs an error if anything was found since the engine's start. */
  report(arena: Arena): Effect.Effect<void> {
    return Effect.suspend(() => {
      for (const { bytes, offset } of arena.verify()) this.found(offset, bytes)
      if (this.texts.length === 0) return Effect.void
      return Effect.logError(`Poniard, check: ${advice}. ${this.texts.join("; ")}`)
    })
  }
}
