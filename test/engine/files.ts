// Files through which tests and tasks meet: a task marks that it has begun, and waits for a gate that the test opens.
import { Effect, Schedule } from "effect"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** An empty folder that goes with the test's Scope. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "poniard-test-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 10 }))
)

/** Waits until something holds. */
export const until = (holds: () => boolean): Effect.Effect<void> =>
  Effect.sync(holds).pipe(
    Effect.repeat({ schedule: Schedule.spaced("1 millis"), until: (held) => held }),
    Effect.asVoid
  )

/** The lines of a file, none if it is not there. */
export const linesOf = (file: string): Array<string> =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : []

/** A gate that opens at the end of the Scope at the latest, and the file in which tasks mark that they have begun. */
export const makeGate = Effect.gen(function*() {
  const path = yield* folder
  const gate = join(path, "gate")
  const began = join(path, "began")
  const open = Effect.sync(() => writeFileSync(gate, ""))
  return {
    gate,
    began,
    open,
    /** opens another gate, whose name goes on like this */
    openOther: (suffix: string) => Effect.sync(() => writeFileSync(gate + suffix, "")),
    /** waits until so many tasks have begun */
    hasBegun: (count: number) => until(() => linesOf(began).length >= count),
    /** the tasks that have begun, in order */
    order: () => linesOf(began).map(Number),
    until,
    /** waits until so many tasks have ended */
    ended: (count: number) => until(() => linesOf(`${began}.ended`).length >= count),
    /** waits until so many tasks have seen that nobody wants them */
    wasCancelled: (count: number) => until(() => linesOf(`${began}.cancelled`).length >= count)
  }
})
