// What every processor promises its engine, as tests over one that is given, without an engine. Not here: what only some
// have (values handed from task to task, rooms, spawns: test/engine) and the speed. What a kind cannot do, its Subject says.
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Scope } from "effect"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Processor } from "../../src/processor/Processor.ts"
import { seeded } from "../../src/processor/simulated.ts"
import { doubles, exits, identity, pair, throws } from "./plain.ts"
import { Held, Recorder, type Told } from "./Recorder.ts"
import { beats, fails, never, overlaps } from "./working.ts"

/** A processor and the services that tasks find on it. */
export interface Made {
  readonly processor: Processor
  readonly context?: Context.Context<never>
}

/** A kind of processor under test. */
export interface Subject {
  readonly name: string
  readonly make: () => Made
  /** false: it reports every task finished at once with its last argument, and has none to give back or to end */
  readonly runs: boolean
  /** false: all that it is sent begins in the same turn, so a task that is asked for again is kept */
  readonly givesBack: boolean
  /** one that is lost while it runs its first task; undefined: it is this thread, and cannot be lost */
  readonly loses?: () => Made
  /** threads that were started and have not ended */
  readonly left: () => number
}

type Body = (at: Recorder, processor: Processor, scope: Scope.Closeable) => Effect.Effect<unknown, unknown, Scope.Scope>
type Test = (name: string, body: Body, make?: () => Made) => void

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i)

/** A test with a processor of its own; whatever the test did, each task is answered at most once and nothing is left. */
const testOf = (subject: Subject): Test => (name, body, make = subject.make) => {
  it.live(name, () =>
    Effect.gen(function*() {
      const before = subject.left()
      const { context = Context.empty(), processor } = make()
      const at = new Recorder(context)
      const scope = yield* Scope.make()
      at.running = yield* Effect.provideService(processor.start(at.host), Scope.Scope, scope)
      yield* at.tells("up")
      yield* Effect.ensuring(Effect.scoped(body(at, processor, scope)), Scope.close(scope, Exit.void))
      const twice = at.answers.flatMap((list, task) => list.length > 1 ? [[task, ...list]] : [])
      assert.deepStrictEqual(twice, [], "answered more than once")
      assert.deepStrictEqual(at.told.filter(([what, task]) => task < 0 && !oneself.includes(what)), [])
      assert.strictEqual(at.all("up").length, 1)
      assert.strictEqual(at.store.roomBytes, 0)
      assert.strictEqual(at.store.arena.used, 0)
      assert.strictEqual(subject.left(), before, "a thread is left")
    }))
}

/** Long enough for what must not come. */
const aWhile = Effect.promise(() => new Promise((next) => setTimeout(next, 20)))

/** The event loop turns once. */
const turn = Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))

/** What is told of the processor itself. */
const oneself = ["up", "lost"]

/** What becomes of what it is sent. */
const answers = (test: Test, { name, runs }: Subject): void => {
  test("reports each task of a batch finished, with its value", (at) =>
    Effect.gen(function*() {
      const values = [1, -0.5, "text", undefined, null, true, 2 ** 40]
      at.run(...values.map((value) => at.task(identity, [value])))
      yield* at.answered
      assert.deepStrictEqual(at.told.filter(([what]) => what === "finished"), finished(values))
    }))

  test("takes many batches in one turn", (at) =>
    Effect.gen(function*() {
      const values = numbers(300)
      for (const value of values) at.run(at.task(identity, [value]))
      yield* at.answered
      assert.deepStrictEqual(at.all("finished"), finished(values))
    }))

  if (!runs) return

  test("gives lists and arrays of the store to a function, and takes arrays and several values from it", (at) =>
    Effect.gen(function*() {
      const { store } = at
      const array = Float64Array.from(numbers(1000))
      store.set(7, store.pack(array, true, "a value"))
      at.run(at.task(doubles, [new Held(7)]), at.task(pair, [5], 2), at.task(identity, [[1, [], ["x"]]]))
      yield* at.answered
      store.delete(7)
      const told = at.all("finished").toSorted(([, a], [, b]) => a - b)
      assert.deepStrictEqual(told.map(([, , value]) => value), [[array.map((x) => 2 * x)], [5, -5], [[1, [], ["x"]]]])
    }))

  test("reports a throw and a failure as failures with their errors, and goes on", (at) =>
    Effect.gen(function*() {
      at.run(at.task(throws, ["too far"]), at.task(fails, ["no luck"]), at.task(pair, [1], 3), at.task(identity, [4]))
      yield* at.answered
      const told = at.all("failed").toSorted(([, a], [, b]) => a - b) as Array<[string, number, Why]>
      assert.deepStrictEqual(told.map(([, task, { typed }]) => [task, typed]), [[0, false], [1, true], [2, false]])
      assert.instanceOf(told[0][2].why, RangeError)
      assert.strictEqual((told[0][2].why as Error).message, "too far")
      assert.strictEqual(told[1][2].why, "no luck")
      assert.include(String(told[2][2].why), "an array of 3")
      assert.deepStrictEqual(at.all("finished"), [["finished", 3, [4]]])
    }))

  test("says of a task that it has begun before it says how it ended", (at) =>
    Effect.gen(function*() {
      at.run(at.task(identity, [1]))
      yield* at.answered
      assert.deepStrictEqual(at.told.map(([what]) => what), ["up", "claimed", "finished"])
    }))

  test("runs no more at a time than its capacity", (at, { ahead, capacity: [capacity] }) =>
    Effect.gen(function*() {
      // The engine sends more than that only to one that wants work ahead.
      for (const _ of numbers(ahead > 0 ? capacity + 5 : capacity)) at.run(at.task(overlaps, [name]))
      yield* at.answered
      const most = at.all("finished").map(([, , value]) => (value as [number])[0])
      assert.strictEqual(Math.max(...most), capacity)
    }))
}

