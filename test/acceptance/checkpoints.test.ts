// Cases CP-1 to CP-5: results that are there when the program starts again. In our words: a task says `checkpoint: true`,
// the engine says where; the key is found out, not given.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { chmodSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { collect, delayed, Engine } from "poniard"
import { folder, linesOf } from "../engine/files.ts"
import { unlessItHangs } from "../engine/hangs.ts"
import { first, scaled } from "../engine/modules4/steps.ts"

/** A folder, a log of what ran, what was logged as a warning, and a run of the program. */
const scene = Effect.map(folder, (path) => {
  const directory = join(path, "checkpoints")
  const log = join(path, "log")
  const said: Array<string> = []
  const logger = Logger.make(({ message }) => void said.push(String(message)))
  return {
    directory,
    log,
    said,
    ran: () => {
      const lines = linesOf(log)
      writeFileSync(log, "")
      return lines
    },
    run: <A, E>(body: Effect.Effect<A, E, Engine>) =>
      unlessItHangs(body).pipe(
        Effect.flatMap((value) =>
          Effect.map(Engine.snapshot, ({ checkpoints }) => [value, checkpoints.saved, checkpoints.restored] as const)
        ),
        Effect.provide(Engine.layer({ threads: 1, checkpoint: { directory } }), { local: true }),
        Effect.provide(Logger.layer([logger]))
      )
  }
})

const kept = { checkpoint: true } as const

describe("checkpoints", () => {
  it.live("CP-1: what is asked for is restored: the body is not executed, nothing is written again", () =>
    Effect.scoped(Effect.gen(function*() {
      const { log, ran, run } = yield* scene
      const job = Effect.suspend(() => collect(delayed(first, kept)(log, 1)))
      assert.strictEqual((yield* run(job))[0], 1)
      assert.deepStrictEqual(ran(), ["first 1"])
      assert.deepStrictEqual(yield* run(job), [1, 0, 1])
      assert.deepStrictEqual(ran(), [])
    })))

  it.live("CP-3: a is restored, b runs: the option is a's alone", () =>
    Effect.scoped(Effect.gen(function*() {
      const { directory, log, ran, run } = yield* scene
      const job = Effect.suspend(() => collect(delayed(scaled)(log, delayed(first, kept)(log, 2))))
      assert.strictEqual((yield* run(job))[0], 4)
      assert.deepStrictEqual(ran(), ["first 2", "scaled 2"])
      assert.lengthOf(readdirSync(directory), 1)
      assert.deepStrictEqual(yield* run(job), [4, 0, 1])
      assert.deepStrictEqual(ran(), ["scaled 2"])
    })))

  it.live("CP-4: what cannot be written or read is logged, and the result comes all the same; else nothing is said", () =>
    Effect.scoped(Effect.gen(function*() {
      const { directory, log, ran, run, said } = yield* scene
      const job = Effect.suspend(() => collect(delayed(first, kept)(log, 1)))
      yield* run(job)
      yield* run(job)
      assert.deepStrictEqual(said, [])
      truncateSync(join(directory, readdirSync(directory)[0]), 20)
      assert.deepStrictEqual((yield* run(job))[0], 1)
      assert.lengthOf(said, 1)
      assert.match(said[0], /the checkpoint of task "first" cannot be read, so the task runs/)
      const spoil = Effect.sync(() => {
        rmSync(directory, { recursive: true })
        mkdirSync(directory)
        chmodSync(directory, 0o500)
        rmSync(directory, { recursive: true })
      })
      ran()
      assert.strictEqual((yield* run(Effect.andThen(spoil, job)))[0], 1)
      assert.deepStrictEqual(ran(), ["first 1"])
      assert.lengthOf(said, 2)
      assert.match(said[1], /the checkpoint of task "first" was not written: ENOENT/)
    })))

  it.live("CP-5: a file that holds something else is no checkpoint", () =>
    Effect.scoped(Effect.gen(function*() {
      const { directory, log, ran, run, said } = yield* scene
      const job = Effect.suspend(() => collect(delayed(first, kept)(log, 1)))
      yield* run(job)
      writeFileSync(
        join(directory, readdirSync(directory)[0]),
        "PONIARD? no: something else altogether, and long enough"
      )
      assert.strictEqual((yield* run(job))[0], 1)
      assert.deepStrictEqual(ran(), ["first 1", "first 1"])
      assert.match(said.join(), /it is no checkpoint/)
    })))
})
