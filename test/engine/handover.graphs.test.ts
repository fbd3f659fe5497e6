// Random graphs of short tasks with values of every kind, on real threads and over bytes, whose tasks throw, stall, end
// their thread, or are given up: what comes of them is what a plain loop gives, and no byte and no slot is left.
import { assert } from "@effect/vitest"
import { Effect, Fiber, Schedule } from "effect"
import { collect, type Delayed, delayed, Engine, type TaskError } from "poniard"
import { FarValues } from "../../src/processor/FarValues.ts"
import { SlotTable } from "../../src/processor/SlotTable.ts"
import { Random } from "../sim/Random.ts"
import { until } from "./files.ts"
import { fold, kinds, pair, spawns } from "./modules/anyKind.ts"
import { emptied, inOwnEngine, overTransports } from "./overTransports.ts"

type Kind = keyof typeof kinds | "pair" | "spawns" | "getResult" | "wide"

const calm: ReadonlyArray<Kind> = [
  "number",
  "text",
  "object",
  "large",
  "rows",
  "few",
  "plain",
  "alloc",
  "odd",
  "same",
  "part",
  "pair",
  "getResult"
]
const asynchronous: ReadonlyArray<Kind> = ["promise", "effect", "spawns"]

const retry = { retry: Schedule.recurs(1000) }

/** Values that stay on their worker, but for some that go between. */
const heavy: ReadonlyArray<Kind> = [
  "rows",
  "large",
  "rows",
  "large",
  "rows",
  "large",
  "number",
  "alloc",
  "same",
  "pair"
]

let stayed = 0
const { hold } = FarValues.prototype
FarValues.prototype.hold = function(...of) {
  stayed++
  return hold.apply(this, of)
}

const tables = new Set<SlotTable>()
let followers = 0
const { link, send } = SlotTable.prototype
SlotTable.prototype.link = function(...of) {
  followers++
  return link.apply(this, of)
}
SlotTable.prototype.send = function(...of) {
  tables.add(this)
  return send.apply(this, of)
}

/** Nothing that was sent, or behind which something was sent, is still there. */
const noneHeld = Effect.gen(function*() {
  yield* emptied
  // A value that a worker was asked for, and that nobody wants any more, may still be on its way.
  for (const table of tables) yield* until(() => table.held === 0)
})

interface Made {
  readonly task: Delayed<unknown, TaskError>
  readonly value: unknown
}

const optionsOf = (kind: Kind): object =>
  kind === "stalls" ? { ...retry, timeout: "20 millis" } : kind === "throws" ? retry : {}

/** A task and what it gives. */
const make = (kind: Kind, salt: number, inputs: ReadonlyArray<Made>): ReadonlyArray<Made> => {
  const tasks = inputs.map(({ task }) => task)
  const values = inputs.map(({ value }) => value)
  const number = kinds.number(salt, ...values)
  if (kind === "pair") {
    const outputs = delayed(pair, { outputs: 2 })(salt, ...tasks) as unknown as ReadonlyArray<
      Delayed<unknown, TaskError>
    >
    return pair(salt, ...values).map((value, i) => ({ task: outputs[i], value }))
  }
  if (kind === "getResult") {
    return [{ task: delayed(kinds.plain, { getResult: true })(salt, ...tasks), value: kinds.plain(salt, ...values) }]
  }
  if (kind === "wide") return [{ task: delayed(kinds.number)(salt, tasks), value: kinds.number(salt, values) }]
  if (kind === "spawns") return [{ task: delayed(spawns)(salt, ...tasks), value: kinds.number(fold(number)) }]
  const task = delayed(kinds[kind], optionsOf(kind))(salt, ...tasks)
  const isNumber = ["promise", "effect", "throws", "stalls", "exits"].includes(kind)
  return [{ task, value: isNumber ? number : kinds[kind](salt, ...values) }]
}

/** A graph of `size` tasks, each with inputs among the last `reach` values. */
const graphOf = (random: Random, size: number, reach: number, of: ReadonlyArray<Kind>): ReadonlyArray<Made> => {
  const made: Array<Made> = [...make("number", 1, []), ...make("plain", 2, [])]
  while (made.length < size) {
    const inputs = Array.from(
      { length: random.between(1, 3) },
      () => made[Math.max(0, made.length - random.between(1, reach))]
    )
    made.push(...make(random.pick(of), random.between(1, 1000), inputs))
  }
  return made
}

/** Each function runs a few times, so that it is known how long it takes. */
const known = Effect.gen(function*() {
  for (let round = 0; round < 3; round++) {
    for (const kind of [...calm, ...asynchronous, "throws"] as const) {
      yield* collect(make(kind, round, make("plain", 1, [])).map(({ task }) => task))
    }
  }
})

const same = (got: ReadonlyArray<unknown>, made: ReadonlyArray<Made>): void => {
  made.forEach(({ value }, i) => assert.deepStrictEqual(got[i], value, `task ${i}`))
}

const seeds = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i + 1)

const tasksOf = (made: ReadonlyArray<Made>): ReadonlyArray<Delayed<unknown, TaskError>> => made.map(({ task }) => task)

