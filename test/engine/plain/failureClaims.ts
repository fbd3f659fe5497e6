// How tasks fail, and what whoever waits for them is told. Here is what leaves the thread alive; kills.test.ts has the
// rest.
import { Cause, Context, Effect, Exit, Fiber, Option, Stream } from "effect"
import assert from "node:assert/strict"
import { collect, collectExit, delayed, Engine, spawn, Spawned, Task, TaskTrace } from "poniard"
import { dies, failsWith as failing, Listed, OwnError, same, Unlisted } from "../modules/crossing.ts"
import {
  after,
  callbackThrows,
  fine,
  interrupts,
  joined,
  listens,
  loops,
  pairOf,
  polls,
  rejectsLate,
  sleeps,
  type Thrown,
  throws,
  throwsLate
} from "../modules/failing.ts"
import { causeOf, type Claims, failsWith } from "./Claim.ts"

/** What the message of each failure says of what was thrown. */
const told: { readonly [What in Thrown]: RegExp } = {
  error: /TypeError: wrong type$/,
  undefined: /undefined was thrown$/,
  null: /null was thrown$/,
  text: /: just text$/,
  number: /42 was thrown$/,
  frozen: /Object was thrown, which is no Error$/,
  getter: /Object was thrown, which is no Error$/,
  function: /./,
  instance: /Odd was thrown, which is no Error$/,
  bare: /was thrown, which is no Error$/,
  noText: /./,
  proxy: /cannot be shown$/,
  badMessage: /./,
  badStack: /Error: bad$/,
  badName: /./,
  cyclic: /Error: cyclic/,
  aggregate: /AggregateError: several$/,
  long: /x{1000}$/
}

const goesOn = Effect.gen(function*() {
  assert.equal(yield* collect(delayed(fine)(1)), 2)
})

const traceOf = (cause: Cause.Cause<unknown>) =>
  Option.getOrThrow(Context.getOption(Cause.annotations(cause), TaskTrace))

const throwing: Claims = Object.fromEntries(
  Object.entries(told).map(([what, message]) => [
    `a task that throws (${what}) is TaskFailed`,
    () =>
      Effect.gen(function*() {
        const error = yield* failsWith(collect(delayed(throws)(what as Thrown)), "TaskFailed")
        assert.deepEqual([error.task, error.root, [...error.path], error.attempt], ["throws", "throws", ["throws"], 1])
        assert.match(error.processor, /^(thread|bytes) \d+$/)
        assert.match(error.message, message)
        assert.ok(error.message.startsWith(`Task "throws" failed (${error.processor}, attempt 1): `))
        yield* goesOn
      })
  ])
)

const causes: Claims = {
  "what was thrown arrives as the cause, with the worker's stack": () =>
    Effect.gen(function*() {
      const cause = yield* causeOf(collect(delayed(throws)("error")))
      const error = Cause.squash(cause) as { readonly cause: unknown }
      assert.ok(error.cause instanceof TypeError)
      assert.match(String(error.cause.stack), /failing\.ts:\d+/)
      assert.match(String(traceOf(cause).stack), /failing\.ts:\d+/)
      const frozen = yield* failsWith(collect(delayed(throws)("frozen")), "TaskFailed")
      assert.deepEqual(frozen.cause, { code: 7 })
      const several = yield* failsWith(collect(delayed(throws)("aggregate")), "TaskFailed")
      assert.ok(several.cause instanceof AggregateError && several.cause.errors.length === 2)
      const cyclic = yield* failsWith(collect(delayed(throws)("cyclic")), "TaskFailed")
      assert.equal((cyclic.cause as { readonly self: unknown }).self, cyclic.cause)
    }),

  "an Effect that dies is TaskFailed with the defect as its cause": () =>
    Effect.gen(function*() {
      const listed = yield* failsWith(collect(delayed(dies)("listed")), "TaskFailed")
      assert.ok(listed.cause instanceof Listed && listed.cause.at.y === 2)
      assert.equal((yield* failsWith(collect(delayed(dies)("undefined")), "TaskFailed")).cause, undefined)
      const odd = yield* failsWith(collect(delayed(dies)("function")), "TaskFailed")
      assert.deepEqual(odd.cause, { f: "[a function cannot cross threads]", why: "odd" })
      yield* failsWith(collect(delayed(dies)("getter")), "TaskFailed")
      yield* goesOn
    }),

  "an Effect that interrupts itself is TaskFailed": () =>
    Effect.gen(function*() {
      yield* failsWith(collect(delayed(interrupts)()), "TaskFailed")
      yield* goesOn
    }),

  "a function with outputs that returns something else is TaskFailed": () =>
    Effect.gen(function*() {
      const [a] = delayed(pairOf as unknown as (x: number) => [number, number], { outputs: 2 })(1)
      const error = yield* failsWith(collect(a), "TaskFailed")
      assert.match(error.message, /must return an array of 2; it returned an array of 1/)
    }),

  "what a callback of a waiting task throws fails it": () =>
    Effect.gen(function*() {
      const error = yield* failsWith(collect(delayed(callbackThrows)()), "TaskFailed")
      assert.ok(error.cause instanceof RangeError && error.cause.message === "in a callback")
      yield* goesOn
    })
}