interface Why {
  readonly typed: boolean
  readonly why: unknown
}

const finished = (values: ReadonlyArray<unknown>): Array<Told> => values.map((value, i) => ["finished", i, [value]])

/** What becomes of what nobody wants any more, or others could do. */
const takesBack = (test: Test, { givesBack, runs }: Subject): void => {
  test("answers each task once, whatever is interrupted and asked back meanwhile", (at) =>
    Effect.gen(function*() {
      const random = seeded(3)
      for (let round = 0; round < 20; round++) {
        const tasks = numbers(10).map((i) => at.task(runs && random() < 0.2 ? throws : identity, [`${round} ${i}`]))
        at.run(...tasks)
        if (random() < 0.5) yield* turn
        at.interrupt(...tasks.filter(() => random() < 0.2))
        at.retract(...tasks.filter(() => random() < 0.2))
      }
      yield* at.answered
    }))

  if (!runs) return

  test("ends what runs when it is interrupted, and goes on", (at) =>
    Effect.gen(function*() {
      const [endless, next] = [at.task(never, []), at.task(identity, [1])]
      at.run(endless)
      yield* at.tells("claimed")
      at.interrupt(endless)
      at.run(next)
      yield* at.answered
      assert.notDeepEqual(at.answers[endless], ["finished"])
      assert.deepStrictEqual(at.answers[next], ["finished"])
    }))

  test("gives back what is interrupted before it has begun", (at) =>
    Effect.gen(function*() {
      const [endless, next] = [at.task(never, []), at.task(throws, ["it began"])]
      at.run(endless)
      yield* at.tells("claimed")
      at.run(next)
      at.interrupt(next)
      yield* at.tells("retracted")
      assert.deepStrictEqual(at.told.slice(1), [["claimed", endless], ["retracted", next]])
      at.interrupt(endless)
      yield* at.answered
    }))

  test(`asked back, ${givesBack ? "gives back what has not begun and " : ""}keeps what has begun`, (at) =>
    Effect.gen(function*() {
      const [endless, next] = [at.task(never, []), at.task(identity, [1])]
      at.run(endless)
      yield* at.tells("claimed")
      at.run(next)
      at.retract(endless, next)
      yield* at.until("answer", () => at.all("kept").length + at.all("retracted").length >= 2)
      assert.deepStrictEqual(at.all("kept"), givesBack ? [["kept", endless]] : [["kept", endless], ["kept", next]])
      assert.deepStrictEqual(at.all("retracted"), givesBack ? [["retracted", next]] : [])
      at.interrupt(endless)
      yield* at.answered
    }))

  test("does not mind what it no longer has", (at) =>
    Effect.gen(function*() {
      const done = at.task(identity, [0])
      at.run(done)
      yield* at.answered
      at.interrupt(done)
      at.run(at.task(identity, [1]))
      yield* at.answered
      assert.deepStrictEqual(at.all("finished"), finished([0, 1]))
    }))
}

/** How it ends. */
const ends = (test: Test, { loses, runs }: Subject): void => {
  test("is closed with its scope, and tells nothing after that but its end", (at, _, scope) =>
    Effect.gen(function*() {
      const tasks = [at.task(runs ? never : identity, [0]), at.task(identity, [1]), at.task(identity, [2])]
      at.run(...tasks)
      yield* at.tells(runs ? "claimed" : "finished")
      yield* Scope.close(scope, Exit.void)
      const heard = at.told.length
      yield* aWhile
      assert.deepStrictEqual(at.told.slice(heard), [])
    }))

  if (!runs) return

  test(
    "ends what runs when it is closed",
    (at, _, scope) =>
      Effect.gen(function*() {
        const directory = mkdtempSync(join(tmpdir(), "poniard-"))
        yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(directory, { recursive: true })))
        const file = join(directory, "beats")
        const count = (): number => existsSync(file) ? Number(readFileSync(file, "utf8")) : 0
        at.run(at.task(beats, [file]))
        while (count() < 3) yield* turn
        yield* Scope.close(scope, Exit.void)
        const beat = count()
        yield* aWhile
        assert.strictEqual(count(), beat)
      })
  )

  if (loses === undefined) return

  test(
    "is lost once, with what had begun and not with what had not, and answers nothing after that",
    (at) =>
      Effect.gen(function*() {
        const [lost, other, late] = [at.task(exits, [3]), at.task(identity, [1]), at.task(identity, [2])]
        at.run(lost, other)
        yield* at.tells("lost")
        at.run(late)
        at.interrupt(other)
        yield* aWhile
        assert.strictEqual(at.all("lost").length, 1)
        assert.deepInclude(at.all("lost")[0][2], { claimed: [lost], expected: false, started: true })
        assert.deepStrictEqual(at.answers, [[], [], []])
      }),
    loses
  )
}

/** Runs a kind of processor through everything that one promises. */
export const processorContract = (subject: Subject): void => {
  describe(`the processor ${subject.name}`, { concurrent: false }, () => {
    const test = testOf(subject)
    answers(test, subject)
    takesBack(test, subject)
    ends(test, subject)
  })
}
