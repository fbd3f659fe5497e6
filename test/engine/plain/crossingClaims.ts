// What may cross to a worker and back, and what is refused, with its place: at the call for inputs, by the task's
// failure for results.
import { Cause, DateTime, Duration, Effect, Exit, Option, Result } from "effect"
import assert from "node:assert/strict"
import { collect, delayed, Task } from "poniard"
import {
  data,
  describe,
  fieldsOf,
  lengthOf,
  Line,
  Listed,
  type Made,
  make,
  OwnError,
  Point,
  same,
  Socket,
  twice,
  Unlisted
} from "../modules/crossing.ts"
import { square } from "../modules/kinds.ts"
import { type Claims, failsWith, thrownBy } from "./Claim.ts"

const unaware = Task.fromModule<{ readonly same: (value: unknown) => unknown }>(
  new URL("../modules/unaware.ts", import.meta.url)
)

/** The value after a way to a worker and back. */
const there = <A>(value: A) => Effect.map(collect(delayed(same)(value)), (back) => back as A)

const cloneable: Claims = {
  "what structured clone takes crosses both ways": () =>
    Effect.gen(function*() {
      const shared = { deep: [1, null, undefined, -0, NaN, 2n ** 70n] }
      const value = {
        text: "é🙂\0",
        date: new Date(12),
        re: /a+/gi,
        map: new Map<unknown, unknown>([["k", shared], [shared, 1]]),
        set: new Set([1, "1"]),
        holes: Object.assign([1], { 2: 3 }),
        bytes: new Uint8Array([1, 2, 3]),
        floats: new Float64Array(3000).fill(0.5),
        buffer: new Uint16Array([1, 2]).buffer,
        view: new DataView(new ArrayBuffer(8), 2, 4),
        shared,
        error: new RangeError("r", { cause: new TypeError("t") }),
        bare: Object.assign(Object.create(null) as object, { a: 1 }),
        "": { __proto__: null, constructor: 1 }
      }
      const back = yield* there(value)
      assert.deepEqual(back, value)
      assert.equal(back.map.get("k"), back.shared)
      const cyclic: { self?: unknown; n: number } = { n: 1 }
      cyclic.self = cyclic
      const round = yield* there(cyclic)
      assert.ok(round !== cyclic && round.self === round)
      const [a, b] = yield* collect(delayed(twice)({ n: 1 })) as Effect.Effect<[object, object], never, never>
      assert.equal(a, b)
    }),

  "every primitive crosses alone": () =>
    Effect.gen(function*() {
      for (
        const value of [
          undefined,
          null,
          true,
          "",
          "x".repeat(100_000),
          0,
          -0,
          NaN,
          -Infinity,
          2 ** 53,
          0.1,
          5n,
          -(2n ** 90n)
        ]
      ) {
        assert.ok(Object.is(yield* there(value), value))
      }
    }),

  "an input is taken as it is at the call": () =>
    Effect.gen(function*() {
      const list = [1, 2]
      const task = delayed(same)(list)
      const big = delayed(same)({ list: Array.from({ length: 2000 }, (_, i) => `item ${i}`) })
      list.push(3)
      assert.equal(((yield* collect(task)) as Array<number>).length, 3)
      assert.equal(((yield* collect(big)) as { list: Array<string> }).list[1999], "item 1999")
      const given = new Float64Array(1000)
      yield* there(given)
      assert.equal(given.length, 1000)
    })
}

