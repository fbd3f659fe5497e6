// Acceptance 2.2: what a failure takes along, what it leaves alone, and what its message says.
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { collect, collectExit, delayed, Engine, spawn, Spawned, spawnWith, TaskFailed } from "poniard"
import { makeGate } from "../engine/files.ts"
import { overTransports } from "../engine/overTransports.ts"
import { Lab } from "../scheduler/Lab.ts"
import { holdLater } from "./modules/held.ts"
import { add, errorOf, failure, inc, multiply, sumFrom, UnknownOption } from "./modules/values.ts"

overTransports("a failure", {}, (test) => {
  test("ER-1: leaves independent tasks alone", () =>
    Effect.gen(function*() {
      const a = yield* spawn(errorOf, "Test")
      const b = yield* spawn(add, 1, 2)
      assert.instanceOf(yield* Effect.flip(Spawned.fetch(a)), TaskFailed)
      assert.strictEqual(yield* Spawned.fetch(b), 3)
    }))

  test("ER-2: names the root at a dependent, and only there", () =>
    Effect.gen(function*() {
      const a = yield* spawnWith({ name: "a" })(errorOf, "Test")
      const b = yield* spawnWith({ name: "b" })(inc, a)
      const own = yield* Effect.flip(Spawned.fetch(a))
      assert.strictEqual(own._tag, "TaskFailed")
      assert.match(String(own), /^TaskFailed: Task "a" failed \(.*Test/)
      assert.notInclude(own.message, "Root Task")
      const inherited = yield* Effect.flip(Spawned.fetch(b))
      assert.match(String(inherited), /^TaskFailed: Task "b" failed/)
      assert.include(inherited.message, "Test")
      assert.match(inherited.message, /Root Task: "a"/)
      assert.match(inherited.message, /Path: "a" -> "b"/)
    }))

  test("ER-4: leaves the failed task's inputs as they were", () =>
    Effect.gen(function*() {
      const [a, b] = [yield* spawn(add, 1, 1), yield* spawn(multiply, 2, 2)]
      const error = yield* Effect.flip(Spawned.fetch(yield* spawn(errorOf, "Test", a, b)))
      assert.instanceOf(error, TaskFailed)
      assert.match(error.message, /Test 2 4/)
      assert.deepStrictEqual(yield* Spawned.fetchAll([a, b]), [2, 4])
    }))

  test("ER-4: at the end of a diamond fails only that", () =>
    Effect.gen(function*() {
      const a = delayed(inc)(1)
      const [b, c] = [delayed(add)(a, 1), delayed(multiply)(a, 2)]
      const exits = yield* collectExit({ a, b, c, d: delayed(errorOf, { name: "d" })("Test", b, c) })
      assert.deepStrictEqual([exits.a, exits.b, exits.c], [Exit.succeed(2), Exit.succeed(3), Exit.succeed(4)])
      assert.isTrue(Exit.isFailure(exits.d))
      const error = Exit.isFailure(exits.d) ? Cause.squash(exits.d.cause) : undefined
      assert.instanceOf(error, TaskFailed)
      assert.deepStrictEqual([error.task, error.root], ["d", "d"])
    }))

  test("ER-6: of a lazy job is its own error, a typed one as it was failed with, a thrown one as the cause", () =>
    Effect.gen(function*() {
      const typed = yield* Effect.flip(collect(delayed(inc)(delayed(inc)(delayed(sumFrom)([1], { from: 1 } as never)))))
      assert.instanceOf(typed, UnknownOption)
      const thrown = yield* Effect.flip(collect(delayed(inc)(delayed(inc)(delayed(failure)(1)))))
      assert.instanceOf(thrown, TaskFailed)
      assert.instanceOf(thrown.cause, TypeError)
    }))

  test("ER-6: lets tasks that do not depend on it finish, where errors are allowed: collectExit", () =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const failing = delayed(errorOf)("Test")
      const later = delayed(inc)(delayed(holdLater)(gate.began, gate.gate, 1))
      const opens = delayed(() => Effect.andThen(gate.hasBegun(1), gate.open))
      // Nothing opens the gate before the failure is there: the dependent of the failed task never opens it.
      const afterFailure = Effect.andThen(Effect.exit(collect(failing)), collect(opens()))
      const [exits] = yield* Effect.all([collectExit([failing, delayed(inc)(failing), later]), afterFailure], {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(exits.map(Exit.isSuccess), [false, false, true])
      assert.deepStrictEqual(exits[2], Exit.succeed(2))
    }))
})

describe("no processor left", () => {
  it("ER-7: a task that nobody will ever run fails, with its dependents, and whoever waits is told", () => {
    const lab = new Lab()
    lab.up(0, { accepts: ["here"], capacity: [4], ahead: 0 })
    lab.up(1)
    lab.submit({ a: [], b: ["a"], local: [] }, { of: { local: { where: "here" } }, exits: true, wants: ["b", "local"] })
    assert.deepStrictEqual(lab.ran().sort(), ["a@1", "local@0"])
    lab.tell({ _tag: "processor lost", worker: 1, claimed: [], stranded: ["module"] })
    assert.deepStrictEqual(lab.failed().sort(), ["a: unplaceable", "b < a: unplaceable"])
    assert.deepStrictEqual(lab.settled(), [])
    lab.finish("local")
    assert.deepStrictEqual(lab.settled(), ["wish"])
  })

  it.live("ER-7: without threads, task functions run here rather than wait for ever", () =>
    collect(delayed(add)(delayed(inc)(1), 2)).pipe(
      Effect.map((value) => assert.strictEqual(value, 4)),
      Effect.provide(Engine.layer({ threads: 0, memory: "1 MiB" }))
    ))
})
