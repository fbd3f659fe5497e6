// Classes of `schemas`, errors and Effect's own data: that they arrive as what they were, in this process (which vitest
// has transformed) and in a worker of plain Node, and that nothing loads Effect before one of them arrives.
import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Data, DateTime, Duration, Equal, Exit, Option, Result, Schema } from "effect"
import { Worker } from "node:worker_threads"
import { Crossing, decode, encode } from "../../src/chunk/codec.ts"
import { Broken, crossing, NotFound, Place, Trip, Unlisted } from "./crossingClasses.ts"
import { sameGraph } from "./sameGraph.ts"

const roundTrip = <A>(value: A): A => {
  const { buffers, head } = encode(value, crossing)
  return decode(head, buffers, crossing) as A
}

describe("listed classes", () => {
  it("arrive as instances, with what is in them", () => {
    const home = new Place({ x: 3, y: 4 })
    const trip = new Trip({ from: home, via: [home, new Place({ x: 0, y: 1 })], note: Option.some("by boat") })
    const back = roundTrip(trip)
    assert.instanceOf(back, Trip)
    assert.strictEqual(back.from.far, 5)
    assert.strictEqual(back.via[0], back.from)
    assert.isTrue(Equal.equals(trip, back))
    assert.isTrue(Schema.is(Trip)(back))
    sameGraph(trip, back)
  })

  it("are frozen if they were", () => {
    const [loose, fixed] = roundTrip([new Place({ x: 1, y: 1 }), Object.freeze(new Place({ x: 2, y: 2 }))])
    assert.deepStrictEqual([Object.isFrozen(loose), Object.isFrozen(fixed)], [false, true])
  })

  it("keep fields that the class body or the user adds, and setters of the prototype do not see them", () => {
    class Counted extends Schema.Class<Counted>("test/Counted")({ n: Schema.Number }) {
      readonly twice = this.n * 2
      set n2(_: number) {
        assert.fail("a setter was called")
      }
    }
    const own = new Crossing()
    own.add([Counted])
    const counted = new Counted({ n: 2 })
    Object.defineProperty(counted, "n2", { value: 9, enumerable: true })
    const { buffers, head } = encode(counted, own)
    assert.deepEqual({ ...decode(head, buffers, own) as object }, { n: 2, twice: 4, n2: 9 })
  })

  it("errors arrive as errors of their class, with message, stack and cause", () => {
    const broken = new Broken({ message: "it broke", cause: new RangeError("inner") })
    const back = roundTrip(broken)
    assert.instanceOf(back, Broken)
    assert.instanceOf(back.cause, RangeError)
    assert.deepInclude(back as object, { _tag: "Broken", name: "Broken", message: "it broke", stack: broken.stack })
    assert.strictEqual(JSON.stringify(back), JSON.stringify(broken))
    assert.isTrue(Schema.is(Broken)(back))
    sameGraph(broken, back)
  })

  it("unknown on the other side, an error arrives as an unlisted one", () => {
    const { buffers, head } = encode(new NotFound({ key: "k", near: [Option.some(1)] }), crossing)
    const back = decode(head, buffers, new Crossing()) as Error & { readonly _tag: string; readonly near: unknown }
    assert.strictEqual(Object.getPrototypeOf(back), Error.prototype)
    assert.deepInclude(back as object, { _tag: "NotFound", name: "NotFound", key: "k" })
    assert.deepStrictEqual(back.near, [Option.some(1)])
  })
})

describe("the table of classes", () => {
  it("takes classes of Schema, again and again, and the same source evaluated anew", () => {
    const evaluate = () => class Same extends Schema.Class<Same>("test/Same")({ a: Schema.Number }) {}
    const [first, second] = [evaluate(), evaluate()]
    const own = new Crossing()
    own.add([first, first])
    own.add([second])
    const { buffers, head } = encode(new first({ a: 1 }), own)
    assert.instanceOf(decode(head, buffers, own), second)
  })

  it("refuses what is no such class, with its place", () => {
    const own = new Crossing()
    assert.throws(
      () => own.add([Place, class Plain {}]),
      /schemas\[1\] is the function or class Plain: only classes of/
    )
    assert.throws(() => own.add([{}]), /schemas\[0\] is no class/)
    assert.throws(() => own.add([class Mine extends Data.Error {}]), /schemas\[0\]/)
  })

  it("refuses two classes of one identifier", () => {
    class Other extends Schema.TaggedError<Other>()("NotFound", { id: Schema.Number }) {}
    class Narrower extends NotFound {}
    for (const twin of [Other, Narrower]) {
      const own = new Crossing()
      own.add([NotFound])
      assert.throws(() => own.add([twin]), /NotFound and \w+ have the same identifier "NotFound".*give one of them/)
    }
  })
})

