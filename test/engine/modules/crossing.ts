// Task functions that hand on what they are given, and some that make what may, or may not, cross back.
import { Cause, DateTime, Duration, Effect, Exit, HashMap, Option, Result, Schema } from "effect"
import { Task } from "poniard"

/** A class that may cross, with a method. */
export class Point extends Schema.Class<Point>("test/Point")({ x: Schema.Number, y: Schema.Number }) {
  get length(): number {
    return Math.hypot(this.x, this.y)
  }
}

/** A class inside another. */
export class Line extends Schema.Class<Line>("test/Line")({ from: Point, to: Point }) {}

/** An error that may cross. */
export class Listed extends Schema.TaggedError<Listed>("test/Listed")("Listed", { code: Schema.Number, at: Point }) {
  override get message(): string {
    return `code ${this.code} at ${this.at.length}`
  }
}

/** An error that is not listed. */
export class Unlisted extends Schema.TaggedError<Unlisted>("test/Unlisted")("Unlisted", { code: Schema.Number }) {}

/** An error class without Schema. */
export class OwnError extends RangeError {
  readonly _tag = "OwnError"
  readonly limit: number
  constructor(limit: number) {
    super(`over ${limit}`)
    this.name = "OwnError"
    this.limit = limit
  }
}

/** A class that may not cross. */
export class Socket {
  readonly port = 80
}

const makers = {
  function: () => () => 1,
  symbol: () => Symbol("s"),
  socket: () => new Socket(),
  nested: () => ({ list: [1, { socket: new Socket() }] }),
  inMap: () => new Map([["a", [new Socket()]]]),
  inSet: () => new Set([new Socket()]),
  promiseInside: () => ({ later: Promise.resolve(1) }),
  hashMap: () => HashMap.make(["a", 1]),
  effectInside: () => [Effect.sync(() => 1)],
  unlistedClass: () =>
    new (class Secret extends Schema.Class<Secret>("test/Secret")({ a: Schema.Number }) {})({ a: 1 }),
  proxy: () => new Proxy({}, {}),
  revoked: () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  getter: () => ({
    get value(): number {
      throw new Error("not now")
    }
  }),
  weak: () => new WeakMap(),
  thenGetter: () => ({
    get ["th".concat("en")](): number {
      throw new Error("no then")
    }
  })
}

/** What `make` can be asked for. */
export type Made = keyof typeof makers

/** The task functions of this file. */
export const { data, describe, dies, failsWith, fieldsOf, lengthOf, make, same, twice } = Task.module(import.meta.url, {
  same: (value: unknown): unknown => value,
  twice: (value: unknown) => [value, value],
  lengthOf: (point: Point | Line) => point instanceof Point ? point.length : point.to.length - point.from.length,
  make: (what: Made): unknown => makers[what](),
  data: () => ({
    some: Option.some(new Point({ x: 3, y: 4 })),
    none: Option.none<number>(),
    right: Result.succeed([1n]),
    left: Result.fail("no"),
    exit: Exit.succeed(new Date(5)),
    exitFailed: Exit.failCause(Cause.fail(new Listed({ code: 7, at: new Point({ x: 0, y: 1 }) }))),
    cause: Cause.die(new TypeError("t")),
    duration: Duration.minutes(3),
    nanos: Duration.nanos(12n),
    utc: DateTime.makeUnsafe(1000),
    zoned: DateTime.makeZonedUnsafe(1000, { timeZone: "Europe/Berlin" })
  }),
  fieldsOf: (value: object) => ({
    tag: (value as { readonly _tag?: unknown })._tag,
    isOption: Option.isOption(value),
    isDuration: Duration.isDuration(value),
    isError: value instanceof Error,
    isListed: value instanceof Listed,
    isPoint: value instanceof Point
  }),
  describe: (error: Error) => `${error.name}|${error.message}|${Object.keys(error).sort().join()}`,
  failsWith: (
    what: "listed" | "unlisted" | "own" | "function"
  ): Effect.Effect<never, Listed | Unlisted | OwnError | { readonly f: unknown }> => {
    if (what === "listed") return Effect.fail(new Listed({ code: 3, at: new Point({ x: 3, y: 4 }) }))
    if (what === "unlisted") return Effect.fail(new Unlisted({ code: 4 }))
    return Effect.fail(what === "own" ? new OwnError(9) : { f: () => 1 })
  },
  dies: (what: "listed" | "function" | "undefined" | "getter") =>
    Effect.die(
      what === "listed"
        ? new Listed({ code: 5, at: new Point({ x: 0, y: 2 }) })
        : what === "function"
        ? { f: () => 1, why: "odd" }
        : what === "getter"
        ? makers.getter()
        : undefined
    )
}, { schemas: [Point, Line, Listed] })
