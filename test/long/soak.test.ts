// A minute of everything at once, half of it over each transport, on an engine with little memory: random graphs, one
// after the other, whose tasks compute, throw, take too long, end their thread, hold arrays that spill, and are given up
// at random. What comes of a graph is what a plain loop gives, nothing is left after it, and the process grows no more
// once it has warmed up.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, type Scope } from "effect"
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { collect, collectExit, Engine, spawn, Spawned, type TaskError } from "poniard"
import { folder } from "../engine/files.ts"
import { unlessItHangs } from "../engine/hangs.ts"
import { emptied, transports } from "../engine/overTransports.ts"
import { Random } from "../sim/Random.ts"
import { checkOne, graphOf, type Made } from "./chaos.ts"
import { chaos } from "./chaosTasks.ts"

/** Milliseconds over each transport. */
const LASTS = 30_000
/** Graphs until all code is compiled and every table has its size. */
const WARM = 20
/** Bytes. */
const MAY_GROW = 4 * 2 ** 20
/** More bytes than are ever spilled at a time here, fewer than are spilled in all. */
const SPILL_FILE = 64 * 2 ** 20

setFlagsFromString("--expose-gc")
const gc: () => void = runInNewContext("gc")

/** What is alive on this thread's heap, once what is on its way has arrived and all garbage is gone. */
const heapUsed = Effect.gen(function*() {
  for (let i = 0; i < 4; i++) {
    yield* Effect.sleep(20)
    gc()
  }
  return process.memoryUsage().heapUsed
})

const tasksOf = (made: ReadonlyArray<Made>) => made.map(({ task }) => task)

/** Spawns tasks of which some never end, cancels those and some others, and fetches the rest. */
const cancelling = Effect.fnUntraced(function*(random: Random) {
  const salts = Array.from({ length: 12 }, () => random.between(1, 1000))
  const ends = salts.map(() => random.chance(0.7))
  const handles = yield* Effect.forEach(
    salts,
    (salt, i): Effect.Effect<Spawned<unknown>, TaskError, Engine | Scope.Scope> =>
      ends[i] ? spawn(chaos.bigAlloc, salt) : spawn(chaos.holds, salt)
  )
  yield* Effect.sleep(random.between(0, 20))
  const unwanted = ends.map((end) => !end || random.chance(0.5))
  for (const [i, handle] of handles.entries()) if (unwanted[i]) yield* Spawned.cancel(handle)
  for (const [i, handle] of handles.entries()) {
    if (!unwanted[i]) assert.deepStrictEqual(yield* Spawned.fetch(handle), chaos.bigPlain(salts[i]))
  }
})

/** Runs one random graph: to its end, or until it is given up; says which. */
const round = Effect.fnUntraced(function*(seed: number) {
  const random = new Random(seed)
  const made = graphOf(random, random.between(50, 600), random.pick([2, 8, 100, 500]))
  if (random.chance(0.3)) {
    const fiber = yield* Effect.forkChild(collect(tasksOf(made)), { startImmediately: true })
    yield* Effect.sleep(random.between(0, 60))
    yield* Fiber.interrupt(fiber)
    return "givenUp"
  }
  if (random.chance(0.2)) yield* cancelling(random)
  const wanted = random.chance(0.5) ? made : made.filter(() => random.chance(0.2))
  const got = yield* collectExit(tasksOf(wanted))
  wanted.forEach((one, i) => checkOne(one, got[i], `seed ${seed}, task ${i} of those wanted`))
  return "done"
})

interface Soaked {
  graphs: number
  readonly heaps: Array<number>
  readonly ends: { givenUp: number; done: number }
}

/** Sizes of the files that values were spilled to. */
const spillFiles = (base: string): ReadonlyArray<number> =>
  readdirSync(base, { encoding: "utf8", recursive: true }).filter((name) => name.endsWith(".spill"))
    .map((name) => statSync(join(base, name)).size)

/** Graphs until the time is over; the heap every so many graphs. */
const soak = Effect.fnUntraced(function*(spillDirectory: string) {
  const soaked: Soaked = { graphs: 0, heaps: [], ends: { givenUp: 0, done: 0 } }
  const ends = performance.now() + LASTS
  while (performance.now() < ends || soaked.graphs <= 2 * WARM) {
    const end = yield* unlessItHangs(Effect.scoped(round(soaked.graphs)), "60 seconds")
    yield* emptied
    soaked.ends[end]++
    if (++soaked.graphs % WARM === 0) soaked.heaps.push(yield* heapUsed)
  }
  soaked.heaps.push(yield* heapUsed)
  return { soaked, snapshot: yield* Engine.snapshot, files: spillFiles(spillDirectory) }
})

describe("a minute of random graphs with chaos", () => {
  it.live.each([...transports])("leaves nothing behind (%s)", (transport) =>
    Effect.gen(function*() {
      const spillDirectory = yield* folder
      const engine = Engine.layer({ threads: 2, memory: "6 MiB", spillDirectory, transport })
      const { files, snapshot: { memory, tasks }, soaked } = yield* Effect.provide(soak(spillDirectory), engine)
      assert.isAbove(soaked.ends.givenUp, 0)
      assert.isAbove(soaked.ends.done, 0)
      assert.isAbove(memory.spilledBytes, 0)
      assert.isAbove(memory.restoredBytes, 0)
      assert.isAbove(tasks.failed, 0)
      const [warm, ...later] = soaked.heaps
      assert.isBelow(later.at(-1)! - warm, MAY_GROW, soaked.heaps.join(", "))
      // Of the files that nobody uses one is kept, to be used again and again, until the engine is closed.
      assert.isAtMost(files.length, 1)
      files.forEach((bytes) => assert.isBelow(bytes, SPILL_FILE))
      assert.deepStrictEqual(readdirSync(spillDirectory), [])
    }).pipe(Effect.scoped))
})