const effectData: Claims = {
  "Option, Result, Exit, Cause, Duration and DateTime come back as themselves": () =>
    Effect.gen(function*() {
      const made = yield* collect(delayed(data)())
      assert.ok(Option.isSome(made.some) && made.some.value instanceof Point && made.some.value.length === 5)
      assert.ok(Option.isNone(made.none))
      assert.ok(Result.isSuccess(made.right) && made.right.success[0] === 1n)
      assert.ok(Result.isFailure(made.left) && made.left.failure === "no")
      assert.ok(Exit.isSuccess(made.exit) && made.exit.value.getTime() === 5)
      assert.ok(Exit.isFailure(made.exitFailed))
      const error = Cause.squash(made.exitFailed.cause)
      assert.ok(error instanceof Listed && error.at instanceof Point && error.message === "code 7 at 1")
      assert.ok(Cause.hasDies(made.cause) && Cause.squash(made.cause) instanceof TypeError)
      assert.ok(Duration.isDuration(made.duration) && Duration.toMillis(made.duration) === 180_000)
      assert.equal(Duration.toNanosUnsafe(made.nanos), 12n)
      assert.ok(DateTime.isUtc(made.utc) && DateTime.toEpochMillis(made.utc) === 1000)
      assert.ok(DateTime.isZoned(made.zoned) && DateTime.formatIsoZoned(made.zoned).endsWith("[Europe/Berlin]"))
    }),

  "and arrive at a worker as themselves": () =>
    Effect.gen(function*() {
      const facts = yield* collect([
        delayed(fieldsOf)(Option.some(1)),
        delayed(fieldsOf)(Duration.seconds(1)),
        delayed(fieldsOf)(new Listed({ code: 1, at: new Point({ x: 1, y: 1 }) })),
        delayed(fieldsOf)(new Unlisted({ code: 1 })),
        delayed(fieldsOf)(new Point({ x: 1, y: 1 }))
      ])
      assert.deepEqual(facts.map(({ tag }) => tag), ["Some", undefined, "Listed", "Unlisted", undefined])
      assert.deepEqual(
        facts.map((
          { isOption, isDuration, isError, isListed, isPoint }
        ) => [isOption, isDuration, isError, isListed, isPoint]),
        [
          [true, false, false, false, false],
          [false, true, false, false, false],
          [false, false, true, true, false],
          [false, false, true, false, false],
          [false, false, false, false, true]
        ]
      )
    })
}

const classes: Claims = {
  "listed classes cross with their methods, also inside each other": () =>
    Effect.gen(function*() {
      const line = new Line({ from: new Point({ x: 0, y: 1 }), to: new Point({ x: 3, y: 4 }) })
      assert.equal(yield* collect(delayed(lengthOf)(line)), 4)
      assert.equal(yield* collect(delayed(lengthOf)(delayed(same)(line.to) as never)), 5)
      const back = yield* there([{ line }])
      assert.ok(back[0].line instanceof Line && back[0].line.to instanceof Point)
      assert.deepEqual(back, [{ line }])
    }),

  "an error that is not listed arrives as an Error with its tag, fields, message and stack": () =>
    Effect.gen(function*() {
      const own = new OwnError(9)
      const back = yield* there<Error & { readonly _tag?: string; readonly limit?: number }>(own)
      assert.ok(back instanceof RangeError && !(back instanceof OwnError))
      assert.deepEqual([back._tag, back.limit, back.message, back.name, back.stack], [
        "OwnError",
        9,
        "over 9",
        "OwnError",
        own.stack
      ])
      assert.equal(yield* collect(delayed(describe)(own)), "OwnError|over 9|_tag,limit,name")
    })
}

const noInput: { readonly [title: string]: readonly [unknown, string, RegExp] } = {
  "a function": [() => 1, "input 1", /a function cannot cross/],
  "a symbol": [Symbol("s"), "input 1", /a symbol/],
  "an instance of a class": [new Socket(), "input 1", /an instance of Socket .*Schema\.Class/],
  "one deep inside": [{ a: [1, { "b c": new Socket() }] }, "input 1: .a[1][\"b c\"]", /Socket/],
  "one in a Map": [new Map([["k", [new Socket()]]]), "input 1: .get(\"k\")[0]", /Socket/],
  "a Promise": [{ p: Promise.resolve(1) }, "input 1: .p", /await it first/],
  "an Effect": [[Effect.sync(() => 1)], "input 1: [0]", /an Effect cannot cross/],
  "a Proxy": [{ p: new Proxy({}, {}) }, "input 1: .p", /a Proxy/],
  "a getter that throws": [
    {
      get now(): number {
        throw new Error("not now")
      }
    },
    "input 1: .now",
    /cannot be read: Error: not now/
  ]
}

const refusedInputs: Claims = Object.fromEntries(
  Object.entries(noInput).map(([title, [value, path, reason]]) => [
    `as an input ${title} is refused at the call, with its place`,
    () =>
      Effect.sync(() => {
        const error = thrownBy(() => delayed(same)(value))
        assert.deepEqual([error._tag, error["path"]], ["NotTransferable", path], error.message)
        assert.match(String(error["reason"]), reason)
        assert.equal(error.message, `${path} cannot cross to a worker: ${String(error["reason"])}`)
      })
  ])
)

