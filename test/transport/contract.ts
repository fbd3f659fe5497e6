// What every transport promises, as tests over one that is given: a new one is run through this before anything else is
// tried with it. Not here: what the messages mean to an engine (test/engine), how fast they are, what a full heap does.
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import type { Transport } from "../../src/transport/Transport.ts"
import { FarSide, type Heard, Place } from "./FarSide.ts"

/** A transport under test. */
export interface Subject {
  readonly transport: Transport
  /** far sides that were started and have not ended */
  readonly left: () => number
}

const spins = "() => { console.log('begun'); for (;;); }"
const identity = "(x) => x"
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i)

/** What a run without a fault is heard as. */
const finished = (...values: ReadonlyArray<unknown>): Array<Heard> =>
  values.map((value, i) => ["finished", i + 1, value])

type Body = (far: FarSide, subject: Subject) => Effect.Effect<unknown, unknown, Scope.Scope>

/** A test with a far side of its own, of which nothing may be left. */
const withFarSide = (subject: Subject) => (name: string, body: Body): void => {
  it.live(name, () =>
    Effect.gen(function*() {
      const before = subject.left()
      const far = yield* Effect.scoped(
        Effect.flatMap(FarSide.open(subject.transport), (far) => Effect.as(body(far, subject), far))
      )
      assert.strictEqual(far.exits.length, 1, "it has ended once")
      assert.strictEqual(far.heard.at(-1)?.[0], "exit", "nothing is heard after its end")
      assert.strictEqual(subject.left(), before, "nothing of it is left")
    }))
}

/** Another far side lives and ends: whatever the first one still had to say has been said by then. */
const anotherLife = ({ transport }: Subject) =>
  Effect.scoped(Effect.flatMap(FarSide.open(transport), (far) => far.hears("ready")))

/** What is posted is run, and what comes of it is heard. */
const speaks = (subject: Subject): void => {
  const test = withFarSide(subject)

  test("says that it is ready, once and first", (far) =>
    Effect.gen(function*() {
      far.run(1, identity, 7)
      yield* far.hears("finished")
      assert.deepStrictEqual(far.heard, [["ready", -1, undefined], ["finished", 1, 7]])
    }))

  test("runs the records of a message in their order, with the functions that it introduces", (far) =>
    Effect.gen(function*() {
      const [one, other] = [far.fn("(a, b) => a + b"), far.fn("(s) => s + '!'")]
      far.link.post(far.message([one, other], [[1, one, 1, 2], [2, other, "x"], [3, one, 0.5, -0.25]]))
      yield* far.hears("finished", 3)
      assert.deepStrictEqual(far.all("finished"), finished(3, "x!", 0.25))
    }))

  test("keeps the order of many messages of one turn", (far) =>
    Effect.gen(function*() {
      const counts = far.fn("(x) => [x, globalThis.calls = (globalThis.calls ?? 0) + 1].join()")
      far.link.post(far.message([counts], []))
      const tasks = numbers(200).map((i) => i + 1)
      for (const task of tasks) far.link.post(far.message([], [[task, counts, `m${task}`]]))
      yield* far.hears("finished", 200)
      assert.deepStrictEqual(far.all("finished"), finished(...tasks.map((task) => `m${task},${task}`)))
    }))

  test("takes a message of thousands of codes as well as a short one", (far) =>
    Effect.gen(function*() {
      const adds = far.fn("(...xs) => xs.reduce((a, b) => a + b, 0)")
      far.link.post(far.message([adds], [[1, adds, ...numbers(5000)], [2, adds, ...numbers(3)]]))
      yield* far.hears("finished", 2)
      assert.deepStrictEqual(far.all("finished"), finished(4999 * 2500, 3))
    }))

  test("reports a throw as a failure of its task alone", (far) =>
    Effect.gen(function*() {
      far.run(1, "() => { throw new RangeError('too far') }")
      far.run(2, identity, "next")
      yield* far.hears("finished")
      const [failure] = far.all("die")
      assert.strictEqual(failure[1], 1)
      assert.include(String(failure[2]), "RangeError: too far")
      assert.deepStrictEqual(far.all("finished"), [["finished", 2, "next"]])
    }))

  test("says when a task has begun, and which were asked back in time and which were not", (far) =>
    Effect.gen(function*() {
      const [waits, same] = [far.fn("() => new Promise((go) => { globalThis.go = go })"), far.fn(identity)]
      far.link.post(far.message([waits, same], [[1, waits]], 1))
      yield* far.hears("claimed")
      far.link.post(far.message([], [[2, same, 2], [3, same, 3]]))
      far.link.post({ retracts: [3, 1] })
      yield* far.hears("kept")
      assert.deepStrictEqual(far.heard.slice(1), [["claimed", 1, undefined], ["retracted", 3, undefined], [
        "kept",
        1,
        undefined
      ]])
    }))
}

