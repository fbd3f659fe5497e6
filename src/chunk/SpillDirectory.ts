// The folder in which one store keeps its spill files: made at the first spill, for this user alone, named after the
// process that owns it, so that a later process can tell a dead owner's leftovers and remove them. Not a store.

import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { mkdir, mkdtemp, readdir, rm, statfs } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { isGone, ownerPattern, ownName } from "./owner.ts"
import { spillClosed, type SpillFailed, spillFailed, spillFailedFor } from "./SpillFailed.ts"

/** A folder that comes into being when it is first needed. */
export interface SpillDirectory {
  /** The folder under which it is made. */
  readonly base: string
  /** The path of the folder, which exists from then on. A failure is not kept: the next use tries again. */
  readonly path: Effect.Effect<string, SpillFailed>
  /** Deletes the folder and all that is in it, if it was ever made. */
  readonly remove: Effect.Effect<void>
}

// Of Linux's statfs: file systems that keep files in memory (include/uapi/linux/magic.h).
const InMemory: Readonly<Record<number, string>> = { 0x01021994: "tmpfs", 0x858458F6: "ramfs" }

/** A folder to be made under `given`, or else under the system's temporary folder unless that is in RAM. */
export const makeSpillDirectory = (given: string | undefined): SpillDirectory => {
  const base = given ?? tmpdir()
  const lock = Semaphore.makeUnsafe(1)
  let made: string | undefined
  let removed = false
  const make = Effect.suspend(() => {
    if (removed) return Effect.fail(spillClosed("write", base))
    if (made !== undefined) return Effect.succeed(made)
    return Effect.tap(prepare(base, given === undefined), (path) => Effect.sync(() => made = path))
  })
  const remove = Effect.suspend(() => {
    removed = true
    return made === undefined ? Effect.void : removeFolder(made)
  })
  return {
    base,
    path: Effect.suspend(() =>
      made !== undefined && !removed ? Effect.succeed(made) : Effect.uninterruptible(lock.withPermit(make))
    ),
    remove: lock.withPermit(remove)
  }
}

const prepare = Effect.fnUntraced(function*(base: string, byDefault: boolean) {
  const attempt = <A>(evaluate: () => Promise<A>) =>
    Effect.tryPromise({ try: evaluate, catch: (cause) => spillFailed("write", base, cause) })
  if (byDefault) {
    const { type } = yield* attempt(() => statfs(base))
    const memory = InMemory[type >>> 0]
    if (memory !== undefined) {
      const what = `this folder is in RAM (${memory}), so that spilling to it frees no memory; to use it all the same, `
        + "set PONIARD_SPILL_DIR to it"
      return yield* spillFailedFor("write", base, "denied", what)
    }
  } else {
    yield* attempt(() => mkdir(base).catch((cause) => cause.code === "EEXIST" ? undefined : Promise.reject(cause)))
  }
  yield* removeLeftovers(base)
  const own = yield* ownName
  return yield* attempt(() => mkdtemp(join(base, `poniard-spill-${own}-`)))
})

const leftover = new RegExp(`^poniard-spill-${ownerPattern}-`)

/** Deletes spill folders below `base` whose process is gone; those of other machines are left alone. */
export const removeLeftovers: (base: string) => Effect.Effect<void> = Effect.fnUntraced(function*(base: string) {
  const names = yield* Effect.orElseSucceed(Effect.tryPromise(() => readdir(base)), () => [])
  for (const name of names) {
    const owner = leftover.exec(name)
    if (owner !== null && (yield* isGone(owner[1], owner[2], owner[3]))) yield* removeFolder(join(base, name))
  }
})

const removeFolder = (path: string) =>
  Effect.ignore(Effect.tryPromise(() => rm(path, { recursive: true, force: true })))
