// With `check: true` a function that writes to its inputs is found, on threads and on this one; so is a view that was
// kept too long, when somebody writes to memory that is not his any more. One thread, so that what was kept is found.
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Logger, Stream } from "effect"
import { Chunk, collect, delayed, Engine, InputMutated, spawn, Spawned, TaskFailed } from "poniard"
import type { Turn } from "../../src/engine/Journal.ts"
import { a, type Numbers } from "./modules2/arrays.ts"
import { later } from "./modules2/arraysLater.ts"
import { overTransports, unlessItHangs } from "./overTransports.ts"

const N = 10_000
const SUM = (N * (N - 1)) / 2

const mutation = <A, R>(effect: Effect.Effect<A, unknown, R>, task: string, path: string) =>
  Effect.map(Effect.flip(effect), (error) => {
    assert.instanceOf(error, InputMutated)
    assert.deepStrictEqual([error.task, error.path], [task, path])
    assert.match(error.message, /copy before writing/)
  })

overTransports("a function that writes to its input", { threads: 1 }, (test, transport) => {
  // Where nothing is shared it writes to a copy of its own, which harms nobody.
  if (transport === "thread") {
    test("on a thread is found, with the input's place", () =>
      Effect.gen(function*() {
        const xs = delayed(a.allocOnly)(N)
        yield* mutation(collect(delayed(a.write)(xs)), "write", "input 1")
        yield* mutation(collect(delayed(a.writeSecond)(1, [xs, delayed(a.plain)(N)])), "writeSecond", "input 2")
        yield* mutation(collect(delayed(later.write)(xs)), "write", "input 1")
        yield* mutation(collect(delayed(a.writeInside)(delayed(a.record)(N))), "writeInside", "input 1")
        yield* mutation(collect(delayed(a.write)(new Float64Array(N))), "write", "input 1")
      }))
  }

  test("on this thread is found too", () =>
    Effect.gen(function*() {
      const xs = delayed(a.allocOnly)(N)
      const write = delayed((ys: Numbers) => (ys[1] = -1), { name: "here" })
      yield* mutation(collect(write(xs)), "here", "input 1")
      const later = delayed(
        (_: number, ys: Numbers) => Effect.andThen(Effect.yieldNow, Effect.sync(() => (ys[1] = -1))),
        { name: "later" }
      )
      yield* mutation(collect(later(1, xs)), "later", "input 2")
      const inside = delayed((record: { readonly xs: Numbers }) => (record.xs[1] = -1), { name: "inside" })
      yield* mutation(collect(inside(delayed(a.record)(N))), "inside", "input 1")
    }))

  test("that is an object of this thread fails, for it is frozen", () =>
    Effect.gen(function*() {
      const made = delayed(() => ({ list: [{ n: 1 }] }))()
      const error = yield* Effect.flip(
        collect(delayed((made: { list: Array<{ n: number }> }) => (made.list[0].n = 2))(made))
      )
      assert.instanceOf(error, TaskFailed)
      assert.match(error.message, /read only|read-only/)
      assert.deepStrictEqual(yield* collect(made), { list: [{ n: 1 }] })
    }))

  test("harms nobody when it is not to be: what it reads is left as it was", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* collect(delayed(a.sum).map([delayed(a.allocOnly)(N), delayed(a.plain)(N)])), [
        SUM,
        SUM
      ])
    }))
})

overTransports("what was made stays with its maker", { threads: 1 }, (test) => {
  test("nothing is ever detached", () =>
    Effect.gen(function*() {
      yield* collect(delayed(a.keepResult)(N))
      assert.include(yield* collect(delayed(a.keptLengths)()), N)
      yield* collect(delayed(a.scribble)(0))
    }))
})

const strays = (turns: ReadonlyArray<Turn>): Array<string> =>
  turns.flatMap(({ events }) => events.flatMap((event) => event._tag === "stray" ? [event.text] : []))

/** Runs something in an engine with one thread and `check`; gives what it logged by its end. */
const logged = <E>(body: Effect.Effect<unknown, E, Engine>) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const logger = Logger.make(({ message }) => void lines.push(String(message)))
    const engine = Engine.layer({ threads: 1, memory: "4 MiB", check: true })
    yield* unlessItHangs(body).pipe(Effect.provide(engine), Effect.provide(Logger.layer([logger])))
    return lines
  })

it.live("a view kept too long and written to is an event when the memory is used again, and is logged at the end", () =>
  Effect.gen(function*() {
    const seen: Array<Turn> = []
    const lines = yield* logged(Effect.scoped(Effect.gen(function*() {
      const events = yield* Effect.forkChild(
        Stream.runForEach(Engine.events, (turn) => Effect.sync(() => seen.push(turn))),
        {
          startImmediately: true
        }
      )
      yield* Effect.scoped(
        Effect.flatMap(spawn(a.allocOnly, N), (xs) => Effect.flatMap(spawn(a.keep, xs), Spawned.fetch))
      )
      yield* collect(delayed(a.scribble)(5))
      yield* collect(delayed(a.sum).map(Array.from({ length: 40 }, () => delayed(a.allocOnly)(N))))
      yield* Fiber.interrupt(events)
    })))
    assert.isAtLeast(strays(seen).length, 1)
    assert.match(strays(seen)[0], /written to after they had been freed.*xs\.slice\(\)/)
    assert.strictEqual(lines.length, 1)
    assert.match(lines[0], /kept a view.*8 bytes of shared memory/)
  }))

it.live("memory of Task.alloc that was kept and not returned is found at the engine's end", () =>
  Effect.gen(function*() {
    const lines = yield* logged(Effect.andThen(collect(delayed(a.keepOwn)(N)), collect(delayed(a.scribble)(5))))
    assert.strictEqual(lines.length, 1)
    assert.match(lines[0], /8 bytes of shared memory/)
  }))

it.live("whoever keeps to the rules is told nothing", () =>
  Effect.gen(function*() {
    const lines = yield* logged(Effect.scoped(Effect.gen(function*() {
      const chunk = yield* Chunk.put(new Float64Array(N))
      yield* collect(delayed(a.sum).map([chunk, delayed(a.allocOnly)(N), delayed(a.plain)(N)]))
    })))
    assert.deepStrictEqual(lines, [])
  }))