/** What is said beside the reports, and what is shared. */
const carries = (subject: Subject): void => {
  const test = withFarSide(subject)

  test("carries lines as they are written, before the report of their task", (far) =>
    Effect.gen(function*() {
      far.run(1, "() => { console.log('out 1'); console.error('err'); console.log('grün 🙂'); return 'told' }")
      yield* far.hears("finished")
      assert.deepStrictEqual(far.heard.slice(1), [
        ["stdout", 1, "out 1\n"],
        ["stderr", 1, "err\n"],
        ["stdout", 1, "grün 🙂\n"],
        ["finished", 1, "told"]
      ])
    }))

  test("carries an error that comes after its task was settled, and goes on", (far) =>
    Effect.gen(function*() {
      far.run(1, "() => { setImmediate(() => { throw new Error('too late') }); return 1 }")
      yield* far.hears("stray")
      assert.include(String(far.all("stray")[0][2]), "too late")
      far.run(2, identity, 2)
      yield* far.hears("finished", 2)
    }))

  test("copies what is posted: who changes it later changes nothing", (far) =>
    Effect.gen(function*() {
      const bytes = new Uint8Array(10_000).fill(1)
      const adds = far.fn("(bytes, x) => bytes.reduce((a, b) => a + b, x)")
      const message = far.message([adds], [[1, adds, bytes, 5]])
      far.link.post(message)
      bytes.fill(9)
      ;(message.records!.ints as Array<number>).fill(0)
      ;(message.records!.heads as Array<number>).fill(99)
      yield* far.hears("finished")
      assert.deepStrictEqual(far.all("finished"), finished(10_005))
    }))

  test(
    "has words and sees the arena exactly if it says that it shares memory",
    (far, { transport }) =>
      Effect.gen(function*() {
        assert.strictEqual(far.link.words !== undefined, transport.sharesMemory)
        if (!transport.sharesMemory) return
        new Uint8Array(far.arena, 128, 3).set([1, 2, 3])
        far.run(1, "(bytes) => { bytes[0] += 10; return bytes.join() }", new Place(128, 3))
        yield* far.hears("finished")
        assert.deepStrictEqual(far.all("finished"), finished("11,2,3"))
        assert.strictEqual(new Uint8Array(far.arena)[128], 11)
      })
  )

  test("tells the size of its heap while it lives, if it can, and no more when it has ended", (far) =>
    Effect.gen(function*() {
      const { heapBytes } = far.link
      if (heapBytes === undefined) return
      yield* far.hears("ready")
      const bytes = yield* Effect.promise(heapBytes)
      assert.isAbove(bytes, 2 ** 20)
      far.link.terminate()
      yield* far.hears("exit")
      assert.isDefined(yield* Effect.flip(Effect.tryPromise(heapBytes)))
    }))
}