const typed: Claims = {
  "a typed error of a listed class is itself, also through dependents": () =>
    Effect.gen(function*() {
      const first = delayed(failing, { name: "first" })("listed")
      const third = delayed(after, { name: "third" })(delayed(joined, { name: "second" })(first as never, 1))
      const cause = yield* causeOf(collect(third))
      const [reason] = cause.reasons
      assert.ok(Cause.isFailReason(reason))
      const error: unknown = reason.error
      assert.ok(error instanceof Listed && error.code === 3 && error.at.length === 5 && error.message === "code 3 at 5")
      const { path, root, stack, task } = traceOf(cause)
      assert.deepEqual([task, root, path], ["third", "first", ["first", "second", "third"]])
      assert.match(String(stack), /crossing\.ts/)
      yield* goesOn
    }),

  "a typed error of a class that is not listed is an Error with its tag and fields": () =>
    Effect.gen(function*() {
      const unlisted = yield* Effect.flip(collect(delayed(failing)("unlisted"))) as Effect.Effect<
        unknown,
        never,
        Engine
      >
      assert.ok(unlisted instanceof Error && !(unlisted instanceof Unlisted))
      const { _tag, code } = unlisted as unknown as { readonly _tag: string; readonly code: number }
      assert.deepEqual([_tag, code], ["Unlisted", 4])
      const own = yield* Effect.flip(collect(delayed(failing)("own"))) as Effect.Effect<unknown, never, Engine>
      assert.ok(
        own instanceof RangeError && !(own instanceof OwnError) && (own as { readonly limit?: number }).limit === 9
      )
    }),

  "a typed error that cannot cross is NotTransferable with its place": () =>
    Effect.gen(function*() {
      const error = yield* failsWith(collect(delayed(failing, { name: "odd" })("function")), "NotTransferable")
      assert.match(error.path, /^failure of "odd": .*\.f$/)
      yield* goesOn
    }),

  "a throw fails all dependents with the task, the root and the path between them": () =>
    Effect.gen(function*() {
      const root = delayed(throws, { name: "root" })("error")
      const middle = delayed(joined, { name: "middle" }).map([1, 2, 3], root)
      const last = delayed(after, { name: "last" })(middle)
      const error = yield* failsWith(collect(last), "TaskFailed")
      assert.deepEqual([error.task, error.root, [...error.path]], ["last", "root", ["root", "middle", "last"]])
      assert.match(error.message, /Task "last" failed because a task that it depends on did: TypeError: wrong type/)
      assert.match(error.message, /Root Task: "root" \(.*\)\n {2}Path: "root" -> "middle" -> "last"/)
    }),

  "what does not depend on a failure goes on": () =>
    Effect.gen(function*() {
      const exits = yield* collectExit([delayed(fine)(1), delayed(throws)("text"), delayed(same)("x")])
      assert.deepEqual(exits.map(Exit.isSuccess), [true, false, true])
    })
}

