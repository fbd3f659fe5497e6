// Shows how far the job is while it runs: one line that is drawn over on a terminal, a plain line every few seconds
// anywhere else. It writes to standard error, so that standard output holds the result and nothing else.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Engine } from "poniard"
import { showBytes } from "./report.ts"

const CLEAR = "\r\x1b[2K"

/** How the progress goes on: which part of the tasks that read is done, of so many bytes. */
export interface Reads {
  readonly bytes: number
}

const write = (text: string): Effect.Effect<void> => Effect.sync(() => void process.stderr.write(text))

/** Draws progress until the Scope closes. */
export const showProgress = Effect.fnUntraced(
  function*(reads: Reads): Effect.fn.Return<void, never, Engine | Scope.Scope> {
    const terminal = process.stderr.isTTY
    const started = yield* Clock.currentTimeMillis
    const line = Effect.gen(function*() {
      const { memory, tasks } = yield* Engine.snapshot
      const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
      return `${tasks.done}/${tasks.total} tasks, ${showBytes(reads.bytes)} read, `
        + `${showBytes(memory.storeBytes)} of ${showBytes(memory.budgetBytes)} in memory, `
        + `${showBytes(memory.spilledBytes)} spilled, ${seconds.toFixed(1)} s`
    })
    const draw = Effect.flatMap(line, (text) => write(terminal ? CLEAR + text : `${text}\n`))
    if (terminal) yield* Effect.addFinalizer(() => write(CLEAR))
    yield* Effect.sleep(terminal ? 100 : 2000).pipe(Effect.andThen(draw), Effect.forever, Effect.forkScoped)
  }
)
