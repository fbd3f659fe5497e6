// Effects that every processor is to run, for the contract. They are in a module so that workers find them.
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { Task } from "poniard"

const counts = new Map<string, { now: number; most: number }>()

/** The task functions of this file. */
export const { beats, fails, never, overlaps } = Task.module(import.meta.url, {
  fails: (text: string) => Effect.fail(text),
  never: () => Effect.never,
  /** how many of these, by the same name, were under way at a time so far */
  overlaps: (name: string) =>
    Effect.gen(function*() {
      const count = counts.get(name) ?? { now: 0, most: 0 }
      counts.set(name, count)
      count.most = Math.max(count.most, ++count.now)
      yield* Effect.sleep(5)
      count.now--
      return count.most
    }),
  /** writes the beats that it has lived for, again and again */
  beats: (file: string) =>
    Effect.gen(function*() {
      for (let beat = 1;; beat++) {
        writeFileSync(file, String(beat))
        yield* Effect.promise(() => new Promise((next) => setTimeout(next, 1)))
      }
    })
})