describe("other errors", () => {
  it("arrive as the nearest native class, with tag, name, fields, message, stack and cause", () => {
    class HttpError extends TypeError {
      override readonly name = "HttpError"
      readonly status = 503
    }
    class Tagged extends Data.TaggedError("Tagged")<{ readonly n: number }> {}
    const cause = new Unlisted({ code: 1, data: null })
    const http = new HttpError("down", { cause })
    const [back, tagged, several] = roundTrip([http, new Tagged({ n: 2 }), new AggregateError([http], "both")] as const)
    assert.strictEqual(Object.getPrototypeOf(back), TypeError.prototype)
    assert.deepInclude(back as object, { name: "HttpError", message: "down", status: 503, stack: http.stack })
    assert.deepInclude(back.cause as object, { _tag: "Unlisted", code: 1, name: "Unlisted" })
    assert.deepInclude(tagged, { _tag: "Tagged", name: "Tagged", n: 2 })
    assert.strictEqual(Object.getPrototypeOf(tagged), Error.prototype)
    assert.strictEqual(several.errors[0], back)
    assert.strictEqual(String(back), "HttpError: down")
  })

  it("of the platform too, and in a chain as long as one likes", () => {
    const aborted = AbortSignal.abort().reason as Error
    assert.deepInclude(roundTrip(aborted), { name: "AbortError", message: aborted.message })
    let chain: Error = new Error("first")
    for (let i = 0; i < 5000; i++) chain = new Error(`after ${i}`, { cause: chain })
    let back = roundTrip(chain)
    for (let i = 0; i < 5000; i++) back = back.cause as Error
    assert.strictEqual(back.message, "first")
  })
})

describe("Effect's data", () => {
  const Trace = Context.Service<{ readonly task: string }>("test/Trace")
  const values: ReadonlyArray<unknown> = [
    Option.some([Option.none()]),
    Result.succeed({ deep: Result.fail("no") }),
    Exit.succeed(undefined),
    Exit.fail(new NotFound({ key: "k", near: null })),
    Cause.empty,
    Cause.combine(Cause.fail("a"), Cause.combine(Cause.die(new TypeError("b")), Cause.interrupt(3))),
    Duration.millis(-5),
    Duration.nanos(10n ** 20n),
    Duration.infinity,
    Duration.negativeInfinity,
    DateTime.makeUnsafe("2026-07-01T12:00:00Z"),
    DateTime.makeZonedUnsafe("2026-07-01T12:00:00Z", { timeZone: "America/New_York" }),
    DateTime.makeZonedUnsafe(0, { timeZone: -3_600_000 })
  ]

  it("arrives equal, and as Effect's own guards know it", () => {
    for (const value of values) {
      const back = roundTrip(value)
      sameGraph(value, back)
      assert.strictEqual(String(back), String(value))
    }
    const some = roundTrip(Option.some(1))
    assert.isTrue(Option.isOption(some) && Option.isSome(some))
    assert.strictEqual(roundTrip(Option.none()), Option.none())
    assert.isTrue(Exit.isExit(roundTrip(Exit.void)) && Cause.isCause(roundTrip(Cause.empty)))
    assert.strictEqual(Option.map(some, (n) => n + 1).pipe(Option.getOrThrow), 2)
  })

  it("a Cause keeps annotations that can cross and loses others, and a defect that cannot cross becomes a text", () => {
    const Frame = Context.Service<{ readonly stack: () => string }>("test/Frame")
    const cause = Cause.annotate(
      Cause.combine(Cause.fail(1), Cause.die(() => 1)),
      Context.make(Trace, { task: "t" }).pipe(Context.add(Frame, { stack: () => "" }))
    )
    const annotations = Cause.annotations(roundTrip(cause))
    assert.deepStrictEqual(Context.getOption(annotations, Trace), Option.some({ task: "t" }))
    assert.deepStrictEqual(Context.getOption(annotations, Frame), Option.none())
    const die = roundTrip(cause).reasons[1]
    assert.deepInclude(die, { _tag: "Die", defect: "[a function cannot cross threads]" })
  })

  it("is the same thing in a worker of plain Node, which loads no Effect before it needs it", async () => {
    const value = [
      values,
      new Trip({ from: new Place({ x: 1, y: 2 }), via: [], note: Option.none() }),
      new Broken({ message: "b", cause: 1 })
    ]
    const { buffers, head } = encode(value, crossing)
    const answer = await askWorker({ head, buffers })
    assert.deepInclude(answer, { beforeDecode: 0, refused: "value.f: a function cannot cross threads" })
    assert.isAbove(answer.afterDecode, 0)
    assert.deepStrictEqual(answer.known, {
      option: true,
      sameInstance: true,
      exit: true,
      cause: true,
      trip: true,
      broken: true,
      valid: true
    })
    sameGraph(value, decode(answer.head, answer.buffers, crossing))
  })
})

interface Answer {
  readonly beforeDecode: number
  readonly refused: string
  readonly afterDecode: number
  readonly known: Record<string, boolean>
  readonly head: Uint8Array
  readonly buffers: ReadonlyArray<Uint8Array>
}

const askWorker = (message: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./codecWorker.ts", import.meta.url), { execArgv: [], workerData: message })
    worker.once("message", (answer: Answer) => {
      resolve(answer)
      void worker.terminate()
    })
    worker.once("error", reject)
  })