overTransports("random graphs of short tasks", { memory: "64 MiB" }, (test, transport) => {
  test("with values of every kind give what a plain loop gives", () =>
    Effect.gen(function*() {
      yield* known
      followers = 0
      for (const seed of seeds(4)) {
        const random = new Random(seed)
        const made = graphOf(random, 1500, random.pick([2, 8, 100]), calm)
        same(yield* collect(tasksOf(made)), made)
      }
      assert.isAbove(followers, 100)
      yield* noneHeld
    }))

  test("of which only some are wanted: values stay on the heap of their worker", () =>
    Effect.gen(function*() {
      yield* known
      stayed = 0
      for (const seed of seeds(4)) {
        const random = new Random(seed)
        const made = graphOf(random, 600, random.pick([2, 8, 30]), heavy)
        const wanted = made.filter((_, i) => i % 50 === 49)
        const got = yield* Effect.forkChild(collect(tasksOf(wanted)), { startImmediately: true })
        // Others come to want what is under way.
        const late = made.filter((_, i) => i % 37 === 36)
        yield* Effect.sleep(random.between(0, 10))
        same(yield* collect(tasksOf(late)), late)
        same(yield* Fiber.join(got), wanted)
      }
      if (transport === "thread") assert.isAbove(stayed, 50)
      yield* noneHeld
    }))

  test("some of them asynchronous, some with tasks of their own", () =>
    Effect.gen(function*() {
      yield* known
      for (const seed of seeds(5)) {
        const random = new Random(seed)
        const made = graphOf(random, 800, random.pick([2, 8, 50]), [...calm, ...calm, ...asynchronous])
        same(yield* collect(tasksOf(made)), made)
      }
      yield* noneHeld
    }))

  test("that throw and take too long by chance, and are tried again", () =>
    Effect.gen(function*() {
      yield* known
      for (const seed of seeds(4)) {
        const random = new Random(seed)
        const most = Array.from({ length: 8 }, () => calm).flat()
        const made = graphOf(random, 600, random.pick([2, 8, 50]), [...most, "throws", "throws", "stalls"])
        same(yield* collect(tasksOf(made)), made)
      }
      yield* noneHeld
    }))

  test("that are given up in the middle, over and over", () =>
    Effect.gen(function*() {
      yield* known
      for (const seed of seeds(40)) {
        const random = new Random(seed)
        const made = graphOf(random, 600, random.pick([2, 8, 50]), random.chance(0.5) ? calm : [...calm, "spawns"])
        const fiber = yield* Effect.forkChild(collect(tasksOf(made)), { startImmediately: true })
        yield* Effect.sleep(random.between(0, 15))
        yield* Fiber.interrupt(fiber)
        if (seed % 10 === 0) yield* noneHeld
      }
      const made = graphOf(new Random(1), 600, 8, calm)
      same(yield* collect(tasksOf(made)), made)
    }))
})

inOwnEngine("a graph whose tasks end their threads gives what it is to give", (own) =>
  Effect.gen(function*() {
    for (const seed of seeds(2)) {
      yield* own(
        { memory: "64 MiB" },
        Effect.gen(function*() {
          yield* known
          const random = new Random(seed)
          const most = Array.from({ length: 12 }, () => calm).flat()
          const made = graphOf(random, 400, random.pick([2, 8, 50]), [...most, "exits"])
          same(yield* collect(tasksOf(made)), made)
          yield* noneHeld
        })
      )
    }
  }))

inOwnEngine(
  "values that stay on a worker are computed anew where its thread ends",
  (own, transport) =>
    Effect.gen(function*() {
      stayed = 0
      for (const seed of seeds(10)) {
        // How many stay depends on who is how busy: it goes on until enough did.
        if (seed > 3 && (stayed > 20 || transport !== "thread")) break
        yield* own(
          { memory: "64 MiB", lineage: "64 MiB" },
          Effect.gen(function*() {
            yield* known
            const random = new Random(seed)
            const most = Array.from({ length: 8 }, () => heavy).flat()
            const made = graphOf(random, 500, random.pick([2, 8, 30]), [...most, "exits"])
            const wanted = made.filter((_, i) => i % 40 === 39)
            same(yield* collect(tasksOf(wanted)), wanted)
            yield* noneHeld
          })
        )
      }
      if (transport === "thread") assert.isAbove(stayed, 20)
    }),
  90_000
)

inOwnEngine("values that stay on workers are given up with who wants them", (own) =>
  own(
    { memory: "4 MiB" },
    Effect.gen(function*() {
      yield* known
      for (const seed of seeds(10)) {
        const random = new Random(seed)
        const made = graphOf(random, 400, random.pick([2, 8, 30]), heavy)
        const wanted = made.filter((_, i) => i % 40 === 39)
        const late = made.filter((_, i) => i % 37 === 36)
        const fiber = yield* Effect.forkChild(collect(tasksOf(wanted)), { startImmediately: true })
        yield* Effect.sleep(random.between(0, 15))
        const other = yield* Effect.forkChild(collect(tasksOf(late)), { startImmediately: true })
        yield* Effect.sleep(random.between(0, 8))
        yield* Fiber.interrupt(random.chance(0.5) ? fiber : other)
        if (random.chance(0.5)) yield* Fiber.interruptAll([fiber, other])
        else yield* Effect.all([Fiber.await(fiber), Fiber.await(other)])
        yield* noneHeld
      }
    })
  ))

inOwnEngine(
  "a graph that is larger than memory gives what it is to give",
  (own) =>
    own(
      { memory: "1 MiB" },
      Effect.gen(function*() {
        yield* known
        for (const seed of seeds(3)) {
          const made = graphOf(new Random(seed), 1000, 200, calm)
          same(yield* collect(tasksOf(made)), made)
        }
        assert.isAbove((yield* Engine.snapshot).memory.spilledBytes, 0)
        yield* noneHeld
      })
    )
)

inOwnEngine("two engines hand on beside each other", (own) => {
  const one = own(
    { memory: "64 MiB" },
    Effect.gen(function*() {
      yield* known
      for (const seed of seeds(2)) {
        const made = graphOf(new Random(seed), 800, 8, calm)
        same(yield* collect(tasksOf(made)), made)
      }
      yield* emptied
    })
  )
  return Effect.all([one, one], { concurrency: 2 })
})