/** How it ends: once, for whatever reason. */
const ends = (subject: Subject): void => {
  const test = withFarSide(subject)

  test("terminate ends it in mid-work, once, as expected", (far, subject) =>
    Effect.gen(function*() {
      far.run(1, identity, 1)
      yield* far.hears("finished")
      far.run(2, spins)
      far.run(3, identity, 3)
      yield* far.hears("stdout")
      far.link.terminate()
      far.link.terminate()
      yield* far.hears("exit")
      yield* anotherLife(subject)
      assert.isTrue(far.exits[0].expected)
      assert.isString(far.exits[0].reason)
      assert.deepStrictEqual(far.all("finished"), finished(1))
    }))

  test("terminate ends it before it is ready", (far) =>
    Effect.gen(function*() {
      far.link.terminate()
      yield* far.hears("exit")
      assert.isTrue(far.exits[0].expected)
    }))

  test(
    "process.exit in a task is one end with that code, after all that was said",
    (far, subject) =>
      Effect.gen(function*() {
        far.run(1, `() => { for (let i = 0; i < ${LINES}; i++) console.log(i); process.exit(3) }`)
        far.run(2, identity, 2)
        yield* far.hears("exit")
        yield* anotherLife(subject)
        assert.deepStrictEqual(far.exits, [{ exitCode: 3, reason: "", expected: false }])
        assert.deepStrictEqual(far.all("stdout"), numbers(LINES).map((i) => ["stdout", 1, `${i}\n`]))
        assert.deepStrictEqual(far.all("finished"), [])
      })
  )

  test("what finished before a process.exit is reported", (far) =>
    Effect.gen(function*() {
      // Quick from its second call on, so that its values are not reported one by one.
      const exits = far.fn("(n) => n < 0 ? process.exit(0) : n")
      far.link.post(far.message([exits], [...numbers(20).map((i) => [i + 1, exits, i] as const), [21, exits, -1]]))
      yield* far.hears("exit")
      assert.deepStrictEqual(far.all("finished"), finished(...numbers(20)))
    }))

  test("what is posted to one that has ended is lost without a word", (far, subject) =>
    Effect.gen(function*() {
      yield* far.hears("ready")
      far.link.terminate()
      far.run(1, identity, 1)
      yield* far.hears("exit")
      far.run(2, identity, 2)
      yield* anotherLife(subject)
      assert.deepStrictEqual(far.heard.map(([what]) => what), ["ready", "exit"])
    }))

  test("close lets it end by itself, after what was posted before", (far) =>
    Effect.gen(function*() {
      yield* far.hears("ready")
      far.run(1, identity, "before")
      yield* Effect.promise(() => far.link.close(VERY_LONG_MS))
      assert.deepStrictEqual(far.all("finished"), finished("before"))
      assert.deepStrictEqual(far.exits, [{ exitCode: 0, reason: "", expected: true }])
    }))

  test("close lets it end what is too much for one turn of its event loop", (far) =>
    Effect.gen(function*() {
      const slow = far.fn(
        "(n) => { const until = performance.now() + 15; while (performance.now() < until); return n }"
      )
      yield* far.hears("ready")
      far.link.post(far.message([slow], numbers(5).map((i) => [i, slow, i] as const)))
      yield* Effect.promise(() => far.link.close(VERY_LONG_MS))
      assert.deepStrictEqual(far.all("finished"), numbers(5).map((i) => ["finished", i, i]))
      assert.deepStrictEqual(far.exits, [{ exitCode: 0, reason: "", expected: true }])
    }))

  test("close ends one that does not end by itself, after its grace", (far) =>
    Effect.gen(function*() {
      far.run(1, spins)
      yield* far.hears("stdout")
      yield* Effect.promise(() => far.link.close(10))
      assert.isTrue(far.exits[0].expected)
    }))
}

/** More than Node hands over in one go, so that some is still under way at the end. */
const LINES = 5000

/** So long that a test which waits for it fails. */
const VERY_LONG_MS = 60_000

/** Runs a transport through everything that one promises. */
export const transportContract = (subject: Subject): void => {
  describe(`the transport ${subject.transport.name}`, { concurrent: false }, () => {
    speaks(subject)
    carries(subject)
    ends(subject)
  })
}