const places: Claims = {
  "the place of an input that is refused counts inputs, list members and items": () =>
    Effect.sync(() => {
      const bad = new Socket()
      const add = same as unknown as (...inputs: ReadonlyArray<unknown>) => unknown
      assert.equal(thrownBy(() => delayed(add)(1, bad))["path"], "input 2")
      assert.equal(thrownBy(() => delayed(add)([delayed(square)(1), { bad }]))["path"], "input 1: [1].bad")
      assert.equal(thrownBy(() => delayed(same).map([1, { bad }]))["path"], "items[1].bad")
      assert.equal(thrownBy(() => delayed(unaware.same)(bad))["path"], "input 1")
      const cube = Task.inline((x: unknown) => x)
      assert.equal(thrownBy(() => delayed(cube)({ bad }))["path"], "input 1: .bad")
    }),

  "a closure may be given anything": () =>
    Effect.gen(function*() {
      const socket = new Socket()
      assert.equal(
        yield* collect(
          delayed((given: { readonly socket: Socket; readonly f: () => number }) => given.f() + given.socket.port)({
            socket,
            f: () => 1
          })
        ),
        81
      )
    }),

  "what a closure gives that cannot cross is refused when it would": () =>
    Effect.gen(function*() {
      const socket = delayed(() => ({ socket: new Socket() }), { name: "open" })()
      assert.equal(yield* collect(delayed((given: { readonly socket: Socket }) => given.socket.port)(socket)), 80)
      const error = yield* failsWith(collect(delayed(same)(socket)), "NotTransferable")
      assert.match(error.path, /^result.*\.socket$/)
    })
}

/** What a result that is refused says: its place after `result of "make"`, and why. */
const noResult: { readonly [What in Made]: readonly [path: string, reason: RegExp] } = {
  function: ["", /a function cannot cross threads/],
  symbol: ["", /a symbol/],
  socket: ["", /an instance of Socket/],
  nested: [".list[1].socket", /an instance of Socket/],
  inMap: [".get(\"a\")[0]", /an instance of Socket/],
  inSet: ["<item 0 of the Set>", /an instance of Socket/],
  promiseInside: [".later", /await it first/],
  hashMap: ["", /an effect HashMap.*make an array or object of it/],
  effectInside: ["[0]", /an Effect cannot cross threads/],
  unlistedClass: ["", /list the class Secret in `schemas`/],
  proxy: ["", /a Proxy/],
  revoked: ["", /./],
  getter: [".value", /Error: not now/],
  weak: ["", /a WeakMap/],
  thenGetter: [".then", /./]
}

/** These fail because of what they are, before anybody tries to send them. */
const throwing: ReadonlyArray<Made> = ["revoked", "thenGetter"]

const refusedResults: Claims = {
  "a result that cannot cross is NotTransferable with its place": () =>
    Effect.gen(function*() {
      for (
        const [what, [path, reason]] of Object.entries(noResult) as ReadonlyArray<[Made, readonly [string, RegExp]]>
      ) {
        if (throwing.includes(what)) {
          yield* failsWith(collect(delayed(make)(what)), "TaskFailed")
          continue
        }
        const error = yield* failsWith(collect(delayed(make)(what)), "NotTransferable")
        assert.equal(error.path, `result of "make"${path === "" ? "" : `: ${path}`}`, what)
        assert.match(error.reason, reason, what)
        assert.equal(yield* collect(delayed(square)(3)), 9)
      }
    }),

  "of several outputs the one that cannot cross is named": () =>
    Effect.gen(function*() {
      const [, second] = delayed(twice as unknown as (value: unknown) => [unknown, unknown], { outputs: 2 })(1)
      assert.equal(yield* collect(second), 1)
      const pair = Task.inline(() => [1, { f: () => 1 }] as [number, unknown])
      const [first] = delayed(pair, { outputs: 2, name: "pair" })()
      assert.equal((yield* failsWith(collect(first), "NotTransferable")).path, "result of \"pair\": [1].f")
    })
}

/** The claims of this file. */
export const crossingClaims: Claims = {
  ...cloneable,
  ...effectData,
  ...classes,
  ...refusedInputs,
  ...places,
  ...refusedResults
}