const huge: Claims = {
  "a text larger than the budget is had by whoever collects it; a task that takes it is StoreFull": () =>
    Effect.gen(function*() {
      const text = delayed(Task.inline((n: number) => "x".repeat(n)))(20_000_000)
      assert.equal((yield* collect(text)).length, 20_000_000)
      const error = yield* failsWith(collect(delayed(after, { name: "reader" })(text)), "StoreFull")
      assert.equal(error.task, "reader")
      assert.ok(error.needed >= 20_000_000 && error.budget === 16 * 2 ** 20)
      yield* goesOn
    })
}

/** Strays from now on, as many as are wanted. */
const straysOf = (count: number) =>
  Engine.events.pipe(
    Stream.flatMap((turn) => Stream.fromIterable(turn.events)),
    Stream.filter((event) => event._tag === "stray"),
    Stream.take(count),
    Stream.runCollect,
    Effect.forkScoped({ startImmediately: true })
  )

const late: Claims = {
  "what comes of a task after it is settled is a stray event of that task, and changes nothing": () =>
    Effect.gen(function*() {
      const fiber = yield* straysOf(2)
      const ids = yield* collect([delayed(rejectsLate)(), delayed(throwsLate)()])
      const strays = yield* Fiber.join(fiber)
      const texts = new Map(strays.map((event) => [event.task, event.text]))
      assert.match(String(texts.get(ids[0]!)), /^Error: late rejection\n.*failing\.ts/s)
      assert.match(String(texts.get(ids[1]!)), /^Error: late throw\n.*failing\.ts/s)
      yield* goesOn
    })
}

const ending: Claims = {
  "an Effect is interrupted when its task is cancelled, and when its time is over": () =>
    Effect.gen(function*() {
      const handle = yield* spawn(sleeps)
      yield* Spawned.cancel(handle)
      const cancelled = yield* failsWith(Spawned.fetch(handle), "TaskCancelled")
      assert.deepEqual([cancelled.task, cancelled.root], ["sleeps", "sleeps"])
      const slow = delayed(after, { name: "next" })(delayed(sleeps, { timeout: 30 })())
      const overdue = yield* failsWith(collect(slow), "TaskTimedOut")
      assert.deepEqual([overdue.task, overdue.root, overdue.timeout, overdue.attempt], ["next", "sleeps", 30, 1])
      yield* goesOn
    }),

  "a Promise is told by Task.signal and Task.isCancelled, and what it gives then counts no more": () =>
    Effect.gen(function*() {
      const before = (yield* Engine.snapshot).processors.map(({ id }) => id).sort()
      for (const task of [delayed(listens)("resolves"), delayed(listens)("rejects"), delayed(polls)()]) {
        const dropped = yield* Effect.timeoutOption(collect(task), 20)
        assert.ok(Option.isNone(dropped))
        const overdue = yield* failsWith(collect(delayed(listens, { timeout: 20 })("resolves")), "TaskTimedOut")
        assert.equal(overdue.root, "listens")
        yield* goesOn
      }
      assert.deepEqual((yield* Engine.snapshot).processors.map(({ id }) => id).sort(), before)
    }),

  "a loop that asks whether it is cancelled ends when it is, and its thread stays": () =>
    Effect.gen(function*() {
      const before = (yield* Engine.snapshot).processors.map(({ id }) => id).sort()
      const overdue = yield* failsWith(collect(delayed(loops, { timeout: 30 })()), "TaskTimedOut")
      assert.equal(overdue.timeout, 30)
      const handle = yield* spawn(loops)
      yield* Spawned.cancel(handle)
      yield* failsWith(Spawned.fetch(handle), "TaskCancelled")
      for (let i = 0; i < 4; i++) yield* goesOn
      assert.deepEqual((yield* Engine.snapshot).processors.map(({ id }) => id).sort(), before)
    })
}

/** The claims of this file. */
export const failureClaims: Claims = { ...throwing, ...causes, ...typed, ...huge, ...late, ...ending }
